import type { Migration } from './migration.ts';

/** What was signed for which token of a CI: once, whichever replica is asked. */
export const signings: Migration = {
  name: '025-signings',
  up: async (schema, { text, integer }) => {
    await schema
      .createTable('signings')
      .addColumn('identity', text, (c) => c.primaryKey())
      .addColumn('who', text, (c) => c.notNull())
      .addColumn('statements', text)
      .addColumn('signed_at', integer, (c) => c.notNull())
      .addColumn('refusals', integer, (c) => c.notNull())
      .addColumn('keep_until', integer, (c) => c.notNull())
      .execute();
  },
};
