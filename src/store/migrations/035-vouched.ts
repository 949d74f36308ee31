import { createHash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/**
 * What is kept of an artefact beside what it is made of: its verdict, who built and signed it, by which Cargo.lock, and
 * signatures that did not count; how many are known by which word; and the digest of each judged Cargo.lock, by which
 * an artefact finds the change that it was built of.
 */
export const vouched: Migration = {
  name: '035-vouched',
  up: async (schema, { text, integer }, db) => {
    for (const [column, type] of [
      ['verdict', text],
      ['verdict_policy', text],
      ['verdict_at', integer],
      ['builder', text],
      ['lockfile', text],
      ['signed_by', text],
      ['session', text],
      ['attempts', text],
    ] as const)
      await schema.alterTable('artefacts').addColumn(column, type).execute();
    for (const column of ['signed', 'recovered'] as const) {
      await schema
        .alterTable('inventory_state')
        .addColumn(column, integer, (c) => c.notNull().defaultTo(0))
        .execute();
      await sql`update inventory_state set ${sql.ref(column)} =
        (select count(*) from artefacts where trust = ${column})`.execute(db);
    }
    await schema
      .alterTable('changes')
      .addColumn('lockfile_digest', text, (c) => c.notNull().defaultTo(''))
      .execute();
    const { rows } = await sql<{ id: number }>`select id from changes order by id`.execute(db);
    // One after another: together they may be a gigabyte.
    for (const { id } of rows) {
      const { rows: found } = await sql<{
        lockfile: string;
      }>`select lockfile from changes where id = ${id}`.execute(db);
      const lockfile = inflateRawSync(Buffer.from(found[0]?.lockfile ?? '', 'base64'));
      const digest = createHash('sha256').update(lockfile).digest('hex');
      await sql`update changes set lockfile_digest = ${digest} where id = ${id}`.execute(db);
    }
    await schema
      .createIndex('changes_lockfile_digest')
      .on('changes')
      .columns(['lockfile_digest', 'id'])
      .execute();
  },
};
