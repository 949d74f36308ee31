/** What a new reading of advisories says counts for every release, whoever is killed or has not heard of it yet. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { Store } from '../../src/store/store.ts';
import { testClock } from '../support/clock.ts';
import { makeCrate } from '../support/crate.ts';
import { get } from '../support/http.ts';
import { startMirror, type TestMirror } from '../support/mirror.ts';
import { downloadPathOf } from '../support/scene.ts';
import { type DatabaseName, databaseFor, databases } from '../support/stage.ts';
import { tempDir } from '../support/temp.ts';
import { isIndex, startUpstream } from '../support/upstream.ts';

async function place(t: TestContext, database: DatabaseName) {
  const folder = join(tempDir(t), 'db');
  const malicious = (id: string, crate: string) => {
    mkdirSync(join(folder, 'crates', crate), { recursive: true });
    const text = `\`\`\`toml\n[advisory]\nid = "${id}"\npackage = "${crate}"\ndate = "2026-08-01"\ncategories = ["malicious"]\n[versions]\npatched = []\n\`\`\`\n\n# It does harm\n\nIn short.\n`;
    writeFileSync(join(folder, 'crates', crate, `${id}.md`), text);
  };
  malicious('RUSTSEC-2026-0001', 'other');
  const upstream = await startUpstream();
  t.after(() => upstream.close());
  const names = ['victim', 'bystander'];
  for (const name of names)
    for (const version of ['1.0.0', '1.1.0'])
      upstream.publish(makeCrate({ name, version }), { pubtime: '2024-01-01T00:00:00Z' });
  const clock = testClock('2026-08-10T00:00:00Z');
  const shared = { upstream: upstream.indexUrl, clock, advisoryDatabases: [folder], data: tempDir(t) };
  const options = { ...shared, ...(await databaseFor(database, t)) };
  const stateOf = async (mirror: TestMirror, name: string, version: string) =>
    (await mirror.server.store.release('upstream', name, version))?.state;
  return { malicious, upstream, clock, stateOf, start: () => startMirror(options, t) };
}

for (const { name: database, skip } of databases)
  describe(`a new reading of advisories, on ${database}`, { skip }, () => {
    it('is judged by after whoever read it was killed before it judged', async (t) => {
      const { malicious, clock, stateOf, start } = await place(t, database);
      const first = await start();
      await first.tick();
      for (const name of ['victim', 'bystander'])
        assert.equal((await get(first.url + downloadPathOf(name, '1.0.0'))).status, 200);
      malicious('RUSTSEC-2026-0002', 'victim');
      clock.advance('1h');
      // All that it does after the reading is written down.
      t.mock.method(first.server.store, 'crateKeys', () => Promise.reject(new Error('killed')));
      await assert.rejects(first.tick(), /killed/);
      await first.close();

      const second = await start();
      // The dead one's claim runs out first.
      clock.advance('1m');
      await second.tick();
      assert.equal(await stateOf(second, 'victim', '1.0.0'), 'blocked');
      assert.equal(await stateOf(second, 'victim', '1.1.0'), 'blocked');
      assert.equal(await stateOf(second, 'bystander', '1.0.0'), 'promoted');
      assert.equal((await get(second.url + downloadPathOf('victim', '1.0.0'))).status, 403);
    });

    it('is judged by where a crate is recorded for the first time meanwhile', async (t) => {
      const { malicious, upstream, clock, stateOf, start } = await place(t, database);
      const mirror = await start();
      await mirror.tick();
      malicious('RUSTSEC-2026-0002', 'victim');
      clock.advance('1h');
      // Asked for by the old reading, and recorded after the new one.
      const { store } = mirror.server;
      const write: Store['writeTogether'] = store.writeTogether.bind(store);
      let isFirst = true;
      t.mock.method(store, 'writeTogether', async (work: Parameters<Store['writeTogether']>[0]) => {
        const isEarly = isFirst;
        isFirst = false;
        if (isEarly) await mirror.tick();
        return await write(work);
      });
      await get(`${mirror.url}/index/vi/ct/victim`);
      assert.equal(isFirst, false);
      assert.equal(upstream.requests.count(isIndex('victim')), 1);
      assert.equal(await stateOf(mirror, 'victim', '1.0.0'), 'blocked');
    });
  });

const [, postgres] = databases;

describe('a replica that has not heard of a new reading', { skip: postgres?.skip }, () => {
  it('judges by it all the same', async (t) => {
    const { malicious, clock, stateOf, start } = await place(t, 'PostgreSQL');
    const first = await start();
    await first.tick();
    assert.equal((await get(first.url + downloadPathOf('victim', '1.0.0'))).status, 200);
    const second = await start();
    assert.equal((await get(`${second.url}/index/vi/ct/victim`)).status, 200);
    malicious('RUSTSEC-2026-0002', 'victim');
    clock.advance('1h');
    await first.tick();
    assert.equal(await stateOf(first, 'victim', '1.1.0'), 'blocked');
    // It has the crate in memory as it was, and reads the bytes of another release.
    assert.equal((await get(second.url + downloadPathOf('victim', '1.1.0'))).status, 403);
    assert.equal(await stateOf(first, 'victim', '1.1.0'), 'blocked');
  });
});
