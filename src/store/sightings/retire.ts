import { sql, type Transaction } from 'kysely';
import type { Dialect } from '../dialect/dialect.ts';
import type { Tables } from '../tables.ts';
import { LoadedWriter } from './loaded.ts';

/**
 * Takes a host out of service, in a transaction that is open: nothing runs on it any more, and what it was exposed to
 * waits to be looked at. A report of its agent brings it back. `undefined`: there is no such host, or it is retired.
 */
export async function retireHost(
  dialect: Dialect,
  tx: Transaction<Tables>,
  name: string,
  { by, at }: { readonly by: string; readonly at: number },
): Promise<{ readonly processes: number } | undefined> {
  const host = await tx
    .selectFrom('hosts')
    .select('id')
    .where('name', '=', name)
    .where('retired_at', 'is', null)
    .executeTakeFirst();
  if (host === undefined) return undefined;
  const { id } = host;
  const ended = await tx
    .updateTable('processes')
    .set({ ended_at: at })
    .where('host_id', '=', id)
    .where('ended_at', 'is', null)
    .returning('loaded')
    .execute();
  const installed = await tx.deleteFrom('installed').where('host_id', '=', id).returning('loaded').execute();
  await tx.deleteFrom('running').where('host_id', '=', id).execute();
  await tx.deleteFrom('loading').where('host_id', '=', id).execute();
  await tx.deleteFrom('tied').where('host_id', '=', id).execute();
  // Without the run of its agent, a change of what it ran is none.
  await sql`update hosts set retired_at = ${at}, retired_by = ${by}, session = null, sequence = 0, unread = 0,
    exposure_due = ${at} where id = ${id}`.execute(tx);
  await new LoadedWriter(dialect, tx).forgetUnused([...new Set(installed.map(({ loaded }) => loaded))]);
  return { processes: ended.length };
}
