import { type Kysely, sql } from 'kysely';
import { packAscending } from '../inventory/packed.ts';
import type { Migration } from './migration.ts';

/**
 * Which sets have a component as packed lists, a few rows for a component instead of one for each of its sets; how often a set is
 * used beside the set, so that what is large is written once.
 */
export const inventoryShared: Migration = {
  name: '013-inventory-shared',
  up: async (schema, { text, integer }, db) => {
    await schema
      .createTable('set_postings')
      .addColumn('component_id', integer, (c) => c.notNull())
      .addColumn('first_set', integer, (c) => c.notNull())
      .addColumn('sets', text, (c) => c.notNull())
      .addPrimaryKeyConstraint('set_postings_pkey', ['component_id', 'first_set'])
      .execute();
    // The newest sets, until there are enough of them to be worth a row for each of their components.
    await schema
      .createTable('set_tail')
      .addColumn('set_id', integer, (c) => c.primaryKey())
      .addColumn('components', text, (c) => c.notNull())
      .execute();
    await schema
      .createTable('set_counts')
      .addColumn('set_id', integer, (c) => c.primaryKey())
      .addColumn('artefacts', integer, (c) => c.notNull())
      .addColumn('partly', integer, (c) => c.notNull())
      .execute();
    await schema
      .createTable('inventory_state')
      .addColumn('id', integer, (c) => c.primaryKey())
      .addColumn('last_set', integer, (c) => c.notNull())
      .addColumn('artefacts', integer, (c) => c.notNull())
      .addColumn('partly', integer, (c) => c.notNull())
      .addColumn('tail_sets', integer, (c) => c.notNull())
      .addColumn('tail_members', integer, (c) => c.notNull())
      .execute();
    await sql`insert into set_counts (set_id, artefacts, partly)
      select s.id, s.artefacts, (select count(*) from artefacts a where a.set_id = s.id and a.completeness <> 'complete')
        from component_sets s`.execute(db);
    await sql`insert into inventory_state (id, last_set, artefacts, partly, tail_sets, tail_members)
      select 1, (select coalesce(max(id), 0) from component_sets), (select count(*) from artefacts),
        (select count(*) from artefacts where completeness <> 'complete'), 0, 0`.execute(db);
    await packMembers(db);
    await schema.dropTable('set_members').execute();
    await schema.alterTable('component_sets').dropColumn('artefacts').execute();
    await schema.alterTable('component_sets').dropColumn('components').execute();
  },
};

/** A component at a time: the most common one is in every set. */
async function packMembers(db: Kysely<unknown>): Promise<void> {
  for (let after = 0; ; ) {
    const { rows: next } = await sql<{ id: number | null }>`
      select min(component_id) as id from set_members where component_id > ${after}`.execute(db);
    const id = next[0]?.id ?? null;
    if (id === null) return;
    const { rows } = await sql<{ id: number }>`
      select set_id as id from set_members where component_id = ${id} order by set_id`.execute(db);
    const sets = rows.map((row) => row.id);
    await sql`insert into set_postings (component_id, first_set, sets)
      values (${id}, ${sets[0] ?? 0}, ${packAscending(sets)})`.execute(db);
    after = id;
  }
}
