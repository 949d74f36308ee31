import type { Migration } from './migration.ts';

/**
 * Verdicts on changes of lockfiles, as they were given; whose a token is, where that is not its name; and policies that
 * wait for another person.
 */
export const changesAndOwners: Migration = {
  name: '027-changes-and-owners',
  up: async (schema, { text, integer }) => {
    await schema
      .createTable('changes')
      .addColumn('id', integer, (c) => c.primaryKey())
      .addColumn('identity', text, (c) => c.notNull().unique())
      .addColumn('at', integer, (c) => c.notNull())
      .addColumn('by', text, (c) => c.notNull())
      .addColumn('name', text, (c) => c.notNull())
      .addColumn('file', text, (c) => c.notNull())
      .addColumn('judged', text, (c) => c.notNull())
      .addColumn('compared', integer, (c) => c.notNull())
      .addColumn('verdict', text, (c) => c.notNull())
      .addColumn('until', integer)
      .addColumn('policy', text, (c) => c.notNull())
      .addColumn('changes', integer, (c) => c.notNull())
      .addColumn('findings', integer, (c) => c.notNull())
      .addColumn('size', integer, (c) => c.notNull())
      .addColumn('report', text, (c) => c.notNull())
      .addColumn('lockfile', text, (c) => c.notNull())
      .addColumn('base', text)
      .execute();
    await schema.alterTable('tokens').addColumn('owner', text).execute();
    // Policies that wait for another person, by what they are to take the place of.
    await schema
      .createTable('policy_proposals')
      .addColumn('base', text, (c) => c.notNull())
      .addColumn('digest', text, (c) => c.notNull())
      .addColumn('by', text, (c) => c.notNull())
      .addColumn('text', text, (c) => c.notNull())
      .addColumn('reason', text, (c) => c.notNull())
      .addColumn('at', integer, (c) => c.notNull())
      .addColumn('author_ended_at', integer)
      .addPrimaryKeyConstraint('policy_proposals_pkey', ['base', 'digest', 'by'])
      .execute();
  },
};
