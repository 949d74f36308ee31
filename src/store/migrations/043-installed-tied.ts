import { type Kysely, sql } from 'kysely';
import { installedTiesOf } from '../sightings/tied.ts';
import type { Tables } from '../tables.ts';
import type { Migration } from './migration.ts';

/**
 * Keeps which artefacts hosts have installed and do not run beside those that they run: where those are was counted
 * anew for each question.
 */
export const installedTied: Migration = {
  name: '043-installed-tied',
  up: async (schema, { text }, db) => {
    for (const column of ['installed_sets', 'installed_artefacts'])
      await schema
        .alterTable('tied')
        .addColumn(column, text, (c) => c.notNull().defaultTo(''))
        .execute();
    const { rows } = await sql<{ id: number }>`select distinct host_id as id from installed`.execute(db);
    for (const { id } of rows) await tie(db, id);
  },
};

async function tie(db: Kysely<unknown>, host: number): Promise<void> {
  // Sound: only tables of before are read.
  const found = await installedTiesOf(db as Kysely<Tables>, [host], (column) => sql`${column} = ${host}`);
  for (const { sets, artefacts } of found)
    await sql`insert into tied (host_id, sets, artefacts, installed_sets, installed_artefacts)
      values (${host}, '', '', ${sets}, ${artefacts})
      on conflict (host_id) do update set installed_sets = excluded.installed_sets, installed_artefacts = excluded.installed_artefacts`.execute(
      db,
    );
}
