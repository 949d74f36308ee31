import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { StoreError } from '../../src/store/error.ts';
import { openStore } from '../../src/store/open.ts';
import { freshDatabase, postgresAvailable } from '../support/postgres.ts';
import { tempDir } from '../support/temp.ts';
import { startChild } from './children.ts';
import { crate, entry, registry } from './samples.ts';

describe('one process per folder', () => {
  it('refuses a folder that another process holds, and names both and the way out', async (t) => {
    const folder = tempDir(t);
    const child = startChild('hold', folder);
    t.after(() => child.kill());
    assert.equal(await child.line(), 'open');
    await assert.rejects(openStore({ folder }), (error) => {
      assert.ok(error instanceof StoreError);
      assert.equal(error.code, 'store/locked');
      assert.ok(error.message.startsWith(`The folder ${folder} is in use by process ${child.pid} on `));
      assert.match(error.message, /Stop that process first, or choose another folder/);
      assert.equal(error.details.pid, String(child.pid));
      return true;
    });
  });

  it('is refused in a child too while this process holds the folder', async (t) => {
    const folder = tempDir(t);
    const store = await openStore({ folder });
    const child = startChild('hold', folder);
    t.after(() => child.kill());
    assert.match((await child.line()) ?? '', new RegExp(`^error store/locked .*process ${process.pid} on`));
    await store.close();
    assert.equal(existsSync(join(folder, 'lock.json')), false);
  });

  it('refuses a second store in the same process, and takes the folder again after the first is closed', async (t) => {
    const folder = tempDir(t);
    const store = await openStore({ folder });
    await assert.rejects(openStore({ folder: `${folder}/.` }), /in use by this same process/);
    await store.close();
    await (await openStore({ folder })).close();
  });

  it('opens at once after the holder was killed', async (t) => {
    const folder = tempDir(t);
    const child = startChild('hold', folder);
    assert.equal(await child.line(), 'open');
    await child.kill();
    assert.ok(existsSync(join(folder, 'lock.json')), 'the killed process left its note');
    await (await openStore({ folder })).close();
  });

  it('is not fooled by a note that names a living process', async (t) => {
    const folder = tempDir(t);
    writeFileSync(join(folder, 'lock.json'), JSON.stringify({ pid: process.ppid, host: hostname() }));
    await (await openStore({ folder })).close();
  });

  it('refuses without a name when the note cannot be read', async (t) => {
    const folder = tempDir(t);
    const store = await openStore({ folder });
    writeFileSync(join(folder, 'lock.json'), '{');
    await assert.rejects(openStore({ folder }), /in use by another process/);
    await store.close();
  });

  it('says what to do where no folder can be made', async (t) => {
    const folder = tempDir(t);
    writeFileSync(join(folder, 'file'), '');
    await assert.rejects(openStore({ folder: join(folder, 'file', 'data') }), {
      code: 'store/unreachable',
      message: /Check its path and permissions/,
    });
  });
});

describe('a killed process', () => {
  it('on SQLite loses no write that it was told is done, and no half of another', async (t) => {
    const folder = tempDir(t);
    await survives(folder, { folder });
  });

  it('on PostgreSQL loses no write that it was told is done, and no half of another', {
    skip: postgresAvailable() ?? false,
  }, async () => {
    const database = await freshDatabase();
    await survives(database.url, { url: database.url });
    await database.drop();
  });

  it('on PostgreSQL does not keep others from writing when it dies inside of a write', {
    skip: postgresAvailable() ?? false,
  }, async () => {
    const database = await freshDatabase();
    const store = await openStore({ url: database.url });
    const child = startChild('stuck', database.url);
    assert.equal(await child.line(), 'open');
    assert.equal(await child.line(), 'inside');
    const waiting = store.write((tx) => tx.append([entry({ actor: 'the living' })]));
    await child.kill();
    await waiting;
    assert.equal(await store.lastSeq(), 1);
    assert.equal((await store.log({ limit: 9 }))[0]?.actor, 'the living');
    await store.close();
    await database.drop();
  });
});

async function survives(where: string, location: Parameters<typeof openStore>[0]): Promise<void> {
  const child = startChild('write', where);
  assert.equal(await child.line(), 'open');
  let last: string | undefined;
  for (let i = 0; i < 40; i += 1) last = await child.line();
  last = (await child.kill()).at(-1) ?? last;
  const acknowledged = Number(/^ack (\d+)$/.exec(last ?? '')?.[1]);
  assert.ok(acknowledged >= 40);

  const store = await openStore(location);
  const releases = await store.releases(registry, 'serde');
  const log = await store.log({ limit: 1_000_000 });
  assert.ok(
    releases.length >= acknowledged,
    `${releases.length} releases for ${acknowledged} acknowledged writes`,
  );
  assert.equal(log.length, 2 * releases.length);
  assert.deepEqual(
    log.map(({ seq }) => seq),
    log.map((_, i) => i + 1),
  );
  await store.write((tx) => tx.putCrate(crate()));
  await store.close();
}
