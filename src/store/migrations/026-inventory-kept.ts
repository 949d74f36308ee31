import { type Kysely, sql } from 'kysely';
import { packageNamesOf } from '../inventory/package-names.ts';
import { packNumbers } from '../inventory/packed.ts';
import { setsInBlock } from '../inventory/set-counts.ts';
import { tiesOf } from '../sightings/tied.ts';
import type { Tables } from '../tables.ts';
import type { Migration } from './migration.ts';

/**
 * How often sets are used, a row for a thousand of them; which artefacts each host runs, a packed row a host; the names
 * that packages are looked for by. So that "where are we affected?" reads some thousand short rows where it read
 * hundreds of thousands.
 */
export const inventoryKept: Migration = {
  name: '026-inventory-kept',
  up: async (schema, { text, integer }, db) => {
    const { rows: counts } = await sql<SetRow>`
      select set_id, artefacts, partly from set_counts order by set_id`.execute(db);
    await schema.dropTable('set_counts').execute();
    await schema
      .createTable('set_counts')
      .addColumn('block', integer, (c) => c.primaryKey())
      .addColumn('counts', text, (c) => c.notNull())
      .execute();
    for (const [block, list] of Map.groupBy(counts, ({ set_id }) => Math.floor(set_id / setsInBlock))) {
      const numbers: number[] = new Array(2 * setsInBlock).fill(0);
      for (const { set_id, artefacts, partly } of list)
        numbers.splice(2 * (set_id % setsInBlock), 2, artefacts, partly);
      await sql`insert into set_counts (block, counts) values (${block}, ${packNumbers(numbers)})`.execute(
        db,
      );
    }
    await schema
      .createTable('tied')
      .addColumn('host_id', integer, (c) => c.primaryKey())
      .addColumn('sets', text, (c) => c.notNull())
      .addColumn('artefacts', text, (c) => c.notNull())
      .execute();
    await tieAll(db);
    await schema
      .createTable('package_names')
      .addColumn('name', text, (c) => c.notNull())
      .addColumn('component_id', integer, (c) => c.notNull())
      .addPrimaryKeyConstraint('package_names_pkey', ['name', 'component_id'])
      .execute();
    await nameAll(db);
  },
};

interface SetRow {
  readonly set_id: number;
  readonly artefacts: number;
  readonly partly: number;
}

interface PackageRow {
  readonly id: number;
  readonly kind: 'other';
  readonly identity: string;
  readonly name: string;
}

async function tieAll(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ id: number }>`select distinct host_id as id from running`.execute(db);
  // Sound: only tables of before are read.
  for (const { id } of rows)
    for (const { hostId, sets, artefacts } of await tiesOf(
      db as Kysely<Tables>,
      [id],
      sql`r.host_id = ${id}`,
    ))
      await sql`insert into tied (host_id, sets, artefacts) values (${hostId}, ${sets}, ${artefacts})`.execute(
        db,
      );
}

/** Packages in one statement. */
const page = 1000;

async function nameAll(db: Kysely<unknown>): Promise<void> {
  for (let after = 0; ; ) {
    const { rows } = await sql<PackageRow>`
      select id, kind, identity, name from components where kind = 'other' and id > ${after} order by id limit ${page}`.execute(
      db,
    );
    for (const row of rows)
      for (const name of packageNamesOf(row))
        await sql`insert into package_names (name, component_id) values (${name}, ${row.id})`.execute(db);
    after = rows.at(-1)?.id ?? after;
    if (rows.length < page) return;
  }
}
