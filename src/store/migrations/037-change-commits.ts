import type { Migration } from './migration.ts';

/** The commits of a change that was judged, by which an artefact that was built of one finds it. */
export const changeCommits: Migration = {
  name: '037-change-commits',
  up: async (schema, { text }) => {
    for (const column of ['commit', 'head_commit'] as const) {
      await schema.alterTable('changes').addColumn(column, text).execute();
      await schema
        .createIndex(`changes_${column}`)
        .on('changes')
        .columns([column, 'id'])
        .where(column, 'is not', null)
        .execute();
    }
  },
};
