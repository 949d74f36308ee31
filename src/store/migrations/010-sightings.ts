import type { Migration } from './migration.ts';

/** What hosts run, and tokens that may report that alone. */
export const sightings: Migration = {
  name: '010-sightings',
  up: async (schema, { text, integer }) => {
    await schema
      .alterTable('tokens')
      .addColumn('scope', text, (c) => c.notNull().defaultTo('all'))
      .execute();
    await schema
      .createTable('hosts')
      .addColumn('id', integer, (c) => c.primaryKey())
      .addColumn('name', text, (c) => c.notNull().unique())
      .addColumn('boot_id', text, (c) => c.notNull())
      .addColumn('environment', text)
      .addColumn('team', text)
      .addColumn('service', text)
      .addColumn('unread', integer, (c) => c.notNull())
      .addColumn('seen_at', integer, (c) => c.notNull())
      .addColumn('by', text, (c) => c.notNull())
      .execute();
    await schema
      .createTable('processes')
      .addColumn('host_id', integer, (c) => c.notNull())
      .addColumn('boot_id', text, (c) => c.notNull())
      .addColumn('pid', integer, (c) => c.notNull())
      .addColumn('started', integer, (c) => c.notNull())
      .addColumn('path', text, (c) => c.notNull())
      .addColumn('digest', text)
      .addColumn('build_id', text)
      .addColumn('state', text, (c) => c.notNull())
      .addColumn('stale', text, (c) => c.notNull())
      .addColumn('restart', integer, (c) => c.notNull())
      .addColumn('first_seen', integer, (c) => c.notNull())
      .addColumn('ended_at', integer)
      .addPrimaryKeyConstraint('processes_pkey', ['host_id', 'boot_id', 'pid', 'started'])
      .execute();
    // Counts that are kept: an answer adds up a row for each binary of a host, not one for each process.
    await schema
      .createTable('running')
      .addColumn('digest', text, (c) => c.notNull())
      .addColumn('host_id', integer, (c) => c.notNull())
      .addColumn('build_id', text)
      .addColumn('path', text, (c) => c.notNull())
      .addColumn('processes', integer, (c) => c.notNull())
      .addColumn('restart', integer, (c) => c.notNull())
      .addColumn('since', integer, (c) => c.notNull())
      .addPrimaryKeyConstraint('running_pkey', ['digest', 'host_id'])
      .execute();
    await schema.createIndex('running_build_id').on('running').columns(['build_id']).execute();
    await schema.createIndex('running_host').on('running').columns(['host_id']).execute();
    await schema.createIndex('artefacts_digest').on('artefacts').columns(['digest']).execute();
  },
};
