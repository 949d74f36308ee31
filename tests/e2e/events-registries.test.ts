/** Events of Kellnr, Cloudsmith and Artifactory: believed, remembered, and answered by reading the crate again. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { ReleaseReportJson } from '../../src/server/contract.ts';
import { makeCrate } from '../support/crate.ts';
import {
  artifactory,
  cloudsmith,
  type Delivery,
  eventConfig,
  eventEnv,
  kellnr,
  send,
} from '../support/deliveries.ts';
import { get } from '../support/http.ts';
import { databases, type Stage, type StageOptions, stage } from '../support/stage.ts';
import { isDownload, isIndex, startUpstream, type Upstream } from '../support/upstream.ts';

type Behind = Stage & { readonly other: Upstream };

/** A mirror before crates.io's stand-in and, as `second`, before the organisation's own registry. */
async function behind(t: TestContext, options: StageOptions = {}): Promise<Behind> {
  const other = await startUpstream();
  t.after(() => other.close());
  const s = await stage(t, {
    others: { second: other.indexUrl },
    config: eventConfig,
    env: eventEnv,
    ...options,
  });
  return Object.assign(s, { other });
}

async function report(s: Stage, crate: string, version: string): Promise<ReleaseReportJson> {
  const answer = await s.mirror.call(`/api/v1/releases/${crate}/${version}?registry=second`);
  assert.equal(answer.status, 200);
  return (await answer.json()) as ReleaseReportJson;
}

type Moment = 'published' | 'yanked' | 'deleted';
const deliveries: Readonly<Record<string, (moment: Moment, version: string, at: number) => Delivery>> = {
  Kellnr: (moment, version, at) =>
    kellnr(
      moment === 'published' ? 'crate_add' : moment === 'yanked' ? 'crate_yank' : 'crate_update',
      'Tool_Kit',
      version,
      at,
      `msg_${moment}_${version}`,
    ),
  Cloudsmith: (moment, version, at) =>
    cloudsmith(
      `package.${moment === 'published' ? 'synced' : moment === 'yanked' ? 'quarantined' : 'deleted'}`,
      'Tool_Kit',
      version,
      at,
    ),
  Artifactory: (moment, version) =>
    artifactory(
      moment === 'published' ? 'deployed' : moment === 'yanked' ? 'copied' : 'deleted',
      'Tool_Kit',
      version,
    ),
};

for (const { name: database, skip } of databases) {
  describe(`events on ${database}`, { skip }, () => {
    for (const [source, deliver] of Object.entries(deliveries)) {
      test(`${source}: a publication, a yank and a deletion are known at once, each read once`, async (t) => {
        const s = await behind(t, { database });
        s.other.publish(makeCrate({ name: 'Tool_Kit', version: '1.0.0' }));
        assert.equal((await get(`${s.mirror.url}/registries/second/index/to/ol/tool_kit`)).status, 200);
        const told = async (delivery: Delivery) => {
          const woken = s.mirror.woken();
          const answer = await send(s.mirror.url, delivery);
          assert.equal(answer.status, 202, answer.text);
          assert.equal(s.mirror.woken(), woken + 1);
          const reads = s.other.requests.count(isIndex('Tool_Kit'));
          await s.mirror.tick();
          assert.equal(s.other.requests.count(isIndex('Tool_Kit')), reads + 1);
          // The same delivery again, and once more after a restart of the sender.
          for (let i = 0; i < 2; i++) assert.equal((await send(s.mirror.url, delivery)).status, 202);
          assert.equal(s.mirror.woken(), woken + 1);
          await s.mirror.tick();
          assert.equal(s.other.requests.count(isIndex('Tool_Kit')), reads + 1);
        };

        s.clock.advance('1m');
        s.other.publish(makeCrate({ name: 'Tool_Kit', version: '1.1.0' }), { pubtime: s.clock.iso() });
        await told(deliver('published', '1.1.0', s.clock.now()));
        assert.equal(s.other.requests.count(isDownload('Tool_Kit', '1.1.0')), 1);
        const held = await report(s, 'tool_kit', '1.1.0');
        assert.deepEqual([held.release.state, held.release.judged], ['held', 'release']);
        assert.equal(held.release.verdict.decision, 'hold');
        assert.equal(held.instead?.version, '1.0.0');

        s.clock.advance('1m');
        s.other.yank('Tool_Kit', '1.0.0');
        await told(deliver('yanked', '1.0.0', s.clock.now()));
        assert.equal((await report(s, 'Tool_Kit', '1.0.0')).release.yanked, true);

        s.clock.advance('1m');
        s.other.deleteRelease('Tool_Kit', '1.1.0');
        await told(deliver('deleted', '1.1.0', s.clock.now()));
        assert.equal((await report(s, 'Tool_Kit', '1.1.0')).release.state, 'withdrawn');
        assert.equal(s.upstream.requests.length, 0);
      });
    }

    test('an accepted event is on disk: it is acted on after a restart', async (t) => {
      const s = await behind(t, { database });
      s.other.publish(makeCrate({ name: 'tool', version: '1.0.0' }));
      assert.equal(
        (await send(s.mirror.url, kellnr('crate_add', 'tool', '1.0.0', s.clock.now()))).status,
        202,
      );
      await s.restart();
      await s.mirror.tick();
      assert.equal((await report(s, 'tool', '1.0.0')).release.state, 'promoted');
      assert.equal(s.other.requests.count(isIndex('tool')), 1);
    });
  });
}

test('an event shortens nothing: the cool-down counts from first sight all the same', async (t) => {
  const s = await behind(t);
  s.other.publish(makeCrate({ name: 'tool', version: '1.0.0' }));
  await get(`${s.mirror.url}/registries/second/index/to/ol/tool`);
  s.clock.advance('1h');
  s.other.publish(makeCrate({ name: 'tool', version: '1.1.0' }));
  await send(s.mirror.url, kellnr('crate_add', 'tool', '1.1.0', s.clock.now()));
  await s.mirror.tick();
  assert.equal((await report(s, 'tool', '1.1.0')).release.until, '2026-08-04T01:00:00.000Z');
});

test('an event that comes while the crate is being read has it read once more', async (t) => {
  const s = await behind(t);
  s.other.publish(makeCrate({ name: 'tool', version: '1.0.0' }));
  await get(`${s.mirror.url}/registries/second/index/to/ol/tool`);
  s.clock.advance('10m');
  const hold = s.other.holdBodies(isIndex('tool'), 10);
  const ticking = s.mirror.tick();
  await hold.onWaiting(1);
  s.clock.advance('10s');
  s.other.yank('tool', '1.0.0');
  assert.equal((await send(s.mirror.url, kellnr('crate_yank', 'tool', '1.0.0', s.clock.now()))).status, 202);
  hold.release();
  await ticking;
  await s.mirror.tick();
  assert.equal((await report(s, 'tool', '1.0.0')).release.yanked, true);
});

test('an event of a crate that its registry does not have does nothing, and is not asked for every minute', async (t) => {
  const s = await behind(t);
  assert.equal((await send(s.mirror.url, kellnr('crate_add', 'ghost', '1.0.0', s.clock.now()))).status, 202);
  await s.mirror.tick();
  for (let i = 0; i < 9; i++) await s.pass('1m');
  assert.equal(s.other.requests.count(isIndex('ghost')), 1);
  const asked = await s.mirror.call('/api/v1/releases/ghost/1.0.0?registry=second');
  assert.equal(asked.status, 404);
});

test('the registry that sent the event is down: it is read when it is back', async (t) => {
  const s = await behind(t);
  s.other.publish(makeCrate({ name: 'tool', version: '1.0.0' }));
  await s.other.vanish();
  assert.equal(
    (await send(s.mirror.url, cloudsmith('package.synced', 'tool', '1.0.0', s.clock.now()))).status,
    202,
  );
  await s.mirror.tick();
  await s.other.comeBack();
  await s.pass('15s');
  assert.equal(s.other.requests.count(isIndex('tool')), 1);
  assert.equal((await report(s, 'tool', '1.0.0')).release.state, 'promoted');
});
