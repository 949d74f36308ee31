/** What changes upstream after publication arrives here: yanks, deletions, alterations, and their undoing. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { indexDependencies } from '../support/crate.ts';
import { databases, stage } from '../support/stage.ts';
import { isIndex } from '../support/upstream.ts';

for (const { name: database, skip } of databases) {
  describe(`changes on ${database}`, { skip }, () => {
    test('yanks and un-yanks arrive at the next poll; a lockfile still gets the release', async (t) => {
      const s = await stage(t, { database });
      s.publish('word', '1.0.0');
      s.publish('word', '1.1.0');
      assert.deepEqual(await s.offered('word'), ['1.0.0', '1.1.0']);
      s.upstream.yank('word', '1.1.0');
      assert.deepEqual(await s.offered('word'), ['1.0.0', '1.1.0']);
      await s.pass('10m');
      assert.deepEqual(await s.offered('word'), ['1.0.0']);
      assert.equal((await s.download('word', '1.1.0')).status, 200);
      assert.ok((await s.index('word')).body.equals(s.upstream.lines('word')));
      s.upstream.unyank('word', '1.1.0');
      await s.pass('10m');
      assert.deepEqual(await s.offered('word'), ['1.0.0', '1.1.0']);
      assert.deepEqual(await s.history('word', '1.1.0'), [
        'appeared: null → promoted',
        'yanked: promoted → promoted',
        'judged: promoted → promoted',
        'unyanked: promoted → promoted',
      ]);
    });

    test('several changes at one look are one chain of states', async (t) => {
      const s = await stage(t, { database });
      s.publish('word', '1.0.0');
      assert.deepEqual(await s.offered('word'), ['1.0.0']);
      s.upstream.yank('word', '1.0.0');
      s.upstream.alterChecksum('word', '1.0.0', 'a'.repeat(64));
      await s.pass('10m');
      assert.deepEqual(await s.history('word', '1.0.0'), [
        'appeared: null → promoted',
        'yanked: promoted → blocked',
        'altered: blocked → blocked',
      ]);
    });

    test('a deleted release is withdrawn, refused with its reason, its bytes kept; it comes back as what it was', async (t) => {
      const s = await stage(t, { database });
      s.publish('word', '1.0.0');
      s.publish('word', '1.1.0');
      const there = await s.download('word', '1.1.0');
      s.upstream.deleteRelease('word', '1.1.0');
      await s.pass('10m');
      assert.equal((await s.release('word', '1.1.0')).state, 'withdrawn');
      assert.deepEqual(await s.offered('word'), ['1.0.0']);
      const refused = await s.download('word', '1.1.0');
      assert.equal(refused.status, 403);
      assert.match(refused.text, /^word 1\.1\.0 was withdrawn from its registry\.$/m);
      assert.ok(await s.mirror.server.mirror.context.blobs.has(sumOf(there.headers.etag)));
      // Time passing, a restart and acts of people do not bring it back.
      await s.pass('30d');
      await s.restart();
      await s.act('block', { crate: 'word', version: '1.1.0' });
      await s.act('unblock', { crate: 'word', version: '1.1.0' });
      assert.equal((await s.release('word', '1.1.0')).state, 'withdrawn');
      s.publish('word', '1.1.0');
      await s.pass('10m');
      assert.deepEqual(await s.offered('word'), ['1.0.0', '1.1.0']);
      assert.equal((await s.download('word', '1.1.0')).status, 200);
    });

    test('an altered checksum is blocked with an alarm, and fine again once it is restored', async (t) => {
      const s = await stage(t, { database });
      s.publish('word', '1.0.0');
      s.publish('word', '1.1.0');
      const good = await s.download('word', '1.1.0');
      const sum = sumOf(good.headers.etag);
      s.upstream.alterChecksum('word', '1.1.0', 'f'.repeat(64));
      await s.pass('10m');
      assert.equal((await s.release('word', '1.1.0')).state, 'blocked');
      assert.deepEqual(await s.offered('word'), ['1.0.0']);
      // The line that was judged is still the one that is shown: cargo reaches the refusal, not a mismatch.
      assert.match((await s.index('word')).text, new RegExp(`"vers":"1\\.1\\.0".*"cksum":"${sum}"`));
      const refused = await s.download('word', '1.1.0');
      assert.equal(refused.status, 403);
      assert.match(refused.text, /^Rule integrity: The registry changed its checksum after publication\.$/m);
      assert.ok(
        s.mirror.log.some((line) => /ALARM word@1\.1\.0: the registry changed its checksum/.test(line)),
      );
      const status = (await (await s.mirror.call('/api/v1/status')).json()) as { alarms: unknown[] };
      assert.equal(status.alarms.length, 1);
      await s.pass('30d');
      assert.equal((await s.release('word', '1.1.0')).state, 'blocked');
      s.upstream.alterChecksum('word', '1.1.0', sum);
      await s.pass('10m');
      assert.deepEqual(await s.offered('word'), ['1.0.0', '1.1.0']);
      assert.ok((await s.download('word', '1.1.0')).body.equals(good.body));
    });

    test('an altered dependency list is judged again and waits; both versions stand in the log', async (t) => {
      const s = await stage(t, { database });
      s.publish('extra', '1.0.0');
      s.publish('word', '1.0.0');
      s.publish('word', '1.1.0');
      await s.download('word', '1.1.0');
      const before = lineOf(s.upstream.lines('word'), '1.1.0');
      s.upstream.alterDependencies('word', '1.1.0', indexDependencies({ extra: '1' }, 'build'));
      await s.pass('10m');
      const { release, log } = await s.report('word', '1.1.0');
      assert.deepEqual([release.state, release.until], ['held', '2026-08-04T00:10:00.000Z']);
      assert.match((await s.download('word', '1.1.0')).text, /from the change of its dependency list\./);
      const altered = log.find(({ event }) => event === 'altered');
      assert.deepEqual(altered?.details, {
        what: 'dependencies',
        before,
        after: lineOf(s.upstream.lines('word'), '1.1.0'),
      });
      assert.deepEqual(await s.offered('word'), ['1.0.0']);
      await s.pass('3d');
      assert.deepEqual(await s.offered('word'), ['1.0.0', '1.1.0']);
      assert.ok((await s.index('word')).body.equals(s.upstream.lines('word')));
    });
  });
}

test('a whole crate that is deleted is withdrawn; another crate vouches for the upstream', async (t) => {
  const s = await stage(t, { upstream: { etags: true } });
  s.publish('word', '1.0.0');
  s.publish('witness', '1.0.0');
  await s.download('word', '1.0.0');
  await s.index('witness');
  s.upstream.deleteCrate('word');
  await s.pass('10m');
  assert.equal((await s.release('word', '1.0.0')).state, 'withdrawn');
  assert.equal((await s.download('word', '1.0.0')).status, 403);
  assert.deepEqual(await s.offered('word'), []);
  assert.deepEqual(await s.offered('witness'), ['1.0.0']);
  // Once known to be gone it costs one request a poll, and no more log.
  await s.pass('10m');
  assert.equal((await s.history('word', '1.0.0')).filter((line) => line.startsWith('withdrawn')).length, 1);
  // The very same file comes back, under the very same ETag.
  s.publish('word', '1.0.0');
  await s.pass('10m');
  assert.deepEqual(await s.offered('word'), ['1.0.0']);
  assert.equal((await s.download('word', '1.0.0')).status, 200);
});

test('crates that are deleted together are withdrawn together', async (t) => {
  const s = await stage(t);
  for (const name of ['aa', 'bb', 'cc', 'keep']) s.publish(name, '1.0.0');
  for (const name of ['aa', 'bb', 'cc', 'keep']) await s.index(name);
  for (const name of ['aa', 'bb', 'cc']) s.upstream.deleteCrate(name);
  await s.pass('10m');
  for (const name of ['aa', 'bb', 'cc']) assert.deepEqual(await s.offered(name), [], name);
  assert.deepEqual(await s.offered('keep'), ['1.0.0']);
});

for (const [what, config] of [
  ['every index file', false],
  ['everything', true],
] as const) {
  test(`an upstream that answers 404 to ${what} withdraws nothing`, async (t) => {
    const s = await stage(t);
    for (const name of ['word', 'witness']) s.publish(name, '1.0.0');
    for (const name of ['word', 'witness']) await s.index(name);
    s.upstream.failWith(404, config ? () => true : isIndex());
    for (let i = 0; i < 5; i++) await s.pass('1h');
    for (const name of ['word', 'witness']) assert.deepEqual(await s.offered(name), ['1.0.0'], name);
    if (!config) assert.ok(s.mirror.log.some((line) => /ALARM .*nothing is withdrawn/.test(line)));
    const status = (await (await s.mirror.call('/api/v1/status')).json()) as { failing: number };
    assert.equal(status.failing, 2);
    s.upstream.heal();
    s.publish('word', '1.1.0');
    await s.pass('10m');
    assert.equal((await s.release('word', '1.1.0')).state, 'held');
  });
}

test('a checksum that is altered while the release is held stops it for good', async (t) => {
  const s = await stage(t);
  s.publish('word', '1.0.0');
  await s.index('word');
  s.publish('word', '1.1.0', { pubtime: null });
  await s.pass('10m');
  s.upstream.alterChecksum('word', '1.1.0', 'f'.repeat(64));
  await s.pass('10m');
  await s.pass('30d');
  assert.equal((await s.release('word', '1.1.0')).state, 'blocked');
  assert.deepEqual(await s.offered('word'), ['1.0.0']);
});

test('a release that is deleted and published again with other bytes is blocked', async (t) => {
  const s = await stage(t);
  s.publish('word', '1.0.0');
  s.publish('word', '1.1.0');
  const first = await s.download('word', '1.1.0');
  s.upstream.deleteRelease('word', '1.1.0');
  await s.pass('10m');
  s.publish('word', '1.1.0', { lib: 'pub fn other() {}\n' });
  await s.pass('10m');
  assert.equal((await s.release('word', '1.1.0')).state, 'blocked');
  assert.equal((await s.release('word', '1.1.0')).checksum, sumOf(first.headers.etag));
});

test('any other change of a line is relayed, and stands in the log', async (t) => {
  const s = await stage(t);
  s.publish('word', '1.0.0', { lineExtra: { rust_version: '1.60' } });
  await s.index('word');
  s.upstream.setRawIndex(
    'word',
    Buffer.from(s.upstream.lines('word').toString().replace('"1.60"', '"1.61", "new-field": [1, 2.50]')),
  );
  await s.pass('10m');
  assert.ok((await s.index('word')).body.equals(s.upstream.lines('word')));
  assert.equal((await s.release('word', '1.0.0')).state, 'promoted');
  assert.deepEqual(await s.history('word', '1.0.0'), [
    'appeared: null → promoted',
    'altered: promoted → promoted',
    'judged: promoted → promoted',
  ]);
});

function sumOf(etag: string | undefined): string {
  return etag?.replaceAll('"', '') ?? '';
}

function lineOf(lines: Buffer, version: string): string {
  return (
    lines
      .toString()
      .split('\n')
      .find((line) => line.includes(`"vers":"${version}"`)) ?? ''
  );
}
