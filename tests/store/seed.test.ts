/** What a cache takes over of others like it. */
import assert from 'node:assert/strict';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { it, type TestContext } from 'node:test';
import { openStore } from '../../src/store/open.ts';
import { tempDir } from '../support/temp.ts';

const file = 'safeguard.db';

/** A cache whose database holds a mark, and so much beside it. */
async function cache(t: TestContext, mark: string, bytes: number): Promise<string> {
  const folder = tempDir(t);
  await (await openStore({ folder, isCache: true })).close();
  const database = new DatabaseSync(join(folder, file));
  database.exec('create table mark (text, ballast)');
  database.prepare('insert into mark values (?, zeroblob(?))').run(mark, bytes);
  database.close();
  return folder;
}

async function markOf(folder: string, seeds: readonly string[]): Promise<string | undefined> {
  const store = await openStore({ folder, isCache: true, seeds });
  await store.close();
  assert.deepEqual(
    readdirSync(folder).filter((name) => name === 'seed'),
    [],
  );
  const database = new DatabaseSync(join(folder, file), { readOnly: true });
  const has = database.prepare("select 1 from sqlite_schema where name = 'mark'").get() !== undefined;
  const mark = has ? String(database.prepare('select text from mark').get()?.text) : undefined;
  database.close();
  return mark;
}

it('takes the largest, and its own where that is about as large', async (t) => {
  const [small, large] = [await cache(t, 'small', 1_000_000), await cache(t, 'large', 9_000_000)];
  assert.equal(await markOf(tempDir(t), [small, large, join(small, 'nowhere')]), 'large');
  assert.equal(await markOf(await cache(t, 'own', 8_500_000), [small, large]), 'own');
  assert.equal(await markOf(await cache(t, 'own', 1_000), [small]), 'small');
});

it('takes it while its process works, with what is only in its log', async (t) => {
  const folder = await cache(t, 'before', 1_000_000);
  const store = await openStore({ folder, isCache: true });
  t.after(() => store.close());
  const database = new DatabaseSync(join(folder, file));
  database.exec("update mark set text = 'after'");
  assert.equal(await markOf(tempDir(t), [folder]), 'after');
  database.close();
});

it('leaves what is broken, or of another version, where it is', async (t) => {
  const broken = tempDir(t);
  writeFileSync(join(broken, file), Buffer.alloc(9_000_000, 'x'));
  assert.equal(await markOf(await cache(t, 'own', 1_000), [broken]), 'own');
  const newer = await cache(t, 'newer', 9_000_000);
  const database = new DatabaseSync(join(newer, file));
  database.exec("insert into schema_migrations values ('999-later', 0)");
  database.close();
  assert.equal(await markOf(await cache(t, 'own', 1_000), [newer]), 'own');
  rmSync(join(newer, file));
  assert.equal(await markOf(await cache(t, 'own', 1_000), [newer]), 'own');
});
