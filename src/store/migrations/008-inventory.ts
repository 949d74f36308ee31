import type { Migration } from './migration.ts';

/** The inventory: artefacts, the releases that they are made of, and which artefact has which. */
export const inventory: Migration = {
  name: '008-inventory',
  up: async (schema, { text, integer }) => {
    // One row for a release, however many artefacts have it.
    await schema
      .createTable('components')
      .addColumn('id', integer, (c) => c.primaryKey())
      .addColumn('identity', text, (c) => c.notNull().unique())
      .addColumn('kind', text, (c) => c.notNull())
      .addColumn('key', text, (c) => c.notNull())
      .addColumn('name', text, (c) => c.notNull())
      .addColumn('version', text)
      .addColumn('source', text)
      .execute();
    await schema.createIndex('components_key').on('components').columns(['key', 'id']).execute();

    // What artefacts are made of, once for all that are made of the same.
    await schema
      .createTable('component_sets')
      .addColumn('id', integer, (c) => c.primaryKey())
      .addColumn('digest', text, (c) => c.notNull().unique())
      .addColumn('members', text, (c) => c.notNull())
      .addColumn('roots', text)
      .addColumn('components', integer, (c) => c.notNull())
      .addColumn('artefacts', integer, (c) => c.notNull())
      .execute();
    await schema
      .createTable('set_members')
      .addColumn('component_id', integer, (c) => c.notNull())
      .addColumn('set_id', integer, (c) => c.notNull())
      .addPrimaryKeyConstraint('set_members_pkey', ['component_id', 'set_id'])
      .execute();

    await schema
      .createTable('artefacts')
      .addColumn('id', integer, (c) => c.primaryKey())
      .addColumn('identity', text, (c) => c.notNull().unique())
      .addColumn('name', text, (c) => c.notNull())
      .addColumn('version', text)
      .addColumn('digest', text)
      .addColumn('size', integer)
      .addColumn('build_id', text)
      .addColumn('format', text)
      .addColumn('target', text)
      .addColumn('project', text)
      .addColumn('commit', text)
      .addColumn('built_at', integer)
      .addColumn('trust', text, (c) => c.notNull())
      .addColumn('completeness', text, (c) => c.notNull())
      .addColumn('set_id', integer, (c) => c.notNull())
      .addColumn('first_seen', integer, (c) => c.notNull())
      .addColumn('last_seen', integer, (c) => c.notNull())
      .addColumn('by', text, (c) => c.notNull())
      .execute();
    await schema.createIndex('artefacts_set').on('artefacts').columns(['set_id', 'id']).execute();
    await schema
      .createIndex('artefacts_build_id')
      .on('artefacts')
      .columns(['build_id'])
      .where('build_id', 'is not', null)
      .execute();
    // Those of which not all components are known: few, and counted at every question.
    await schema
      .createIndex('artefacts_partly_known')
      .on('artefacts')
      .columns(['completeness', 'id'])
      .where('completeness', '<>', 'complete')
      .execute();
  },
};
