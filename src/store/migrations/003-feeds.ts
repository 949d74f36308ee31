import type { Migration } from './migration.ts';

/** Feeds: the last reading of each, for every replica. */
export const feeds: Migration = {
  name: '003-feeds',
  up: async (schema, { text, integer }) => {
    await schema
      .createTable('feeds')
      .addColumn('name', text, (c) => c.primaryKey())
      .addColumn('digest', text, (c) => c.notNull())
      .addColumn('body', text, (c) => c.notNull())
      .addColumn('at', integer, (c) => c.notNull())
      .addColumn('tried_at', integer, (c) => c.notNull())
      .addColumn('alarm', text)
      .execute();
  },
};
