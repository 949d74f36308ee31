import type { Migration } from './migration.ts';

/** Who decided what: a chain of entries, and its signed head. */
export const audit: Migration = {
  name: '014-audit',
  up: async (schema, { text, integer }) => {
    await schema
      .createTable('audit')
      .addColumn('seq', integer, (c) => c.primaryKey())
      .addColumn('at', integer, (c) => c.notNull())
      .addColumn('actor', text, (c) => c.notNull())
      .addColumn('role', text)
      .addColumn('address', text)
      .addColumn('action', text, (c) => c.notNull())
      .addColumn('subject', text, (c) => c.notNull())
      .addColumn('before', text)
      .addColumn('after', text)
      .addColumn('hash', text, (c) => c.notNull())
      .addColumn('key', text, (c) => c.notNull())
      .addColumn('signature', text, (c) => c.notNull())
      .execute();
    await schema
      .createTable('audit_head')
      .addColumn('id', integer, (c) => c.primaryKey())
      .addColumn('count', integer, (c) => c.notNull())
      .addColumn('hash', text, (c) => c.notNull())
      .addColumn('at', integer, (c) => c.notNull())
      .addColumn('key', text, (c) => c.notNull())
      .addColumn('signature', text, (c) => c.notNull())
      .execute();
  },
};
