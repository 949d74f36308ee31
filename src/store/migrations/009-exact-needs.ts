import type { Migration } from './migration.ts';

/** Which crates have releases that require another crate in exactly one version. */
export const exactNeeds: Migration = {
  name: '009-exact-needs',
  up: async (schema, { text }) => {
    await schema
      .createTable('exact_needs')
      .addColumn('registry', text, (c) => c.notNull())
      .addColumn('key', text, (c) => c.notNull())
      .addColumn('by', text, (c) => c.notNull())
      .addPrimaryKeyConstraint('exact_needs_pkey', ['registry', 'key', 'by'])
      .execute();
  },
};
