import assert from 'node:assert/strict';
import {
  closeSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { sql } from 'kysely';
import { sqliteDialect } from '../../src/store/dialect/sqlite.ts';
import { StoreError } from '../../src/store/error.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openStore } from '../../src/store/open.ts';
import { SqlStore } from '../../src/store/sql-store.ts';
import type { Store } from '../../src/store/store.ts';
import { tempDir } from '../support/temp.ts';
import { databases, withStore } from './databases.ts';
import { crate, entry, hold, registry, release, request } from './samples.ts';

/** Reads one row of each table; all rows are there. */
const reads: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
  crates: (store) => store.crate(registry, 'serde'),
  releases: (store) => store.findReleases({ limit: 9 }),
  log: (store) => store.log({ limit: 9 }),
  blocks: (store) => store.activeBlocks(registry, 'serde'),
  break_glass: (store) => store.breakGlass(registry, 'serde'),
  policies: (store) => store.policyInForce(),
  tokens: (store) => store.tokens(),
};

async function fill(store: Store): Promise<void> {
  await store.write(async (tx) => {
    await tx.putCrate(crate({ digest: 'd'.repeat(64) }));
    await tx.putReleases([release({ archive: '{}', published: 1 })]);
    await tx.append([entry({ verdict: hold, from: 'review', details: {} })]);
    await tx.putBlock({ registry, key: 'serde', version: null, reason: '', by: 'ana', at: 1 });
    await tx.putBreakGlass(request());
    await tx.putPolicy({ digest: 'a', text: '', at: 1 });
    await tx.putToken({ name: 'ci', owner: null, hash: '1'.repeat(64), at: 1, role: 'ci', endsAt: null });
  });
}

function isDamage(table: string, column: string, key: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof StoreError, String(error));
    assert.equal(error.code, 'store/damaged');
    assert.match(error.message, new RegExp(`row of table "${table}" with .* is damaged: ${column} is `));
    assert.match(error.message, key);
    assert.equal(error.details.table, table);
    return true;
  };
}

const bad: readonly (readonly [table: string, column: string, values: readonly (string | number)[]])[] = [
  ['crates', 'digest', ['', 'D'.repeat(64), 'd'.repeat(63)]],
  ['crates', 'failures', [-1]],
  ['crates', 'poll_at', ['9007199254740993']],
  ['releases', 'state', ['', 'helt', 'PROMOTED', 'promoted ']],
  ['releases', 'judged', ['', 'maybe']],
  ['releases', 'arrival', ['', 'old']],
  ['releases', 'checksum', ['', 'A'.repeat(64), `${'a'.repeat(64)}\n`, 'a'.repeat(65)]],
  ['releases', 'line_checksum', ['', 'zz']],
  ['releases', 'yanked', [2, -1]],
  ['releases', 'position', [-1]],
  ['releases', 'published', ['9007199254740993', '-9007199254740993']],
  ['releases', 'archive', ['', '[]', '1', '{"a":', 'null']],
  [
    'releases',
    'verdict',
    [
      '',
      '{}',
      'null',
      '[]',
      '{"decision":"allow"}',
      '{"decision":"allow","findings":{}}',
      '{"decision":"Allow","findings":[]}',
      '{"decision":"hold","until":5,"findings":[]}',
      '{"decision":"hold","until":"soon","findings":[]}',
      '{"decision":"hold","findings":[{}]}',
      JSON.stringify(hold).replace('"effect":"hold"', '"effect":"none"'),
      JSON.stringify(hold).replace('"line":3', '"line":"3"'),
      JSON.stringify(hold).slice(0, -1),
    ],
  ],
  ['log', 'event', ['', 'forgotten']],
  ['log', 'from', ['', 'nowhere']],
  ['log', 'to', ['nowhere']],
  ['log', 'verdict', ['{}', 'x']],
  ['log', 'details', ['[]', '"x"', '{']],
  ['log', 'seq', [-1]],
  ['tokens', 'hash', ['', 'hunter2']],
];

for (const database of databases) {
  describe(`a damaged row on ${database.name}`, { skip: database.skip }, () => {
    it('is refused with its table, key and column, whatever the damage', () =>
      withStore(database, async (store, place) => {
        await fill(store);
        for (const [table, column, values] of bad) {
          const [before] = await place.tamper(`select "${column}" as value from ${table}`);
          for (const value of values) {
            // Numbers beyond JavaScript's are bound as text, which both databases turn back.
            await place.tamper(`update ${table} set "${column}" = ?`, value);
            await assert.rejects(
              async () => reads[table]?.(store),
              isDamage(table, column, /serde|seq=|name="ci"/),
            );
          }
          await place.tamper(`update ${table} set "${column}" = ?`, before?.value as string);
          await reads[table]?.(store);
        }
      }));

    it('is refused when it is claimed or counted, and what was claimed is taken back', () =>
      withStore(database, async (store, place) => {
        await store.write((tx) =>
          tx.putReleases([release({ judgeAt: 1 }), release({ version: '2.0.0', judgeAt: 2 })]),
        );
        await place.tamper("update releases set state = 'lost' where version = '2.0.0'");
        const claim = store.write((tx) => tx.claimJudgements(9, 20, 9));
        await assert.rejects(claim, isDamage('releases', 'state', /version="2\.0\.0"/));
        assert.equal((await store.nextDue()).judge, 1);
        await assert.rejects(store.counts(), {
          code: 'store/damaged',
          message: /"releases" is damaged: 1 rows have the state "lost"/,
        });
      }));

    it('is refused when its table is gone', () =>
      withStore(database, async (store, place) => {
        await place.tamper('drop table tokens');
        await assert.rejects(store.tokens(), { code: 'store/damaged' });
      }));

    it('does not let a newer database be used', () =>
      withStore(database, async (store, place) => {
        await store.close();
        await place.tamper("insert into schema_migrations (name, at) values ('999-future', 1)");
        await assert.rejects(openStore(place.location), {
          code: 'store/newer',
          message: /knows the step "999-future".*Use that version or a later one/,
        });
      }));
  });
}

describe('a row of SQLite, which lets any type into any column', () => {
  const [sqlite] = databases;
  assert.ok(sqlite);

  it('is refused for bytes in any column', () =>
    withStore(sqlite, async (store, place) => {
      await fill(store);
      for (const table of Object.keys(reads)) {
        for (const { name } of await place.tamper(`pragma table_info(${table})`)) {
          // These find the row: one that is not found is not read.
          if (
            ['crates', 'blocks', 'break_glass'].includes(table) &&
            ['registry', 'key'].includes(String(name))
          )
            continue;
          if (table === 'blocks' && ['id', 'lifted_at'].includes(String(name))) continue;
          // A record does not have it.
          if (`${table}.${name}` === 'crates.revision') continue;
          if (['log.seq', 'policies.id'].includes(`${table}.${name}`)) continue; // SQLite itself keeps these whole.
          const [before] = await place.tamper(`select "${name}" as value from ${table}`);
          await place.tamper(`update ${table} set "${name}" = x'00ff'`);
          await assert.rejects(async () => reads[table]?.(store), isDamage(table, String(name), /binary/));
          await place.tamper(`update ${table} set "${name}" = ?`, before?.value as string);
        }
        await reads[table]?.(store);
      }
    }));

  it('is refused for text or a fraction where a number belongs, also in answers that add up', () =>
    withStore(sqlite, async (store, place) => {
      await fill(store);
      for (const value of ['soon', 1.5]) {
        await place.tamper('update releases set state_since = ?, judge_at = ?', value, value);
        await assert.rejects(
          reads.releases?.(store) ?? Promise.resolve(),
          isDamage('releases', 'judge_at', /serde/),
        );
        await assert.rejects(store.nextDue(), { code: 'store/damaged', message: /whole number/ });
      }
      for (const value of ['soon', 1.5, new Uint8Array(1)]) {
        await place.tamper('update crates set revision = ?', value);
        const damaged = {
          code: 'store/damaged',
          message: /whole number/,
        };
        await assert.rejects(store.revision(registry, 'serde'), damaged);
        // Whoever reads ahead is told of it no less than whoever asks.
        const ahead = store.readAhead();
        await assert.rejects(ahead.bring([{ registry, key: 'serde', version: '1.0.0' }]), damaged);
      }
      await place.tamper("update crates set key = x'00'");
      await assert.rejects(store.presentCrates(registry, 9), isDamage('crates', 'key', /binary/));
    }));
});

describe('a damaged SQLite file', () => {
  /** A closed store with enough in it to fill many pages. */
  async function filled(t: TestContext): Promise<{ folder: string; file: string }> {
    const folder = tempDir(t);
    const store = await openStore({ folder });
    await fill(store);
    await store.write((tx) =>
      tx.putReleases(Array.from({ length: 500 }, (_, i) => release({ version: `1.0.${i}` }))),
    );
    await store.close();
    return { folder, file: join(folder, 'safeguard.db') };
  }

  const damage: Readonly<Record<string, (file: string) => void>> = {
    'that is no database': (file) => writeFileSync(file, 'It was a dark and stormy night.\n'.repeat(400)),
    'whose header is overwritten': (file) => overwrite(file, 0, 100),
    'whose first page is overwritten': (file) => overwrite(file, 100, 3_996),
    'with noise in the middle': (file) =>
      overwrite(file, Math.floor(statSync(file).size / 8192) * 4096, 4 * 4096),
    'that is cut in half': (file) => truncateSync(file, statSync(file).size / 2),
    'that is cut within a page': (file) => truncateSync(file, 5_000),
    'that is empty': (file) => truncateSync(file, 0),
    'that is gone while its write-ahead log is there': (file) => {
      rmSync(file);
      writeFileSync(`${file}-wal`, 'x');
    },
  };
  for (const [name, spoil] of Object.entries(damage)) {
    it(`${name} is refused with what to do, and left as it is`, async (t) => {
      const { folder, file } = await filled(t);
      spoil(file);
      const before = statSync(file, { throwIfNoEntry: false }) && readFileSync(file);
      for (let i = 0; i < 2; i += 1) {
        await assert.rejects(openStore({ folder }), (error) => {
          assert.ok(error instanceof StoreError, String(error));
          assert.equal(error.code, 'store/damaged', error.message);
          assert.match(error.message, /safeguard\.db is damaged .*Restore the folder from a backup/);
          return true;
        });
      }
      const after = statSync(file, { throwIfNoEntry: false }) && readFileSync(file);
      assert.deepEqual(after, before);
    });
  }

  it('is told when it cannot grow, and the store goes on with what it has', async (t) => {
    const folder = tempDir(t);
    const dialect = sqliteDialect(folder, false);
    await migrate(dialect, 0);
    const store = new SqlStore(dialect, () => {});
    await store.write((tx) => tx.putReleases([release()]));
    await sql`pragma max_page_count = 60`.execute(dialect.writer);
    const many = Array.from({ length: 2_000 }, (_, i) => release({ version: `2.0.${i}` }));
    await assert.rejects(
      store.write((tx) => tx.putReleases(many)),
      { code: 'store/full', message: /disk of .*safeguard\.db is full: nothing was written/ },
    );
    assert.deepEqual(await store.releases(registry, 'serde'), [release()]);
    await store.write((tx) => tx.putReleases([release({ state: 'promoted' })]));
    await store.close();
  });
});

/** Overwrites a part with bytes that look like nothing, the same ones each time. */
function overwrite(file: string, at: number, length: number): void {
  const noise = Buffer.from(Array.from({ length }, (_, i) => (i * 167 + (i >> 3) * 59 + 91) & 0xff));
  const handle = openSync(file, 'r+');
  writeSync(handle, noise, 0, length, at);
  closeSync(handle);
}
