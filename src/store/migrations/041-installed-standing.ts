import type { Migration } from './migration.ts';

/** What ties programs that are installed to artefacts, as those that run are. */
export const installedStanding: Migration = {
  name: '041-installed-standing',
  up: async (schema, { text }) => {
    await schema.alterTable('installed').addColumn('segments', text).execute();
    await schema
      .createIndex('installed_build_id')
      .on('installed')
      .columns(['build_id'])
      .where('build_id', 'is not', null)
      .execute();
  },
};
