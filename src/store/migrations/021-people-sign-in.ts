import type { Migration } from './migration.ts';

/** Browsers that stand for a person rather than for a token, and links that sign one in once. */
export const peopleSignIn: Migration = {
  name: '021-people-sign-in',
  up: async (schema, { text, integer }) => {
    await schema.alterTable('web_sessions').addColumn('name', text).execute();
    await schema.alterTable('web_sessions').addColumn('role', text).execute();
    await schema
      .createTable('sign_in_links')
      .addColumn('digest', text, (c) => c.primaryKey())
      .addColumn('name', text, (c) => c.notNull())
      .addColumn('role', text, (c) => c.notNull())
      .addColumn('ends_at', integer, (c) => c.notNull())
      .execute();
  },
};
