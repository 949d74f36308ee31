import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { HostFilter } from '../inventory/store.ts';

/** Whether a column is the id of a host that is meant. */
export function onHosts(column: RawBuilder<unknown>, filter: HostFilter | undefined): RawBuilder<SqlBool> {
  const { host, environment, team } = filter ?? {};
  const conditions = Object.entries({ name: host, environment, team }).filter(
    ([, value]) => value !== undefined,
  );
  if (conditions.length === 0) return sql`1 = 1`;
  return sql`${column} in (select id from hosts where ${sql.join(
    conditions.map(([name, value]) => sql`${sql.ref(name)} = ${value}`),
    sql` and `,
  )})`;
}
