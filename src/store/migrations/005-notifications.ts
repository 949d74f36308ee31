import type { Migration } from './migration.ts';

/** Notifications: what was found on releases that had been handed out, and who is still to be told. */
export const notifications: Migration = {
  name: '005-notifications',
  up: async (schema, { text, integer }) => {
    await schema
      .createTable('told_findings')
      .addColumn('notification', text, (c) => c.notNull())
      .addColumn('registry', text, (c) => c.notNull())
      .addColumn('key', text, (c) => c.notNull())
      .addColumn('version', text, (c) => c.notNull())
      .addColumn('finding', text, (c) => c.notNull())
      .addColumn('body', text, (c) => c.notNull())
      .addColumn('at', integer, (c) => c.notNull())
      .addColumn('ended_at', integer)
      .addPrimaryKeyConstraint('told_findings_pkey', [
        'notification',
        'registry',
        'key',
        'version',
        'finding',
      ])
      .execute();
    await schema
      .createIndex('told_findings_crate')
      .on('told_findings')
      .columns(['registry', 'key', 'ended_at'])
      .execute();

    await schema
      .createTable('deliveries')
      .addColumn('notification', text, (c) => c.notNull())
      .addColumn('target', text, (c) => c.notNull())
      .addColumn('at', integer, (c) => c.notNull())
      .addColumn('due_at', integer)
      .addColumn('attempts', integer, (c) => c.notNull())
      .addColumn('error', text)
      .addColumn('outcome', text, (c) => c.notNull())
      .addColumn('ended_at', integer)
      .addPrimaryKeyConstraint('deliveries_pkey', ['notification', 'target'])
      .execute();
    await schema
      .createIndex('deliveries_due')
      .on('deliveries')
      .columns(['due_at', 'notification', 'target'])
      .where('due_at', 'is not', null)
      .execute();
  },
};
