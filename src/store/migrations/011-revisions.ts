import type { Migration } from './migration.ts';

/** What is kept in memory of a crate's releases together is known to be current by a number of the crate. */
export const revisions: Migration = {
  name: '011-revisions',
  up: async (schema, { integer }) => {
    await schema
      .alterTable('crates')
      .addColumn('revision', integer, (c) => c.notNull().defaultTo(0))
      .execute();
  },
};
