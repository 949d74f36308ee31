import type { Migration } from './migration.ts';

/** Which version of reports the agent of a host tells by. */
export const agentVersions: Migration = {
  name: '038-agent-versions',
  up: async (schema, { integer }) => {
    await schema
      .alterTable('hosts')
      .addColumn('version', integer, (c) => c.notNull().defaultTo(1))
      .execute();
  },
};
