import type { Migration } from './migration.ts';

/**
 * What of a binary gets into memory, so that one that was stripped is told from one that was tampered with; and where
 * the latter runs.
 */
export const tampered: Migration = {
  name: '032-tampered',
  up: async (schema, { text, integer }) => {
    for (const table of ['artefacts', 'processes', 'running'])
      await schema.alterTable(table).addColumn('segments', text).execute();
    await schema
      .createTable('tampered')
      .addColumn('host_id', integer, (c) => c.notNull())
      .addColumn('digest', text, (c) => c.notNull())
      .addColumn('path', text, (c) => c.notNull())
      .addColumn('artefact_id', integer, (c) => c.notNull())
      .addColumn('opened_at', integer, (c) => c.notNull())
      .addPrimaryKeyConstraint('tampered_pkey', ['host_id', 'digest'])
      .execute();
  },
};
