import type { Migration } from './migration.ts';

/**
 * The outlines of a crate's releases in one row, as of a revision of the crate: between them lie index lines and
 * archives, twenty times as much to read.
 */
export const packedOutlines: Migration = {
  name: '034-packed-outlines',
  up: async (schema, { text, integer }) => {
    await schema
      .createTable('packed_outlines')
      .addColumn('registry', text, (c) => c.notNull())
      .addColumn('key', text, (c) => c.notNull())
      .addColumn('revision', integer, (c) => c.notNull())
      .addColumn('body', text, (c) => c.notNull())
      .addColumn('digest', text, (c) => c.notNull())
      .addPrimaryKeyConstraint('packed_outlines_pkey', ['registry', 'key'])
      .execute();
  },
};
