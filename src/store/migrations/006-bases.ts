import type { Migration } from './migration.ts';

/** Releases that others are compared with: why the bytes of one could not be had. */
export const bases: Migration = {
  name: '006-bases',
  up: async (schema, { text }) => {
    await schema.alterTable('releases').addColumn('unread', text).execute();
  },
};
