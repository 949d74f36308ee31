import type { Migration } from './migration.ts';

/** Who needs a release that is not handed out, and what for: one row a person. */
export const requests: Migration = {
  name: '020-requests',
  up: async (schema, { text, integer }) => {
    await schema
      .createTable('requests')
      .addColumn('registry', text, (c) => c.notNull())
      .addColumn('key', text, (c) => c.notNull())
      .addColumn('version', text, (c) => c.notNull())
      .addColumn('by', text, (c) => c.notNull())
      .addColumn('reason', text, (c) => c.notNull())
      .addColumn('at', integer, (c) => c.notNull())
      .addPrimaryKeyConstraint('requests_pkey', ['registry', 'key', 'version', 'by'])
      .execute();
    await schema.createIndex('requests_by').on('requests').columns(['by']).execute();
  },
};
