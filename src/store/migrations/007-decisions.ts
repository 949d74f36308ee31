import type { Migration } from './migration.ts';

/** What people decide on releases that wait for them, whose requests still count, and how many wait. */
export const decisions: Migration = {
  name: '007-decisions',
  up: async (schema, { text, integer }) => {
    await schema.alterTable('break_glass').addColumn('author_ended_at', integer).execute();
    await schema
      .createTable('decisions')
      .addColumn('id', integer, (c) => c.primaryKey())
      .addColumn('registry', text, (c) => c.notNull())
      .addColumn('key', text, (c) => c.notNull())
      .addColumn('version', text, (c) => c.notNull())
      .addColumn('checksum', text, (c) => c.notNull())
      .addColumn('kind', text, (c) => c.notNull())
      .addColumn('answers', text, (c) => c.notNull())
      .addColumn('by', text, (c) => c.notNull())
      .addColumn('reason', text, (c) => c.notNull())
      .addColumn('at', integer, (c) => c.notNull())
      .addColumn('until', integer)
      .addColumn('author_ended_at', integer)
      .addColumn('taken_back_by', text)
      .addColumn('taken_back_at', integer)
      .addColumn('taken_back_reason', text)
      .execute();
    await schema.createIndex('decisions_crate').on('decisions').columns(['registry', 'key']).execute();
    await schema
      .createTable('refusals')
      .addColumn('registry', text, (c) => c.notNull())
      .addColumn('key', text, (c) => c.notNull())
      .addColumn('version', text, (c) => c.notNull())
      .addColumn('since', integer, (c) => c.notNull())
      .addColumn('count', integer, (c) => c.notNull())
      .addColumn('last_at', integer, (c) => c.notNull())
      .addPrimaryKeyConstraint('refusals_pkey', ['registry', 'key', 'version'])
      .execute();
  },
};
