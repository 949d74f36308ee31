import type { Migration } from './migration.ts';

/** Registries' database dumps: every row belongs to one import, and one import a registry is the current one. */
export const dump: Migration = {
  name: '002-dump',
  up: async (schema, { text, integer }) => {
    await schema
      .createTable('dump_imports')
      .addColumn('import', integer, (c) => c.primaryKey())
      .addColumn('registry', text, (c) => c.notNull())
      .addColumn('state', text, (c) => c.notNull())
      .addColumn('started_at', integer, (c) => c.notNull())
      .addColumn('taken_at', integer, (c) => c.notNull())
      .addColumn('imported_at', integer, (c) => c.notNull())
      .addColumn('crates', integer, (c) => c.notNull())
      .addColumn('versions', integer, (c) => c.notNull())
      .execute();

    await schema
      .createTable('dump_crates')
      .addColumn('import', integer, (c) => c.notNull())
      .addColumn('id', integer, (c) => c.notNull())
      .addColumn('key', text, (c) => c.notNull())
      .addColumn('name', text, (c) => c.notNull())
      .addColumn('created_at', integer, (c) => c.notNull())
      .addColumn('updated_at', integer, (c) => c.notNull())
      .addColumn('trustpub_only', integer)
      .addPrimaryKeyConstraint('dump_crates_pkey', ['import', 'id'])
      .execute();
    await schema.createIndex('dump_crates_key').on('dump_crates').columns(['import', 'key']).execute();

    await schema
      .createTable('dump_uses')
      .addColumn('import', integer, (c) => c.notNull())
      .addColumn('crate_id', integer, (c) => c.notNull())
      .addColumn('downloads', integer, (c) => c.notNull())
      .addColumn('recent_downloads', integer)
      .addColumn('dependents', integer)
      .addColumn('default_version', integer)
      .addPrimaryKeyConstraint('dump_uses_pkey', ['import', 'crate_id'])
      .execute();

    await schema
      .createTable('dump_versions')
      .addColumn('import', integer, (c) => c.notNull())
      .addColumn('id', integer, (c) => c.notNull())
      .addColumn('crate_id', integer, (c) => c.notNull())
      .addColumn('num', text, (c) => c.notNull())
      .addColumn('created_at', integer, (c) => c.notNull())
      .addColumn('downloads', integer, (c) => c.notNull())
      .addColumn('yanked', integer, (c) => c.notNull())
      .addColumn('license', text)
      .addColumn('checksum', text)
      .addColumn('published_by', integer)
      .addPrimaryKeyConstraint('dump_versions_pkey', ['import', 'id'])
      .execute();
    await schema
      .createIndex('dump_versions_crate')
      .on('dump_versions')
      .columns(['import', 'crate_id', 'created_at'])
      .execute();
    // Which crates a user has published: answered from this index alone.
    await schema
      .createIndex('dump_versions_publisher')
      .on('dump_versions')
      .columns(['import', 'published_by', 'crate_id'])
      .where('published_by', 'is not', null)
      .execute();

    await schema
      .createTable('dump_owners')
      .addColumn('import', integer, (c) => c.notNull())
      .addColumn('crate_id', integer, (c) => c.notNull())
      .addColumn('kind', text, (c) => c.notNull())
      .addColumn('owner_id', integer, (c) => c.notNull())
      .addColumn('created_at', integer, (c) => c.notNull())
      .addColumn('created_by', integer)
      .addPrimaryKeyConstraint('dump_owners_pkey', ['import', 'crate_id', 'kind', 'owner_id'])
      .execute();
    await schema
      .createIndex('dump_owners_owner')
      .on('dump_owners')
      .columns(['import', 'kind', 'owner_id', 'crate_id'])
      .execute();

    await schema
      .createTable('dump_users')
      .addColumn('import', integer, (c) => c.notNull())
      .addColumn('id', integer, (c) => c.notNull())
      .addColumn('login', text, (c) => c.notNull())
      .addColumn('name', text)
      .addColumn('created_at', integer)
      .addPrimaryKeyConstraint('dump_users_pkey', ['import', 'id'])
      .execute();
    await schema
      .createTable('dump_teams')
      .addColumn('import', integer, (c) => c.notNull())
      .addColumn('id', integer, (c) => c.notNull())
      .addColumn('login', text, (c) => c.notNull())
      .addColumn('name', text)
      .addPrimaryKeyConstraint('dump_teams_pkey', ['import', 'id'])
      .execute();

    await schema
      .createTable('dump_deleted')
      .addColumn('import', integer, (c) => c.notNull())
      .addColumn('id', integer, (c) => c.notNull())
      .addColumn('key', text, (c) => c.notNull())
      .addColumn('name', text, (c) => c.notNull())
      .addColumn('created_at', integer, (c) => c.notNull())
      .addColumn('deleted_at', integer, (c) => c.notNull())
      .addColumn('message', text)
      .addPrimaryKeyConstraint('dump_deleted_pkey', ['import', 'id'])
      .execute();
    await schema.createIndex('dump_deleted_key').on('dump_deleted').columns(['import', 'key']).execute();

    await schema
      .createTable('dump_reserved')
      .addColumn('import', integer, (c) => c.notNull())
      .addColumn('key', text, (c) => c.notNull())
      .addColumn('name', text, (c) => c.notNull())
      .addPrimaryKeyConstraint('dump_reserved_pkey', ['import', 'key'])
      .execute();
  },
};
