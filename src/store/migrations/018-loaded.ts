import type { Migration } from './migration.ts';

/** What processes have loaded, by its package; which programs of a host can be started. */
export const loaded: Migration = {
  name: '018-loaded',
  up: async (schema, { text, integer }) => {
    // A file as hosts tell of it: one row for all of them that have the same.
    await schema
      .createTable('loaded_objects')
      .addColumn('id', integer, (c) => c.primaryKey())
      .addColumn('identity', text, (c) => c.notNull().unique())
      .addColumn('path', text, (c) => c.notNull())
      .addColumn('digest', text)
      .addColumn('build_id', text)
      .addColumn('state', text, (c) => c.notNull())
      .addColumn('class', text, (c) => c.notNull())
      .addColumn('component_id', integer)
      .addColumn('known_by', text)
      .addColumn('why', text)
      .execute();
    await schema
      .createIndex('loaded_objects_component')
      .on('loaded_objects')
      .columns(['component_id'])
      .execute();
    // What a process has of them: most processes of a program have the same.
    await schema
      .createTable('loaded_sets')
      .addColumn('id', integer, (c) => c.primaryKey())
      .addColumn('identity', text, (c) => c.notNull().unique())
      .execute();
    await schema
      .createTable('loaded_members')
      .addColumn('object_id', integer, (c) => c.notNull())
      .addColumn('set_id', integer, (c) => c.notNull())
      .addColumn('how', text, (c) => c.notNull())
      .addPrimaryKeyConstraint('loaded_members_pkey', ['object_id', 'set_id', 'how'])
      .execute();
    await schema.createIndex('loaded_members_set').on('loaded_members').columns(['set_id']).execute();
    await schema.alterTable('processes').addColumn('loaded', integer).execute();
    await schema.createIndex('processes_loaded').on('processes').columns(['loaded']).execute();
    // Counts that are kept: a row for each program of a host and what it has loaded.
    await schema
      .createTable('loading')
      .addColumn('set_id', integer, (c) => c.notNull())
      .addColumn('host_id', integer, (c) => c.notNull())
      .addColumn('path', text, (c) => c.notNull())
      .addColumn('digest', text)
      .addColumn('processes', integer, (c) => c.notNull())
      .addColumn('restart', integer, (c) => c.notNull())
      .addColumn('since', integer, (c) => c.notNull())
      .addPrimaryKeyConstraint('loading_pkey', ['set_id', 'host_id', 'path'])
      .execute();
    await schema.createIndex('loading_host').on('loading').columns(['host_id']).execute();
    await schema
      .createTable('installed')
      .addColumn('host_id', integer, (c) => c.notNull())
      .addColumn('path', text, (c) => c.notNull())
      .addColumn('named', text, (c) => c.notNull())
      .addColumn('by', text, (c) => c.notNull())
      .addColumn('digest', text)
      .addColumn('build_id', text)
      .addColumn('loaded', integer, (c) => c.notNull())
      .addColumn('since', integer, (c) => c.notNull())
      .addPrimaryKeyConstraint('installed_pkey', ['host_id', 'path', 'named', 'by'])
      .execute();
    await schema.createIndex('installed_loaded').on('installed').columns(['loaded']).execute();
    await schema.createIndex('installed_digest').on('installed').columns(['digest']).execute();
  },
};
