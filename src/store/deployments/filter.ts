import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { HostFilter } from '../inventory/store.ts';

/** Whether a row of `deployments`, named `d`, holds and is at such a place. */
export function isStated(filter: HostFilter = {}): RawBuilder<SqlBool> {
  const { host, environment, team } = filter;
  const named = Object.entries({ host, environment, team }).filter(([, value]) => value !== undefined);
  const conditions = [
    sql`d.ended_at is null`,
    ...named.map(([name, value]) => sql`${sql.ref(`d.${name}`)} = ${value}`),
  ];
  return sql.join(conditions, sql` and `) as RawBuilder<SqlBool>;
}
