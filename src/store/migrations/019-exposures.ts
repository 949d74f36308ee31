import type { Migration } from './migration.ts';

/** What advisories strike of the releases that are known, and where that runs, since when and until when. */
export const exposures: Migration = {
  name: '019-exposures',
  up: async (schema, { text, integer }) => {
    await schema
      .createTable('struck')
      .addColumn('component_id', integer, (c) => c.notNull())
      .addColumn('advisory', text, (c) => c.notNull())
      .addColumn('body', text, (c) => c.notNull())
      .addColumn('since', integer, (c) => c.notNull())
      .addPrimaryKeyConstraint('struck_pkey', ['component_id', 'advisory'])
      .execute();
    await schema
      .createTable('exposures')
      .addColumn('id', integer, (c) => c.primaryKey())
      .addColumn('host_id', integer, (c) => c.notNull())
      .addColumn('path', text, (c) => c.notNull())
      .addColumn('component_id', integer, (c) => c.notNull())
      .addColumn('advisory', text, (c) => c.notNull())
      .addColumn('way', text, (c) => c.notNull())
      .addColumn('artefact_id', integer)
      .addColumn('digest', text)
      .addColumn('restart', integer, (c) => c.notNull())
      .addColumn('known_since', integer, (c) => c.notNull())
      .addColumn('running_since', integer, (c) => c.notNull())
      .addColumn('opened_at', integer, (c) => c.notNull())
      .addColumn('closed_at', integer)
      .execute();
    await schema.createIndex('exposures_host').on('exposures').columns(['host_id', 'closed_at']).execute();
    await schema.createIndex('exposures_advisory').on('exposures').columns(['advisory']).execute();
    await schema.createIndex('exposures_closed').on('exposures').columns(['closed_at']).execute();
    // By which readings of the advisories, and of which releases, the rows of `struck` are.
    await schema
      .createTable('exposure_state')
      .addColumn('id', integer, (c) => c.primaryKey())
      .addColumn('readings', text, (c) => c.notNull())
      .addColumn('last_component', integer, (c) => c.notNull())
      .execute();
    // Hosts on which something changed since they were looked at: the rows are the queue.
    await schema.alterTable('hosts').addColumn('exposure_due', integer).execute();
    await schema.createIndex('hosts_exposure_due').on('hosts').columns(['exposure_due']).execute();
  },
};
