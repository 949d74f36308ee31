import type { Migration } from './migration.ts';

/** What registries' web APIs said of the people behind crates, and when each is to be asked. */
export const people: Migration = {
  name: '004-people',
  up: async (schema, { text, integer }) => {
    await schema
      .createTable('people')
      .addColumn('registry', text, (c) => c.notNull())
      .addColumn('key', text, (c) => c.notNull())
      .addColumn('name', text, (c) => c.notNull())
      .addColumn('ask_at', integer)
      .addColumn('at', integer)
      .addColumn('answer', text)
      .addColumn('failures', integer, (c) => c.notNull())
      .addColumn('reason', text)
      .addPrimaryKeyConstraint('people_pkey', ['registry', 'key'])
      .execute();
    // Few crates wait to be asked about.
    await schema
      .createIndex('people_ask')
      .on('people')
      .columns(['registry', 'ask_at', 'key'])
      .where('ask_at', 'is not', null)
      .execute();
  },
};
