import type { Migration } from './migration.ts';

/** What was exchanged for what one build fetches: once, whichever replica is asked. */
export const buildSessions: Migration = {
  name: '017-build-sessions',
  up: async (schema, { text, integer }) => {
    await schema
      .createTable('build_sessions')
      .addColumn('identity', text, (c) => c.primaryKey())
      .addColumn('hash', text)
      .addColumn('who', text, (c) => c.notNull())
      .addColumn('lockfile', text, (c) => c.notNull())
      .addColumn('releases', text, (c) => c.notNull())
      .addColumn('opened_at', integer, (c) => c.notNull())
      .addColumn('ends_at', integer, (c) => c.notNull())
      .addColumn('closed_at', integer)
      .addColumn('refusals', integer, (c) => c.notNull())
      .addColumn('keep_until', integer, (c) => c.notNull())
      .execute();
    await schema.createIndex('build_sessions_hash').on('build_sessions').columns(['hash']).unique().execute();
  },
};
