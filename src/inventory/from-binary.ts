import type { EmbeddedCrate } from '../binary/dep-v0.ts';
import type { LinkedCrate } from '../binary/functions.ts';
import type { RecoveredCrate } from '../binary/recovered.ts';
import { cargoPurl, purlText } from '../bom/purl.ts';
import type { ArtefactStatement, StatedComponent } from './statement.ts';

type Contents = Pick<ArtefactStatement, 'knownBy' | 'completeness' | 'components' | 'roots'>;

/** What the list in a binary (`.dep-v0`) says. Its builder left it there, and it has every crate. */
export function contentsByList(crates: readonly EmbeddedCrate[]): Contents {
  const roots = crates.flatMap(({ root }, i) => (root ? [i] : []));
  return {
    knownBy: 'list',
    completeness: 'complete',
    components: crates.map((crate): StatedComponent => {
      const { name, version, kind, dependencies } = crate;
      return {
        ...placeOf(crate),
        name,
        version,
        scope: kind === 'build' ? 'build' : 'linked',
        method: 'list',
        confidence: 'stated',
        uses: dependencies,
      };
    }),
    ...(roots.length === 0 ? {} : { roots }),
  };
}

/**
 * What the paths in a binary give away. What the Rust project builds itself (method `rust`: the standard library's dependencies
 * above all) is in the binary like everything else.
 */
export function contentsByTraces(crates: readonly RecoveredCrate[]): Contents {
  return {
    knownBy: 'traces',
    completeness: 'incomplete',
    components: crates.map(({ name, version, method, confidence }): StatedComponent => {
      const { version: _, ...bare } = cargoPurl(name, '');
      const purl = purlText(version === undefined ? bare : { ...bare, version });
      return {
        ...(method === 'git' ? { source: 'git' } : { purl }),
        name,
        version,
        scope: 'linked',
        method,
        confidence,
      };
    }),
  };
}

/**
 * The crates that a program is linked of, as code names them; `undefined` where not all of them are known. A list in
 * the binary says which is its own package; the roots of a document may be what that needs.
 */
export function linkedCrates({
  completeness,
  components,
  roots = [],
}: ArtefactStatement): readonly LinkedCrate[] | undefined {
  if (completeness !== 'complete') return undefined;
  return components.flatMap(({ name, purl, method, scope }, i) => {
    const isCrate = purl === undefined || purl.startsWith('pkg:cargo/');
    if (scope === 'build' || !isCrate) return [];
    return [{ name: name.replaceAll('-', '_'), isRoot: method === 'list' && roots.includes(i) }];
  });
}

/** cargo-auditable names crates.io; of other registries it says only that they are some. */
function placeOf({ name, version, source }: EmbeddedCrate): Pick<StatedComponent, 'purl' | 'source'> {
  switch (source) {
    case 'crates.io':
      return { purl: purlText(cargoPurl(name, version)) };
    case 'local':
      return { source: 'local' };
    case 'git':
      return { source: 'git' };
    default:
      return { source: 'registry' };
  }
}
