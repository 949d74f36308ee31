import type { Migration } from './migration.ts';

/** The mirror: crates, releases and their log; blocks, break-glass, policies, tokens, events taken. */
export const mirror: Migration = {
  name: '001-mirror',
  up: async (schema, { text, integer }) => {
    await schema
      .createTable('crates')
      .addColumn('registry', text, (c) => c.notNull())
      .addColumn('key', text, (c) => c.notNull())
      .addColumn('first_seen', integer, (c) => c.notNull())
      .addColumn('etag', text)
      .addColumn('last_modified', text)
      .addColumn('digest', text)
      .addColumn('checked_at', integer)
      .addColumn('poll_at', integer, (c) => c.notNull())
      .addColumn('failures', integer, (c) => c.notNull())
      .addColumn('last_error', text)
      .addColumn('absent_since', integer)
      .addPrimaryKeyConstraint('crates_pkey', ['registry', 'key'])
      .execute();
    await schema.createIndex('crates_poll').on('crates').columns(['poll_at', 'registry', 'key']).execute();

    await schema
      .createTable('releases')
      .addColumn('registry', text, (c) => c.notNull())
      .addColumn('key', text, (c) => c.notNull())
      .addColumn('version', text, (c) => c.notNull())
      .addColumn('position', integer, (c) => c.notNull())
      .addColumn('line', text, (c) => c.notNull())
      .addColumn('checksum', text, (c) => c.notNull())
      .addColumn('line_checksum', text, (c) => c.notNull())
      .addColumn('published', integer)
      .addColumn('first_seen', integer, (c) => c.notNull())
      .addColumn('arrival', text, (c) => c.notNull())
      .addColumn('dependencies_changed_at', integer)
      .addColumn('yanked', integer, (c) => c.notNull())
      .addColumn('yanked_at', integer)
      .addColumn('state', text, (c) => c.notNull())
      .addColumn('until', integer)
      .addColumn('judged', text, (c) => c.notNull())
      .addColumn('archive', text)
      .addColumn('verdict', text, (c) => c.notNull())
      .addColumn('policy', text, (c) => c.notNull())
      .addColumn('judge_at', integer)
      .addColumn('state_since', integer, (c) => c.notNull())
      .addPrimaryKeyConstraint('releases_pkey', ['registry', 'key', 'version'])
      .execute();
    // Most releases are never judged again by the clock: those that are stay few.
    await schema
      .createIndex('releases_judge')
      .on('releases')
      .columns(['judge_at', 'registry', 'key', 'version'])
      .where('judge_at', 'is not', null)
      .execute();
    // Lists of releases, newest state first, read in the order in which they are shown.
    await schema
      .createIndex('releases_since')
      .on('releases')
      .columns(['state_since desc', 'registry', 'key', 'position', 'version'])
      .execute();
    await schema
      .createIndex('releases_state')
      .on('releases')
      .columns(['state', 'state_since desc', 'registry', 'key', 'position', 'version'])
      .execute();
    // Whose verdict another policy gave: answered from this index alone.
    await schema
      .createIndex('releases_policy')
      .on('releases')
      .columns(['policy', 'registry', 'key'])
      .execute();

    await schema
      .createTable('log')
      .addColumn('seq', integer, (c) => c.primaryKey())
      .addColumn('at', integer, (c) => c.notNull())
      .addColumn('event', text, (c) => c.notNull())
      .addColumn('registry', text, (c) => c.notNull())
      .addColumn('key', text, (c) => c.notNull())
      .addColumn('version', text, (c) => c.notNull())
      .addColumn('from', text)
      .addColumn('to', text)
      .addColumn('actor', text, (c) => c.notNull())
      .addColumn('policy', text, (c) => c.notNull())
      .addColumn('verdict', text)
      .addColumn('details', text)
      .execute();
    await schema.createIndex('log_crate').on('log').columns(['key', 'registry', 'seq']).execute();

    await schema
      .createTable('blocks')
      .addColumn('id', integer, (c) => c.primaryKey())
      .addColumn('registry', text, (c) => c.notNull())
      .addColumn('key', text, (c) => c.notNull())
      .addColumn('version', text)
      .addColumn('reason', text, (c) => c.notNull())
      .addColumn('by', text, (c) => c.notNull())
      .addColumn('at', integer, (c) => c.notNull())
      .addColumn('lifted_by', text)
      .addColumn('lifted_at', integer)
      .addColumn('lift_reason', text)
      .execute();
    await schema.createIndex('blocks_crate').on('blocks').columns(['registry', 'key']).execute();

    await schema
      .createTable('break_glass')
      .addColumn('registry', text, (c) => c.notNull())
      .addColumn('key', text, (c) => c.notNull())
      .addColumn('version', text, (c) => c.notNull())
      .addColumn('by', text, (c) => c.notNull())
      .addColumn('reason', text, (c) => c.notNull())
      .addColumn('at', integer, (c) => c.notNull())
      .addPrimaryKeyConstraint('break_glass_pkey', ['registry', 'key', 'version', 'by'])
      .execute();

    await schema
      .createTable('policies')
      .addColumn('id', integer, (c) => c.primaryKey())
      .addColumn('digest', text, (c) => c.notNull())
      .addColumn('text', text, (c) => c.notNull())
      .addColumn('at', integer, (c) => c.notNull())
      .execute();

    await schema
      .createTable('tokens')
      .addColumn('name', text, (c) => c.notNull().primaryKey())
      .addColumn('hash', text, (c) => c.notNull())
      .addColumn('at', integer, (c) => c.notNull())
      .addColumn('revoked_at', integer)
      .execute();

    await schema
      .createTable('events')
      .addColumn('source', text, (c) => c.notNull())
      .addColumn('id', text, (c) => c.notNull())
      .addColumn('at', integer, (c) => c.notNull())
      .addPrimaryKeyConstraint('events_pkey', ['source', 'id'])
      .execute();
    await schema.createIndex('events_at').on('events').columns(['at']).execute();
  },
};
