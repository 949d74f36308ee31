import { sql, type Transaction } from 'kysely';
import type { Dialect } from '../dialect/dialect.ts';
import { encodeRow } from '../table.ts';
import type { Tables } from '../tables.ts';
import type { ChangeBounds, ChangeRecord } from './records.ts';
import { changes } from './tables.ts';

/** Keeps a verdict, in the place of the one of the same identity, and forgets what goes beyond the bounds, the oldest first. */
export async function keepChange(
  dialect: Dialect,
  tx: Transaction<Tables>,
  change: Omit<ChangeRecord, 'id'>,
  { since, count, countOfOne, bytes }: ChangeBounds,
): Promise<void> {
  const { rows } = await sql<{ readonly last: number | null }>`select max(id) as last from changes`.execute(
    tx,
  );
  await tx.deleteFrom('changes').where('identity', '=', change.identity).execute();
  const id = Number(rows[0]?.last ?? 0) + 1;
  await dialect.load(tx, changes, [encodeRow(changes, { ...change, id })], { replace: false });
  const kept = await tx
    .selectFrom('changes')
    .select(['id', 'at', 'by', 'name', 'size'])
    .orderBy('id', 'desc')
    .execute();
  let all = 0;
  let same = 0;
  let sum = 0;
  const over: number[] = [];
  for (const one of kept) {
    const isSame = one.by === change.by && one.name === change.name;
    const isOver =
      one.id !== id &&
      (one.at < since || all >= count || sum + one.size > bytes || (isSame && same >= countOfOne));
    if (isOver) {
      over.push(one.id);
      continue;
    }
    all++;
    sum += one.size;
    if (isSame) same++;
  }
  if (over.length > 0)
    await tx
      .deleteFrom('changes')
      .where(dialect.among(sql.ref('id'), over))
      .execute();
}
