import type { Migration } from './migration.ts';

/** What people and documents say of advisories in artefacts; why exposures ended; hosts that are gone. */
export const vex: Migration = {
  name: '022-vex',
  up: async (schema, { text, integer }) => {
    await schema
      .createTable('vex_statements')
      .addColumn('id', integer, (c) => c.primaryKey())
      .addColumn('advisory', text, (c) => c.notNull())
      .addColumn('aliases', text, (c) => c.notNull())
      .addColumn('component_id', integer, (c) => c.notNull())
      .addColumn('status', text, (c) => c.notNull())
      .addColumn('justification', text)
      .addColumn('impact', text)
      .addColumn('action', text)
      .addColumn('author', text, (c) => c.notNull())
      .addColumn('document', text)
      .addColumn('stated_at', integer, (c) => c.notNull())
      .addColumn('until', integer, (c) => c.notNull())
      .addColumn('by', text, (c) => c.notNull())
      .addColumn('taken_at', integer, (c) => c.notNull())
      .addColumn('ended', integer, (c) => c.notNull())
      .addColumn('withdrawn_at', integer)
      .addColumn('withdrawn_by', text)
      .addColumn('withdrawn_why', text)
      .execute();
    await schema
      .createIndex('vex_statements_until')
      .on('vex_statements')
      .columns(['ended', 'until'])
      .execute();
    // What one of them is about: the builds of a binary for a target, or one artefact alone.
    await schema
      .createTable('vex_covers')
      .addColumn('statement_id', integer, (c) => c.notNull())
      .addColumn('place', integer, (c) => c.notNull())
      .addColumn('component_id', integer, (c) => c.notNull())
      .addColumn('project', text)
      .addColumn('target', text)
      .addColumn('name', text, (c) => c.notNull())
      .addColumn('artefact', text)
      .addColumn('features', text)
      .addPrimaryKeyConstraint('vex_covers_pkey', ['statement_id', 'place'])
      .execute();
    await schema.createIndex('vex_covers_component').on('vex_covers').columns(['component_id']).execute();
    await schema.alterTable('exposures').addColumn('ended_by', text).execute();
    await schema.alterTable('exposures').addColumn('ended_why', text).execute();
    await schema.alterTable('hosts').addColumn('retired_at', integer).execute();
    await schema.alterTable('hosts').addColumn('retired_by', text).execute();
  },
};
