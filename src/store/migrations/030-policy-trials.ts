import type { Migration } from './migration.ts';

/** Which texts were tried against which policies, at any replica. */
export const policyTrials: Migration = {
  name: '030-policy-trials',
  up: async (schema, { text, integer }) => {
    await schema
      .createTable('policy_trials')
      .addColumn('text_digest', text, (c) => c.notNull())
      .addColumn('base', text, (c) => c.notNull())
      .addColumn('at', integer, (c) => c.notNull())
      .addPrimaryKeyConstraint('policy_trials_pkey', ['text_digest', 'base'])
      .execute();
  },
};
