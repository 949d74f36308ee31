import type { Migration } from './migration.ts';

/** Browsers that are signed in: each by the digest of its cookie, with the token that it stands for. */
export const webSessions: Migration = {
  name: '016-web-sessions',
  up: async (schema, { text, integer }) => {
    await schema
      .createTable('web_sessions')
      .addColumn('digest', text, (c) => c.primaryKey())
      .addColumn('token', text, (c) => c.notNull())
      .addColumn('at', integer, (c) => c.notNull())
      .addColumn('ends_at', integer, (c) => c.notNull())
      .execute();
    await schema.createIndex('web_sessions_ends').on('web_sessions').columns(['ends_at']).execute();
  },
};
