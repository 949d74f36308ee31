import type { Migration } from './migration.ts';

/** What was answered to requests that carried an idempotency key. */
export const answers: Migration = {
  name: '028-answers',
  up: async (schema, { text, integer }) => {
    await schema
      .createTable('answers')
      .addColumn('caller', text, (c) => c.notNull())
      .addColumn('key', text, (c) => c.notNull())
      .addColumn('request', text, (c) => c.notNull())
      .addColumn('at', integer, (c) => c.notNull())
      .addColumn('status', integer)
      .addColumn('body', text)
      .addPrimaryKeyConstraint('answers_pkey', ['caller', 'key'])
      .execute();
    await schema.createIndex('answers_at').on('answers').columns(['at']).execute();
  },
};
