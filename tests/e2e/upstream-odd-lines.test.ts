/** Odd lines, odd times and names that come back: what of them may hold up a deletion, and what may not. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeCrate } from '../support/crate.ts';
import { databases, type Stage, stage } from '../support/stage.ts';

const line = (version: string, more: Record<string, unknown> = {}) =>
  JSON.stringify({ ...makeCrate({ name: 'word', version }).indexEntry, ...more });
const file = (...lines: readonly string[]) => Buffer.from(`${lines.join('\n')}\n`);
const duplicate = (version: string, key: string, value: string) =>
  line(version).replace('{', `{"${key}":${value},`);

async function status(s: Stage): Promise<readonly string[]> {
  const answer = (await (await s.mirror.call('/api/v1/status')).json()) as { alarms: { message: string }[] };
  return answer.alarms.map(({ message }) => message);
}

/** Lines whose release can be told, so that they hold up nothing but its own deletion. */
const telling: readonly [what: string, odd: string, isAlarm: boolean][] = [
  ['of a later schema', line('2.0.0', { v: 7, deps: { serde: '1' } }), false],
  ['of a later schema, without what this one has', '{"name":"word","vers":"2.0.0","v":4}', false],
  ['that is there twice', line('1.0.0'), true],
  ['that is there twice, and differs', line('1.0.0', { cksum: 'f'.repeat(64) }), true],
  ['with a version of two numbers', line('1.0', { vers: '1.0' }), true],
  ['with a version that is none', line('1.0.0', { vers: 'latest' }), true],
  ['without a checksum', line('2.0.0', { cksum: undefined }), true],
  ['with dependencies that do not read', line('2.0.0', { deps: ['serde'] }), true],
  ['with a key twice', duplicate('2.0.0', 'yanked', 'true'), true],
  ['of another crate', line('2.0.0', { name: 'other' }), true],
  ['whose name is none', line('2.0.0', { name: '../word' }), true],
];

/** Lines that may be any release. */
const hiding: readonly [what: string, odd: string][] = [
  ['that is cut off', line('2.0.0').slice(0, -9)],
  ['without a version', line('2.0.0', { vers: undefined })],
  ['with a number for a version', line('2.0.0', { vers: 2 })],
  ['with two versions', duplicate('2.0.0', 'vers', '"1.1.0"')],
  ['that is no object', '["word","2.0.0"]'],
];

for (const { name: database, skip } of databases) {
  describe(`a deletion, on ${database}`, { skip }, () => {
    for (const [what, odd, isAlarm] of telling) {
      it(`takes effect beside a line ${what}`, async (t) => {
        const s = await stage(t, { database });
        s.upstream.setRawIndex('word', file(line('1.0.0'), line('1.1.0')));
        assert.deepEqual(await s.offered('word'), ['1.0.0', '1.1.0']);
        s.upstream.setRawIndex('word', file(line('1.0.0'), odd));
        await s.pass('10m');
        assert.deepEqual(await s.offered('word'), ['1.0.0']);
        assert.equal((await s.release('word', '1.1.0')).state, 'withdrawn');
        assert.equal((await status(s)).length, isAlarm ? 1 : 0, (await status(s)).join());
        assert.equal(
          s.mirror.log.some((text) => text.includes('ALARM')),
          isAlarm,
        );
      });
    }

    for (const [what, odd] of hiding) {
      it(`waits for a line ${what}, with an alarm for that time, after a restart too`, async (t) => {
        const s = await stage(t, { database, upstream: { etags: true } });
        s.upstream.setRawIndex('word', file(line('1.0.0'), line('1.1.0')));
        await s.offered('word');
        s.upstream.setRawIndex('word', file(line('1.0.0'), odd));
        await s.pass('10m');
        for (const again of [() => s.pass('10m'), () => s.restart(), () => s.pass('1h')]) {
          assert.deepEqual(await s.offered('word'), ['1.0.0', '1.1.0']);
          const [alarm = '', ...others] = await status(s);
          assert.match(alarm, /^word of upstream: line 2 of its index file does not read/);
          assert.deepEqual(others, []);
          await again();
        }
        assert.ok(s.mirror.log.filter((text) => text.includes('ALARM')).length <= 1, 'told once a start');
        s.upstream.setRawIndex('word', file(line('1.0.0')));
        await s.pass('10m');
        assert.deepEqual(await s.offered('word'), ['1.0.0']);
        assert.deepEqual(await status(s), []);
      });
    }
  });
}

it('a release that a line names which does not read stays as it was', async (t) => {
  const s = await stage(t);
  s.upstream.setRawIndex('word', file(line('1.0.0'), line('1.1.0')));
  await s.offered('word');
  s.upstream.setRawIndex('word', file(line('1.0.0'), line('1.1.0', { v: 9, features: [] })));
  await s.pass('10m');
  assert.deepEqual(await s.offered('word'), ['1.0.0', '1.1.0']);
});

it('a file of nothing but lines of a later schema is a crate of which nothing is offered', async (t) => {
  const s = await stage(t);
  s.upstream.setRawIndex('word', file('{"name":"word","vers":"1.0.0","v":4}'));
  assert.equal((await s.index('word')).status, 404);
});

describe('a checksum that changes', () => {
  it('raises an alarm, and none when it changes back', async (t) => {
    const s = await stage(t);
    s.publish('word', '1.0.0');
    s.publish('word', '1.1.0');
    await s.offered('word');
    const good = makeCrate({ name: 'word', version: '1.1.0' }).checksum;
    for (const [checksum, alarms] of [
      ['e'.repeat(64), 1],
      ['f'.repeat(64), 2],
      [good, 2],
      ['e'.repeat(64), 3],
    ] as const) {
      s.upstream.alterChecksum('word', '1.1.0', checksum);
      await s.pass('10m');
      assert.equal((await status(s)).length, alarms);
      assert.deepEqual(await s.offered('word'), checksum === good ? ['1.0.0', '1.1.0'] : ['1.0.0']);
    }
  });
});

describe('a name that is deleted whole', () => {
  const old = '2020-01-01T00:00:00Z';

  for (const [what, isSeen] of [
    ['seen as gone', true],
    ['between two looks', false],
  ] as const) {
    it(`and registered anew, ${what}, is a new crate: seven days`, async (t) => {
      const s = await stage(t);
      for (const name of ['word', 'witness']) s.publish(name, '1.0.0', { pubtime: old });
      for (const name of ['word', 'witness']) await s.offered(name);
      s.upstream.deleteCrate('word');
      if (isSeen) await s.pass('10m');
      s.publish('word', '1.0.1', { pubtime: s.clock.iso() });
      await s.pass('10m');
      const { until } = await s.release('word', '1.0.1');
      assert.equal(Date.parse(until ?? ''), s.clock.now() + 7 * 24 * 3_600_000);
      // Its next release too, in its first week.
      await s.pass('1d');
      s.publish('word', '1.0.2', { pubtime: s.clock.iso() });
      await s.pass('10m');
      assert.equal(
        Date.parse((await s.release('word', '1.0.2')).until ?? ''),
        s.clock.now() + 7 * 24 * 3_600_000,
      );
    });
  }

  it('and put back as it was is the crate that it was: three days for its next release', async (t) => {
    const s = await stage(t);
    for (const name of ['word', 'witness']) s.publish(name, '1.0.0', { pubtime: old });
    for (const name of ['word', 'witness']) await s.offered(name);
    s.upstream.deleteCrate('word');
    await s.pass('10m');
    s.publish('word', '1.0.0', { pubtime: old });
    await s.pass('10m');
    s.publish('word', '1.0.1', { pubtime: s.clock.iso() });
    await s.pass('10m');
    assert.deepEqual(await s.offered('word'), ['1.0.0']);
    const { until } = await s.release('word', '1.0.1');
    assert.equal(Date.parse(until ?? ''), s.clock.now() + 3 * 24 * 3_600_000);
  });
});

describe('a publication time in the future', () => {
  it('holds nothing for decades: first sight counts, and a warning stands', async (t) => {
    const s = await stage(t);
    s.publish('word', '1.0.0', { pubtime: '2020-01-01T00:00:00Z' });
    s.publish('word', '1.1.0', { pubtime: '2066-01-01T00:00:00Z' });
    await s.offered('word');
    const { state, until, verdict } = await s.release('word', '1.1.0');
    assert.deepEqual([state, until], ['held', '2026-08-04T00:00:00.000Z']);
    assert.match(
      JSON.stringify(verdict.findings),
      /first sight here \(its publication time lies after that\)/,
    );
    s.publish('word', '1.2.0', { pubtime: '9999-12-31T23:59:59Z' });
    await s.pass('10m');
    assert.equal((await s.release('word', '1.2.0')).until, '2026-08-04T00:10:00.000Z');
    await s.pass('3d');
    assert.deepEqual(await s.offered('word'), ['1.0.0', '1.1.0', '1.2.0']);
    assert.match(JSON.stringify((await s.release('word', '1.2.0')).verdict.findings), /"effect":"warn"/);
  });

  it('by a little is a clock that is ahead, and no warning', async (t) => {
    const s = await stage(t);
    s.publish('word', '1.0.0', { pubtime: '2026-08-01T00:20:00Z' });
    await s.offered('word');
    const { until, verdict } = await s.release('word', '1.0.0');
    assert.equal(until, '2026-08-08T00:20:00.000Z');
    assert.doesNotMatch(JSON.stringify(verdict.findings), /publication time lies/);
  });
});
