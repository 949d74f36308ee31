import { type RawBuilder, type SqlBool, sql } from 'kysely';

/** One of the things that a list is ordered by, and what its last row had there. */
export interface Ordered {
  readonly of: RawBuilder<unknown>;
  readonly value: string | number;
  /** Absent: ascending. */
  readonly order?: 'desc';
}

/** Whether a row stands behind another one in a list that is ordered by all of these, one after another. */
export function past([first, ...others]: readonly Ordered[]): RawBuilder<SqlBool> {
  if (first === undefined) return sql<SqlBool>`(1 = 0)`;
  const { of, value, order } = first;
  const isBehind = order === 'desc' ? sql`<` : sql`>`;
  if (others.length === 0) return sql<SqlBool>`(${of} ${isBehind} ${value})`;
  // The first condition follows from the second: it is what an index can begin at.
  return sql<SqlBool>`(${of} ${isBehind}= ${value} and (${of} ${isBehind} ${value} or ${past(others)}))`;
}
