/** New releases are fetched and judged before anybody asks; what is due needs no upstream. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { get } from '../support/http.ts';
import { databases, stage } from '../support/stage.ts';
import { tempDir } from '../support/temp.ts';
import { isDownload, isIndex } from '../support/upstream.ts';

for (const { name, skip } of databases) {
  describe(`new releases on ${name}`, { skip }, () => {
    test('a new release is fetched once, in the background; when it is due the upstream is not needed', async (t) => {
      const s = await stage(t, { database: name });
      s.publish('word', '1.0.0');
      await s.index('word');
      s.publish('word', '1.1.0', { pubtime: null });
      await s.pass('10m');
      assert.equal(s.upstream.requests.count(isDownload('word', '1.1.0')), 1);
      assert.equal(s.upstream.requests.count(isDownload('word', '1.0.0')), 0);
      assert.equal((await s.release('word', '1.1.0')).judged, 'release');
      await s.pass('10m');
      await s.download('word', '1.1.0');
      assert.equal(s.upstream.requests.count(isDownload('word', '1.1.0')), 1);

      await s.upstream.vanish();
      await s.pass('3d');
      assert.equal((await s.release('word', '1.1.0')).state, 'promoted');
      const app = s.project({ dependencies: { word: '1.1' } });
      const fetched = await app.run(['fetch']);
      assert.equal(fetched.code, 0, fetched.stderr);
    });
  });
}

test('the back catalogue is fetched when it is first asked for, and then never again', async (t) => {
  const s = await stage(t);
  s.publish('word', '1.0.0');
  s.publish('word', '1.1.0');
  await s.index('word');
  await s.pass('10m');
  assert.equal(s.upstream.requests.count(isDownload()), 0);
  for (let i = 0; i < 3; i++) assert.equal((await s.download('word', '1.0.0')).status, 200);
  await s.restart();
  assert.equal((await s.download('word', '1.0.0')).status, 200);
  assert.equal(s.upstream.requests.count(isDownload('word', '1.0.0')), 1);
  assert.equal(s.upstream.requests.count(isDownload('word', '1.1.0')), 0);
});

test('a new release whose bytes cannot be had stays held past its time, and is promoted once they came', async (t) => {
  const s = await stage(t);
  s.publish('word', '1.0.0');
  await s.index('word');
  const broken = s.upstream.failWith(500, isDownload('word', '1.1.0'));
  s.publish('word', '1.1.0', { pubtime: null });
  await s.pass('10m');
  for (let day = 0; day < 5; day++) await s.pass('1d');
  const held = await s.release('word', '1.1.0');
  assert.deepEqual([held.state, held.judged], ['held', 'index']);
  assert.match((await s.download('word', '1.1.0')).text, /Ends: when it has been judged\./);
  broken.stop();
  await s.pass('10m');
  assert.equal((await s.release('word', '1.1.0')).state, 'promoted');
});

test('a new release with a broken archive is blocked, and the rest of the crate is served', async (t) => {
  const s = await stage(t);
  s.publish('word', '1.0.0');
  await s.index('word');
  s.publish('word', '1.1.0', {
    pubtime: null,
    files: { 'Cargo.toml': '[package]\nname = "other"\nversion = "9.0.0"\n' },
  });
  await s.pass('10m');
  const { state, verdict } = await s.release('word', '1.1.0');
  assert.equal(state, 'blocked');
  assert.match(verdict.findings[0]?.message ?? '', /its manifest says that it is other 9\.0\.0/);
  await s.pass('30d');
  assert.deepEqual(await s.offered('word'), ['1.0.0']);
});

test('crates are polled when they are due, not before', async (t) => {
  const s = await stage(t, { config: 'poll-interval = "1h"\n' });
  s.publish('word', '1.0.0');
  await s.index('word');
  const polls = () => s.upstream.requests.count(isIndex('word'));
  await s.pass('59m');
  assert.equal(polls(), 1);
  await s.pass('1m');
  assert.equal(polls(), 2);
  await s.mirror.tick();
  assert.equal(polls(), 2);
});

test('bytes that were lost from the disk are fetched again, and only the very same are taken', async (t) => {
  const s = await stage(t);
  s.publish('word', '1.0.0');
  s.publish('word', '1.1.0');
  const first = await s.download('word', '1.0.0');
  const { blobs } = s.mirror.server.mirror.context;
  const { checksum } = await s.release('word', '1.0.0');
  await blobs.delete(checksum);
  assert.ok((await s.download('word', '1.0.0')).body.equals(first.body));
  assert.equal(s.upstream.requests.count(isDownload('word', '1.0.0')), 2);
  await blobs.delete(checksum);
  s.upstream.lieAboutBytes('word', '1.0.0', Buffer.from('other bytes'));
  const refused = await s.download('word', '1.0.0');
  assert.equal(refused.status, 403);
  assert.match(refused.text, /^Rule integrity: /m);
});

test('a replica with a data folder of its own brings the bytes itself', {
  skip: databases[1]?.skip ?? false,
}, async (t) => {
  const s = await stage(t, { database: 'PostgreSQL' });
  s.publish('word', '1.0.0');
  const first = await s.download('word', '1.0.0');
  const other = await s.replica({ data: tempDir(t) });
  const url = `${other.url}/crates/word/1.0.0/download`;
  await s.upstream.vanish();
  assert.equal((await get(url)).status, 503);
  await s.upstream.comeBack();
  assert.ok((await get(url)).body.equals(first.body));
  assert.equal(s.upstream.requests.count(isDownload('word', '1.0.0')), 2);
});
