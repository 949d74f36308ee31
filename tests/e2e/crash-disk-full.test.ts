/** A full disk: a clear error, nothing torn, what is here still served, and all well once there is space. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertBlobsWhole, assertLogTellsStates } from '../support/aftermath.ts';
import { get } from '../support/http.ts';
import { startMirror } from '../support/mirror.ts';
import { noise, startScene, usableVersions } from '../support/scene.ts';
import { smallDisk, smallDiskAvailable } from '../support/small-disk.ts';

test('a disk that fills up and gets space again', { skip: smallDiskAvailable() ?? false }, async (t) => {
  const disk = smallDisk(t, 12);
  const data = join(disk.folder, 'data');
  const scene = await startScene(t, { mirror: { data } });
  const files = { 'data.bin': noise(300_000) };
  const word = scene.publish({ name: 'word', version: '1.0.0', files });
  const later = scene.publish({ name: 'word', version: '1.0.1', files });
  scene.publish({ name: 'fresh', version: '1.0.0' });
  assert.deepEqual((await scene.download('word', '1.0.0')).body, word.bytes);
  const held = scene.publish({ name: 'word', version: '1.1.0' }, { pubtime: scene.clock.iso() });
  scene.clock.advance('10m');
  await scene.mirror.tick();
  const before = await scene.index('word');
  const { cache } = scene.mirror.server.mirror.context;

  disk.fill();
  for (const look of ['from memory', 'from the store']) {
    if (look === 'from the store') cache.clear();
    assert.deepEqual((await scene.index('word')).body, before.body, look);
    assert.deepEqual((await scene.download('word', '1.0.0')).body, word.bytes);
    assert.equal((await scene.download('word', '1.1.0')).status, 403);
  }
  for (const answer of [await scene.index('fresh'), await scene.download('word', '1.0.1')]) {
    assert.equal(answer.status, 503, answer.text);
    assert.match(answer.text, /^The disk of Safeguard is full/);
    assert.ok(!answer.text.includes(disk.folder));
    assert.ok(Number(answer.headers['retry-after']) > 0);
  }
  assert.ok(scene.mirror.log.some((line) => /WARN The disk of .* is full.*Free some space/.test(line)));
  assertBlobsWhole(data);

  // Time goes on: what cannot be written down is not promoted.
  scene.clock.advance('4d');
  await assert.rejects(scene.mirror.tick(), { code: 'store/full' });
  assert.deepEqual((await scene.index('word')).body, before.body);
  assert.equal((await get(`${scene.mirror.url}/healthz`)).status, 200);

  disk.free();
  await scene.mirror.tick();
  assert.deepEqual(usableVersions(await scene.index('word')), ['1.0.0', '1.0.1', '1.1.0']);
  assert.deepEqual((await scene.download('word', '1.1.0')).body, held.bytes);
  assert.deepEqual((await scene.download('word', '1.0.1')).body, later.bytes);
  assert.deepEqual(usableVersions(await scene.index('fresh')), ['1.0.0']);
  await assertLogTellsStates(scene.mirror);
  assertBlobsWhole(data);
});

test('a server that starts on a full disk says so, and starts once there is space', {
  skip: smallDiskAvailable() ?? false,
}, async (t) => {
  const disk = smallDisk(t, 12);
  const data = join(disk.folder, 'data');
  const scene = await startScene(t, { mirror: { data } });
  const word = scene.publish({ name: 'word', version: '1.0.0' });
  assert.equal((await scene.download('word', '1.0.0')).status, 200);
  await scene.mirror.close();
  disk.fill();
  const options = { upstream: scene.upstream.indexUrl, clock: scene.clock, data };
  await assert.rejects(startMirror(options), { name: 'StoreError', message: /full|free space/ });
  disk.free();
  const mirror = await startMirror(options, t);
  assert.deepEqual((await get(`${mirror.url}/crates/word/1.0.0/download`)).body, word.bytes);
  await assertLogTellsStates(mirror);
});
