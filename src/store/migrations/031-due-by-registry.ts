import type { Migration } from './migration.ts';

/**
 * What is due of one registry, in the order in which it is: for the indexes over all of them SQLite would read every
 * release of the registry each time that a loop looks.
 */
export const dueByRegistry: Migration = {
  name: '031-due-by-registry',
  up: async (schema) => {
    await schema
      .createIndex('releases_judge_registry')
      .on('releases')
      .columns(['registry', 'judge_at', 'key', 'version'])
      .where('judge_at', 'is not', null)
      .execute();
    await schema
      .createIndex('crates_poll_registry')
      .on('crates')
      .columns(['registry', 'poll_at', 'key'])
      .execute();
  },
};
