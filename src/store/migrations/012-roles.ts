import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Tokens have a role and an end, are found by their digest, and say when they were last used. */
export const roles: Migration = {
  name: '012-roles',
  up: async (schema, { text, integer }, rows) => {
    await schema
      .alterTable('tokens')
      .addColumn('role', text, (c) => c.notNull().defaultTo('reviewer'))
      .execute();
    await schema.alterTable('tokens').addColumn('ends_at', integer).execute();
    await schema.alterTable('tokens').addColumn('used_at', integer).execute();
    await sql`update tokens set role = 'agent' where scope = 'sightings'`.execute(rows);
    await sql`update tokens set role = 'admin' where name = 'admin'`.execute(rows);
    await schema.alterTable('tokens').dropColumn('scope').execute();
    await schema.createIndex('tokens_hash').on('tokens').columns(['hash']).execute();
  },
};
