import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import type { Dialect } from '../../src/store/dialect/dialect.ts';
import { postgresDialect } from '../../src/store/dialect/postgres.ts';
import { sqliteDialect } from '../../src/store/dialect/sqlite.ts';
import { ascending } from '../../src/store/inventory/packed.ts';
import { SqlInventoryReader } from '../../src/store/inventory/reader.ts';
import { migrate } from '../../src/store/migrate.ts';
import { migrations } from '../../src/store/migrations/index.ts';
import type { Migration } from '../../src/store/migrations/migration.ts';
import { countTied, type Tie } from '../../src/store/sightings/tied.ts';
import { type Database, databases } from './databases.ts';

const first: Migration = {
  name: '001-first',
  up: (schema, { text }) =>
    schema
      .createTable('first')
      .addColumn('name', text, (column) => column.notNull())
      .execute(),
};
const second: Migration = {
  name: '002-second',
  up: (schema, { integer }) => schema.alterTable('first').addColumn('size', integer).execute(),
};
const broken: Migration = {
  name: '003-broken',
  up: async (schema, { text }) => {
    await schema.createTable('third').addColumn('name', text).execute();
    throw new Error('broken');
  },
};

for (const database of databases) {
  describe(`migrate on ${database.name}`, { skip: database.skip }, () => {
    it('applies each step once, in order, and keeps when', () =>
      withDialect(database, async (dialect) => {
        await migrate(dialect, 1, [first]);
        await migrate(dialect, 2, [first, second]);
        await migrate(dialect, 3, [first, second]);
        const { rows } = await sql`select name, at from schema_migrations order by name`.execute(
          dialect.reader,
        );
        assert.deepEqual(
          rows.map((row) => ({ ...(row as object) })),
          [
            { name: '001-first', at: 1 },
            { name: '002-second', at: 2 },
          ],
        );
        await sql`select name, size from first`.execute(dialect.reader);
      }));

    it('applies a step that came between, after one that was there', () =>
      withDialect(database, async (dialect) => {
        const third: Migration = { name: '003-third', up: second.up };
        await migrate(dialect, 1, [first, third]);
        const between: Migration = {
          name: '002-between',
          up: (schema, { text }) => schema.createTable('second').addColumn('name', text).execute(),
        };
        await migrate(dialect, 2, [first, between, third]);
        await sql`select name from second`.execute(dialect.reader);
      }));

    it('packs which sets have a component, and keeps how often each is used', () =>
      withDialect(database, async (dialect) => {
        const at = migrations.findIndex(({ name }) => name === '013-inventory-shared');
        await migrate(dialect, 1, migrations.slice(0, at));
        const run = (text: string) => sql.raw(text).execute(dialect.writer);
        for (const [id, artefacts] of [
          [3, 2],
          [7, 1],
        ])
          await run(`insert into component_sets values (${id}, '${id}', '[]', null, 2, ${artefacts})`);
        for (const [component, set] of [
          [1, 3],
          [1, 7],
          [9, 3],
          [4, 7],
        ])
          await run(`insert into set_members values (${component}, ${set})`);
        for (const [id, set, known] of [
          [1, 3, 'complete'],
          [2, 7, 'unknown'],
          [3, 3, 'incomplete'],
        ])
          await run(`insert into artefacts (id, identity, name, trust, completeness, set_id, first_seen, last_seen, "by")
            values (${id}, '${id}', 'app', 'unsigned', '${known}', ${set}, 0, 0, 'ci')`);
        await migrate(dialect, 2);
        const reader = new SqlInventoryReader(dialect.reader, dialect.among);
        assert.deepEqual(
          [...(await reader.setsWith([1, 4, 9]))],
          [
            [1, [3, 7]],
            [4, [7]],
            [9, [3]],
          ],
        );
        const counts = await reader.usesOf([[3], [7]]);
        assert.deepEqual(
          counts.map(({ artefacts, partly }) => [artefacts, partly]),
          [
            [2, 1],
            [1, 1],
          ],
        );
        assert.equal(await reader.countArtefacts({}), 3);
        assert.equal(await reader.countArtefacts({ partlyKnown: true }), 2);
      }));

    it('ties what hosts ran before to the artefacts that were there, and names packages', () =>
      withDialect(database, async (dialect) => {
        const at = migrations.findIndex(({ name }) => name === '026-inventory-kept');
        await migrate(dialect, 1, migrations.slice(0, at));
        const run = (text: string) => sql.raw(text).execute(dialect.writer);
        await run(`insert into set_counts (set_id, artefacts, partly) values (1, 2, 1), (1500, 7, 0)`);
        await run(`insert into artefacts (id, identity, name, digest, trust, completeness, set_id, first_seen, last_seen, "by")
          values (5, 'i', 'app', 'd', 'unsigned', 'complete', 1500, 0, 0, 'ci')`);
        await run(`insert into running (digest, host_id, path, processes, restart, since)
          values ('d', 4, '/app', 3, 0, 0), ('other', 4, '/other', 9, 0, 0)`);
        await run(`insert into components (id, identity, kind, key, name, version, source)
          values (8, 'pkg:deb/debian/libssl3@3?upstream=openssl', 'other', 'debian/libssl3', 'debian/libssl3', '3', 'deb'),
            (9, 'pkg:npm/left-pad@1.0.0', 'other', 'left-pad', 'left-pad', '1.0.0', 'npm')`);
        const pack = (...list: readonly number[]) => String(ascending.encode(list));
        await run(`insert into set_postings (component_id, first_set, sets)
          values (8, 1, '${pack(1, 4)}'), (8, 7, '${pack(7)}'), (9, 2, '${pack(2)}')`);
        await run(
          `insert into set_tail (set_id, components) values (1500, '${pack(8, 9)}'), (1501, '${pack(9)}')`,
        );
        await run('update inventory_state set last_set = 1501, tail_sets = 2, tail_members = 3');
        await migrate(dialect, 2);
        const reader = new SqlInventoryReader(dialect.reader, dialect.among);
        assert.deepEqual(await reader.usesOf([[1], [2], [1, 1500]]), [
          { artefacts: 2, partly: 1 },
          { artefacts: 0, partly: 0 },
          { artefacts: 9, partly: 1 },
        ]);
        assert.deepEqual(await reader.setsWithLibraries(), [1, 4, 7, 1500]);
        const count = (by: Tie, ids: readonly number[]) => countTied(dialect.reader, by, ids, undefined);
        assert.deepEqual(await count('sets', [1500]), { hosts: 1, times: 3 });
        assert.deepEqual(await count('artefacts', [5]), { hosts: 1, times: 3 });
        assert.deepEqual(await count('artefacts', [1500]), { hosts: 0, times: 0 });
        for (const name of ['openssl', 'libssl3', 'ssl'])
          assert.equal((await reader.packagesNamed(['deb'], name)).length, name === 'ssl' ? 0 : 1, name);
      }));

    it('ties what hosts have installed to the artefacts that were there', () =>
      withDialect(database, async (dialect) => {
        const at = migrations.findIndex(({ name }) => name === '043-installed-tied');
        await migrate(dialect, 1, migrations.slice(0, at));
        const run = (text: string) => sql.raw(text).execute(dialect.writer);
        await run(`insert into artefacts (id, identity, name, digest, trust, completeness, set_id, first_seen, last_seen, "by")
          values (5, 'i', 'app', 'd', 'unsigned', 'complete', 7, 0, 0, 'ci')`);
        await run(`insert into running (digest, host_id, path, processes, restart, since)
          values ('d', 4, '/app', 3, 0, 0)`);
        await run("insert into tied (host_id, sets, artefacts) values (4, 'kept', 'kept')");
        await run(`insert into installed (host_id, path, named, "by", digest, loaded, since)
          values (4, '/app', 'cron', 'a', 'd', 0, 0), (6, '/app', 'cron', 'a', 'd', 0, 0), (6, '/app', 'unit', 'b', 'd', 0, 0)`);
        await migrate(dialect, 2);
        const count = (by: Tie, ids: readonly number[]) => countTied(dialect.reader, by, ids, undefined);
        assert.deepEqual(await count('installed_sets', [7]), { hosts: 1, times: 1 });
        assert.deepEqual(await count('installed_artefacts', [5]), { hosts: 1, times: 1 });
        const { rows } = await sql<{ sets: string }>`select sets from tied where host_id = 4`.execute(
          dialect.reader,
        );
        assert.deepEqual(
          rows.map(({ sets }) => sets),
          ['kept'],
        );
      }));

    it('applies all steps or none', () =>
      withDialect(database, async (dialect) => {
        await migrate(dialect, 1, [first]);
        await assert.rejects(migrate(dialect, 2, [first, second, broken]), /broken/);
        await assert.rejects(sql`select size from first`.execute(dialect.reader));
        await assert.rejects(sql`select name from third`.execute(dialect.reader));
        await migrate(dialect, 3, [first, second]);
      }));

    it('refuses a database that knows a later step, or another one in between', () =>
      withDialect(database, async (dialect) => {
        await migrate(dialect, 1, [first, second]);
        await assert.rejects(migrate(dialect, 2, [first]), {
          code: 'store/newer',
          details: { step: '002-second' },
        });
        await assert.rejects(migrate(dialect, 2, [first, { ...second, name: '002-other' }]), {
          code: 'store/newer',
        });
      }));

    it('gives tokens that were made before roles the one that they acted in', () =>
      withDialect(database, async (dialect) => {
        const before = migrations.slice(
          0,
          migrations.findIndex(({ name }) => name === '012-roles'),
        );
        await migrate(dialect, 1, before);
        for (const [name, scope] of [
          ['admin', 'all'],
          ['anna', 'all'],
          ['web-1', 'sightings'],
        ])
          await sql`insert into tokens (name, hash, at, scope) values (${name}, ${name}, 1, ${scope})`.execute(
            dialect.writer,
          );
        await migrate(dialect, 2);
        const { rows } = await sql<object>`select name, role, ends_at from tokens order by name`.execute(
          dialect.reader,
        );
        assert.deepEqual(
          rows.map((row) => ({ ...row })),
          [
            { name: 'admin', role: 'admin', ends_at: null },
            { name: 'anna', role: 'reviewer', ends_at: null },
            { name: 'web-1', role: 'agent', ends_at: null },
          ],
        );
      }));

    it('uses an index for what is asked all the time', () =>
      withDialect(database, async (dialect) => {
        await migrate(dialect, 1);
        const hot: Readonly<Record<string, string>> = {
          'select * from crates where poll_at <= 5 order by poll_at, registry, key limit 9': 'crates_poll',
          'select * from releases where judge_at <= 5 order by judge_at, registry, key, version limit 9':
            'releases_judge',
          'select min(judge_at) from releases where judge_at is not null': 'releases_judge',
          "select distinct policy, registry, key from releases where policy < 'p' order by policy, registry, key limit 9":
            'releases_policy',
          "select * from releases where registry = 'r' and key = 'k' order by position": 'releases_pkey',
          'select * from releases order by state_since desc, registry, key, position, version limit 9':
            'releases_since',
          "select * from releases where state = 'held' order by state_since desc, registry, key, position, version limit 9":
            'releases_state',
          "select * from releases where judge_at <= 5 and registry = 'r' order by judge_at, registry, key, version limit 9":
            'releases_judge_registry',
          "select judge_at from releases where judge_at is not null and registry = 'r' order by judge_at limit 1":
            'releases_judge_registry',
          "select * from crates where poll_at <= 5 and registry = 'r' order by poll_at, registry, key limit 9":
            'crates_poll_registry',
          "select * from releases where state = 'held' and state_since <= 5 and (state_since < 5 or registry > 'r') order by state_since desc, registry, key, position, version limit 9":
            'releases_state',
          "select * from tokens where hash = 'h'": 'tokens_hash',
          "select * from log where registry = 'r' and key = 'k' order by seq limit 9": 'log_crate',
          'select at, "from", "to" from log where at >= 5 and ("from" = \'review\' or "to" = \'review\') order by at, seq':
            'log_reviews',
        };
        for (const [query, index] of Object.entries(hot)) {
          const explain = database.name === 'SQLite' ? 'explain query plan' : 'explain';
          const plan = await dialect.reader.connection().execute(async (connection) => {
            // Empty tables are read whole unless that is made expensive.
            if (database.name === 'PostgreSQL') await sql`set enable_seqscan = off`.execute(connection);
            return sql`${sql.raw(explain)} ${sql.raw(query)}`.execute(connection);
          });
          const said = JSON.stringify(plan.rows);
          // SQLite names the index of a primary key after its table.
          assert.match(said, new RegExp(`${index}|${index.replace('_pkey', '_1')}\\b`), `${query}\n${said}`);
        }
      }));
  });
}

describe('the migrations', () => {
  it('are in the order of their numbers, each of which is given once', () => {
    const numbers = migrations.map(({ name }) => Number(/^(\d{3})-[a-z-]+$/.exec(name)?.[1]));
    assert.deepEqual(
      numbers,
      [...new Set(numbers)].toSorted((a, b) => a - b),
    );
  });
});

async function withDialect(database: Database, work: (dialect: Dialect) => Promise<void>): Promise<void> {
  const place = await database.create();
  const { location } = place;
  const dialect = 'url' in location ? postgresDialect(location.url) : sqliteDialect(location.folder, false);
  try {
    await work(dialect);
  } finally {
    await dialect.close();
    await place.remove();
  }
}
