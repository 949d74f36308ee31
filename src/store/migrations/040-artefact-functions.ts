import type { Migration } from './migration.ts';

/** Which functions an artefact has code of, beside it: lists of artefacts do not read it. */
export const artefactFunctions: Migration = {
  name: '040-artefact-functions',
  up: async (schema, { text, integer }) => {
    await schema
      .createTable('artefact_functions')
      .addColumn('artefact_id', integer, (c) => c.primaryKey())
      .addColumn('functions', text, (c) => c.notNull())
      .execute();
  },
};
