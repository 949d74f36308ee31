import type { Migration } from './migration.ts';

/** What is said of a release is looked for by the release; what a statement covers, by the statement alone. */
export const vexStatements: Migration = {
  name: '024-vex-statements',
  up: async (schema) => {
    await schema
      .createIndex('vex_statements_component')
      .on('vex_statements')
      .columns(['component_id'])
      .execute();
    await schema.dropIndex('vex_covers_component').execute();
  },
};
