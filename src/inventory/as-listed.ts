import { identify } from './component.ts';
import type { ArtefactStatement, StatedComponent } from './statement.ts';

/**
 * A document about a binary, corrected by the list inside of it: that was written by whoever compiled it, and says
 * which crates are of the project itself, of a repository or of another registry. syft's documents of binaries call
 * them all crates.io's.
 */
export function asListed(document: ArtefactStatement, list: ArtefactStatement): ArtefactStatement {
  const elsewhere = new Map<string, StatedComponent>();
  const onCratesIo = new Set<string>();
  for (const one of list.components)
    if (one.source === undefined) onCratesIo.add(keyOf(one));
    else elsewhere.set(keyOf(one), one);
  return {
    ...document,
    components: document.components.map((one) => {
      const listed = elsewhere.get(keyOf(one));
      const isDoubtful = one.purl !== undefined && identify(one).source === 'crates.io';
      if (listed === undefined || !isDoubtful || onCratesIo.has(keyOf(one))) return one;
      const { purl: _, ...rest } = one;
      return { ...rest, source: listed.source };
    }),
  };
}

function keyOf({ name, version = '' }: StatedComponent): string {
  return `${name} ${version}`;
}
