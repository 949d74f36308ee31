import { type SqlBool, sql } from 'kysely';
import type { Migration } from './migration.ts';

/** When releases began to wait for a review, or ended to: few entries of the log, answered from this index alone. */
export const logReviews: Migration = {
  name: '023-log-reviews',
  up: async (schema) => {
    await schema
      .createIndex('log_reviews')
      .on('log')
      .columns(['at', 'from', 'to'])
      .where(sql<SqlBool>`("from" = 'review' or "to" = 'review')`)
      .execute();
  },
};
