/** Small statements about artefacts. */
import type { ArtefactStatement, StatedComponent } from '../../src/inventory/statement.ts';

/** A crate of crates.io, linked, by a list. */
export function crate(name: string, version?: string, more: Partial<StatedComponent> = {}): StatedComponent {
  const purl = `pkg:cargo/${name}${version === undefined ? '' : `@${version}`}`;
  return { purl, name, version, scope: 'linked', method: 'list', confidence: 'stated', ...more };
}

/** What a binary's list says; its file's digest is made of one digit. */
export function binary(
  digit: string,
  components: readonly StatedComponent[],
  more: Partial<ArtefactStatement> = {},
): ArtefactStatement {
  return {
    name: 'app',
    file: { sha256: digit.repeat(64), size: 10 },
    knownBy: 'list',
    completeness: 'complete',
    components,
    ...more,
  };
}
