import { setImmediate } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { StoreError } from './error.ts';
import type { ReleaseRecord } from './records.ts';
import { decodeRow } from './table.ts';
import { releases, type Tables } from './tables.ts';

/** Whole rows that are read in one turn: some milliseconds, where each has kilobytes. */
const page = 100;

/**
 * All releases of a crate in the order of the upstream's file, a few at a time: of one that has thousands they are
 * megabytes. `db` is a transaction, so that all are of one moment. Throws as a store does.
 */
export async function pagedReleases(
  db: Kysely<Tables>,
  registry: string,
  key: string,
): Promise<readonly ReleaseRecord[]> {
  const all = await inPages(page, async (after) => {
    const rows = await db
      .selectFrom('releases')
      .selectAll()
      .where('registry', '=', registry)
      .where('key', '=', key)
      .$if(after !== undefined, (q) => q.where('version', '>', after ?? ''))
      .orderBy('version')
      .limit(page)
      .execute();
    return rows.map((row) => decodeRow(releases, row));
  });
  // They came in the order of their versions, which is kept where places are equal.
  return all.sort((a, b) => a.position - b.position);
}

/**
 * What `read` gives in pages of `size`, each past the last version of the one before; others have turns between. Throws
 * `store/damaged` where a version comes twice: an index that does not fit its table would be read for ever.
 */
export async function inPages<Row extends { readonly version: string }>(
  size: number,
  read: (after: string | undefined) => Promise<readonly Row[]>,
): Promise<Row[]> {
  const all = new Map<string, Row>();
  for (let after: string | undefined; ; await setImmediate()) {
    const rows = await read(after);
    for (const row of rows) {
      if (all.has(row.version))
        throw new StoreError(
          'store/damaged',
          'The table "releases" is damaged: it gives a release twice. Restore the database from a backup.',
          { details: { table: 'releases' } },
        );
      all.set(row.version, row);
    }
    after = rows.at(-1)?.version;
    if (rows.length < size) return [...all.values()];
  }
}
