import { sql, type Transaction } from 'kysely';
import type { Dialect } from '../dialect/dialect.ts';
import { encodeRow } from '../table.ts';
import type { Tables } from '../tables.ts';
import type { ChangeBounds, ChangeRecord } from './records.ts';
import { changes } from './tables.ts';

/** Keeps a verdict, in the place of the one of the same identity, and forgets what goes beyond the bounds. */
export async function keepChange(
  dialect: Dialect,
  tx: Transaction<Tables>,
  change: ChangeRecord,
  bounds: ChangeBounds,
): Promise<void> {
  await tx.deleteFrom('changes').where('identity', '=', change.identity).execute();
  await dialect.load(tx, changes, [encodeRow(changes, change)], { replace: false });
  const kept = await tx
    .selectFrom('changes')
    .select(['id', 'at', 'by', 'name', 'size'])
    .orderBy('id', 'desc')
    .execute();
  const over = beyond(kept, change, bounds);
  if (over.length > 0)
    await tx
      .deleteFrom('changes')
      .where(dialect.among(sql.ref('id'), over))
      .execute();
}

type Kept = Pick<ChangeRecord, 'id' | 'at' | 'by' | 'name' | 'size'>;

/**
 * Ids of what goes beyond the bounds, of all that is kept, the newest first; never the newest. What all of them have
 * too much goes from whoever has most, his oldest first: nobody drives out what others keep.
 */
function beyond(
  kept: readonly Kept[],
  newest: Kept,
  { since, count, countOfOne, bytes }: ChangeBounds,
): readonly number[] {
  const over: number[] = [];
  const people = new Map<string, { readonly left: Kept[]; bytes: number }>();
  let same = 0;
  let [all, sum] = [1, newest.size];
  for (const one of kept) {
    const isSame = one.by === newest.by && one.name === newest.name;
    const isOver = one.at < since || (isSame && same >= countOfOne);
    if (isSame) same++;
    if (one.id === newest.id) continue;
    if (isOver) {
      over.push(one.id);
      continue;
    }
    const person = people.get(one.by) ?? { left: [], bytes: 0 };
    people.set(one.by, person);
    person.left.push(one);
    person.bytes += one.size;
    all++;
    sum += one.size;
  }
  while (all > count || sum > bytes) {
    const has = (one: { readonly left: readonly Kept[]; readonly bytes: number }) =>
      all > count ? one.left.length : one.bytes;
    const [most] = [...people.values()].filter(({ left }) => left.length > 0).sort((a, b) => has(b) - has(a));
    const oldest = most?.left.pop();
    if (most === undefined || oldest === undefined) break;
    most.bytes -= oldest.size;
    over.push(oldest.id);
    all--;
    sum -= oldest.size;
  }
  return over;
}
