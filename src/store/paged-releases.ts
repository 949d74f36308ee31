import { setImmediate } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { ReleaseRecord } from './records.ts';
import { decodeRow } from './table.ts';
import { releases, type Tables } from './tables.ts';

/** Rows that are read in one turn: some milliseconds, where each has kilobytes. */
const page = 100;

/**
 * All releases of a crate in the order of the upstream's file, a few at a time: of one that has thousands they are megabytes. `db` is a
 * transaction, so that all are of one moment. Throws as a store does.
 */
export async function pagedReleases(
  db: Kysely<Tables>,
  registry: string,
  key: string,
): Promise<readonly ReleaseRecord[]> {
  const all: ReleaseRecord[] = [];
  for (let after: string | undefined; ; ) {
    const rows = await db
      .selectFrom('releases')
      .selectAll()
      .where('registry', '=', registry)
      .where('key', '=', key)
      .$if(after !== undefined, (q) => q.where('version', '>', after ?? ''))
      .orderBy('version')
      .limit(page)
      .execute();
    const read = rows.map((row) => decodeRow(releases, row));
    all.push(...read);
    after = read.at(-1)?.version;
    // They came in the order of their versions, which is kept where places are equal.
    if (rows.length < page) return all.sort((a, b) => a.position - b.position);
    await setImmediate();
  }
}
