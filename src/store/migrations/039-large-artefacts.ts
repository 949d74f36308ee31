import type { Migration } from './migration.ts';

/** What large artefacts are made of, in blocks that are read one by one; and what is sent in parts, until it is all there. */
export const largeArtefacts: Migration = {
  name: '039-large-artefacts',
  up: async (schema, { text, integer }) => {
    await schema.alterTable('component_sets').addColumn('size', integer).execute();
    await schema
      .createTable('set_blocks')
      .addColumn('block', integer, (c) => c.notNull())
      .addColumn('set_id', integer, (c) => c.notNull())
      .addColumn('first', integer, (c) => c.notNull())
      .addColumn('size', integer, (c) => c.notNull())
      .addColumn('components', text, (c) => c.notNull())
      .addColumn('ways', text, (c) => c.notNull())
      .addColumn('depths', text, (c) => c.notNull())
      .addColumn('members', text, (c) => c.notNull())
      .addPrimaryKeyConstraint('set_blocks_pkey', ['block', 'set_id'])
      .execute();
    await schema.createIndex('set_blocks_set').on('set_blocks').columns(['set_id', 'block']).execute();
    await schema
      .createTable('reserved_sets')
      .addColumn('set_id', integer, (c) => c.primaryKey())
      .addColumn('at', integer, (c) => c.notNull())
      .execute();
    await schema
      .createTable('uploads')
      .addColumn('id', text, (c) => c.primaryKey())
      .addColumn('by', text, (c) => c.notNull())
      .addColumn('touched_at', integer, (c) => c.notNull())
      .addColumn('components', integer, (c) => c.notNull())
      .addColumn('uses', integer, (c) => c.notNull())
      .addColumn('request', text)
      .addColumn('answer', text)
      .execute();
    await schema.createIndex('uploads_touched').on('uploads').columns(['touched_at']).execute();
    await schema
      .createTable('upload_parts')
      .addColumn('upload', text, (c) => c.notNull())
      .addColumn('number', integer, (c) => c.notNull())
      .addColumn('digest', text, (c) => c.notNull())
      .addColumn('kind', text, (c) => c.notNull())
      .addColumn('size', integer, (c) => c.notNull())
      .addColumn('has_library', integer, (c) => c.notNull())
      .addColumn('words', text, (c) => c.notNull())
      .addColumn('word_of', text, (c) => c.notNull())
      .addColumn('numbers', text, (c) => c.notNull())
      .addPrimaryKeyConstraint('upload_parts_pkey', ['upload', 'number'])
      .execute();
  },
};
