import type { Migration } from './migration.ts';

/** Which message of which run of its agent a host's state is of, so that what comes twice counts once. */
export const sessions: Migration = {
  name: '015-sessions',
  up: async (schema, { text, integer }) => {
    await schema.alterTable('hosts').addColumn('session', text).execute();
    await schema
      .alterTable('hosts')
      .addColumn('sequence', integer, (c) => c.notNull().defaultTo(0))
      .execute();
  },
};
