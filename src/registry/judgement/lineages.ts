import { LRUCache } from 'lru-cache';
import { inPages } from '../../store/paged-releases.ts';
import type { CrateReader } from '../../store/store.ts';
import { crateName } from './gather.ts';
import { type Lineage, lineageOf } from './lineage.ts';

/** What is known of a crate's releases together. */
export interface KnownLineage {
  readonly lineage: Lineage;
  /** As the index spells it. */
  readonly name: string;
  /** The crate's own. Epoch milliseconds. */
  readonly firstSeen: number;
  /** Digests of the policies that judged its releases. */
  readonly policies: ReadonlySet<string>;
}

interface Kept extends KnownLineage {
  readonly revision: number;
  readonly size: number;
}

/** So many releases are kept in memory, of all crates. */
const most = 30_000;
/** Releases that are read in one turn. */
const page = 500;

/**
 * Crates' lineages in memory. Each is kept with the revision of its crate in the store, which goes up whenever more is settled than
 * what the bytes of some releases say: so that the next judgement by bytes reads one number instead of thousands of rows.
 */
export class Lineages {
  readonly #kept = new LRUCache<string, Kept>({ maxSize: most, sizeCalculation: ({ size }) => size + 1 });

  /** What was kept of a crate counts no more: it was read in a transaction that came to nothing. */
  forget(registry: string, key: string): void {
    this.#kept.delete(`${registry}/${key}`);
  }

  /** The lineage of a crate as `reader` sees it; `undefined` where nothing of it is recorded. */
  async of(reader: CrateReader, registry: string, key: string): Promise<KnownLineage | undefined> {
    const name = `${registry}/${key}`;
    for (;;) {
      const revision = await reader.revision(registry, key);
      if (revision === undefined) return undefined;
      const kept = this.#kept.get(name);
      if (kept?.revision === revision) return kept;
      const read = await readLineage(reader, registry, key);
      // Outside of a transaction each page is of its own moment.
      if ((await reader.revision(registry, key)) !== revision) continue;
      if (read === undefined) return undefined;
      const current = { ...read, revision };
      this.#kept.set(name, current);
      return current;
    }
  }
}

async function readLineage(
  reader: CrateReader,
  registry: string,
  key: string,
): Promise<Omit<Kept, 'revision'> | undefined> {
  const crate = await reader.crate(registry, key);
  const outlines = await inPages(page, (after) =>
    reader.releaseOutlines(registry, key, { after, limit: page }),
  );
  outlines.sort((a, b) => a.position - b.position || (a.version < b.version ? -1 : 1));
  const first = outlines[0] && (await reader.release(registry, key, outlines[0].version));
  if (crate === undefined || first === undefined) return undefined;
  const listed = new Set(outlines.filter(({ state }) => state !== 'withdrawn').map(({ version }) => version));
  return {
    lineage: lineageOf(outlines, listed, crate.firstSeen),
    name: crateName([first]),
    firstSeen: crate.firstSeen,
    policies: new Set(outlines.map(({ policy }) => policy)),
    size: outlines.length,
  };
}
