import type { EmbeddedCrate } from '../../binary/dep-v0.ts';
import { byText } from '../../bom/document.ts';
import type { BuiltPackage, Resolution } from '../../cargo/resolve/resolve.ts';
import { cratesIo, parseSourceId } from '../../cargo/source-id.ts';
import { linkedIn } from './linked.ts';

/**
 * The list of crates that goes into an artefact: exactly those that were compiled for it, sorted by name, version and
 * source. A crate that is linked and also runs while it builds is there once, as linked.
 */
export function embeddedList(resolution: Resolution): readonly EmbeddedCrate[] {
  const { packages, roots } = resolution;
  const linked = linkedIn(resolution);
  const keyOf = ({ name, version, source }: BuiltPackage) => `${name} ${version} ${source ?? ''}`;
  const keys = [...new Set(packages.map(keyOf))].toSorted(byText);
  const indexes = new Map(keys.map((key, i) => [key, i]));
  const rootKeys = new Set(roots.flatMap((i) => packages[i] ?? []).map(keyOf));
  return keys.map((key, own): EmbeddedCrate => {
    const builds = packages.filter((pkg) => keyOf(pkg) === key);
    const isLinked = builds.some((pkg) => linked.has(pkg));
    const uses = builds.flatMap((pkg) => pkg.uses.map((use) => packages[use.package]));
    const edges = uses.flatMap((pkg) => (pkg === undefined ? [] : (indexes.get(keyOf(pkg)) ?? [])));
    const [{ name, version, source } = { name: '', version: '', source: undefined }] = builds;
    return {
      name,
      version,
      source: sourceWord(source),
      kind: isLinked ? 'runtime' : 'build',
      dependencies: [...new Set(edges)].filter((index) => index !== own).toSorted((a, b) => a - b),
      root: rootKeys.has(key),
    };
  });
}

/** The words that auditable-serde has for sources. */
function sourceWord(source: string | undefined): string {
  if (source === undefined) return 'local';
  if (source === cratesIo.text) return 'crates.io';
  return parseSourceId(source).kind === 'git' ? 'git' : 'registry';
}
