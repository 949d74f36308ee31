import type { Migration } from './migration.ts';

/** Where artefacts are stated to be deployed: where no agent looks. */
export const deployments: Migration = {
  name: '036-deployments',
  up: async (schema, { text, integer }) => {
    await schema
      .createTable('deployments')
      .addColumn('id', integer, (c) => c.primaryKey())
      .addColumn('artefact_id', integer, (c) => c.notNull())
      .addColumn('environment', text, (c) => c.notNull())
      .addColumn('service', text)
      .addColumn('team', text)
      .addColumn('host', text)
      .addColumn('since', integer, (c) => c.notNull())
      .addColumn('stated_at', integer, (c) => c.notNull())
      .addColumn('by', text, (c) => c.notNull())
      .addColumn('ended_at', integer)
      .addColumn('ended_by', text)
      .addColumn('ended_why', text)
      .addColumn('exposure_due', integer)
      .execute();
    await schema.createIndex('deployments_place').on('deployments').columns(['environment', 'id']).execute();
    await schema
      .createIndex('deployments_artefact')
      .on('deployments')
      .columns(['artefact_id', 'ended_at'])
      .execute();
    await schema.createIndex('deployments_due').on('deployments').columns(['exposure_due']).execute();
    await schema.alterTable('exposures').addColumn('deployment_id', integer).execute();
    await schema
      .createIndex('exposures_deployment')
      .on('exposures')
      .columns(['deployment_id'])
      .where('deployment_id', 'is not', null)
      .execute();
  },
};
