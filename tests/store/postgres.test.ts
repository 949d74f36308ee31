import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { migrations } from '../../src/store/migrations/index.ts';
import { openStore } from '../../src/store/open.ts';
import { freshDatabase, postgresAvailable } from '../support/postgres.ts';
import { crate, registry, release } from './samples.ts';

describe('processes that share one PostgreSQL', { skip: postgresAvailable() ?? false }, () => {
  it('may all start at once on an empty database', async () => {
    const database = await freshDatabase();
    const stores = await Promise.all(Array.from({ length: 5 }, () => openStore({ url: database.url })));
    for (const store of stores) await store.write((tx) => tx.putCrate(crate()));
    assert.equal((await database.query('select from schema_migrations')).length, migrations.length);
    for (const store of stores) await store.close();
    await database.drop();
  });

  it('claim every due crate and release once between them', async () => {
    const database = await freshDatabase();
    const stores = [await openStore({ url: database.url }), await openStore({ url: database.url })];
    const keys = Array.from({ length: 50 }, (_, i) => `c${String(i).padStart(2, '0')}`);
    await stores[0]?.write(async (tx) => {
      for (const key of keys) await tx.putCrate(crate({ key }));
      await tx.putReleases(keys.map((key) => release({ key, judgeAt: 5 })));
    });
    const [polls, judgements]: [string[], string[]] = [[], []];
    await Promise.all(
      [...stores, ...stores].map(async (store) => {
        for (let more = true; more; ) {
          const claimed = await store.write(async (tx) => ({
            polls: await tx.claimPolls(10_000, 20_000, 3),
            judgements: await tx.claimJudgements(10_000, 20_000, 3),
          }));
          polls.push(...claimed.polls.map(({ key }) => key));
          judgements.push(...claimed.judgements.map(({ key }) => key));
          more = claimed.polls.length + claimed.judgements.length > 0;
        }
      }),
    );
    assert.deepEqual(polls.sort(), keys);
    assert.deepEqual(judgements.sort(), keys);
    for (const store of stores) await store.close();
    await database.drop();
  });

  it('survive the loss of their connections: that call fails with the reason, the next one works', async () => {
    const database = await freshDatabase();
    const store = await openStore({ url: database.url });
    const cut = () =>
      database.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'safeguard' and datname = current_database()",
      );
    await assert.rejects(
      store.write(async (tx) => {
        await tx.putCrate(crate());
        await cut();
        await tx.putReleases([release()]);
      }),
      { code: 'store/unreachable' },
    );
    assert.equal(await store.crate(registry, 'serde'), undefined);
    await store.write((tx) => tx.putCrate(crate()));
    assert.deepEqual(await store.crate(registry, 'serde'), crate());
    await store.close();
    await database.drop();
  });
});

describe('a PostgreSQL that cannot be reached', () => {
  // Port 1 of this machine refuses; the rest never leave the parser.
  const cases: Readonly<Record<string, RegExp>> = {
    'postgres://user:s3cret@127.0.0.1:1/safeguard':
      /Cannot reach the PostgreSQL database safeguard at 127\.0\.0\.1:1/,
    'postgres://user:s3cret@/safeguard?host=/nowhere':
      /Cannot reach the PostgreSQL database safeguard at \/nowhere/,
    'postgres://user:s3c/ret@[x/safeguard': /The database URL cannot be read: expected postgres:\/\//,
    'postgres://user:s3cret@host:port/safeguard': /The database URL cannot be read/,
    'mysql://user:s3cret@127.0.0.1/safeguard': /The database URL cannot be read/,
    'user:s3cret': /The database URL cannot be read/,
  };
  for (const [url, message] of Object.entries(cases)) {
    it(`is said without the password: ${url}`, async () => {
      await assert.rejects(openStore({ url }), (error) => {
        assert.match(inspect(error), /code: 'store\/unreachable'/);
        assert.match((error as Error).message, message);
        assert.doesNotMatch(inspect(error, { depth: 20, showHidden: true }), /s3c/);
        return true;
      });
    });
  }
});
