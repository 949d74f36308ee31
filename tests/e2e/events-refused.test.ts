/** Deliveries that are not believed: refused, counted, and without any effect. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
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
import { type Stage, stage } from '../support/stage.ts';
import { startUpstream } from '../support/upstream.ts';

async function listening(t: TestContext, config = eventConfig): Promise<Stage> {
  const other = await startUpstream();
  t.after(() => other.close());
  return await stage(t, { others: { second: other.indexUrl }, config, env: eventEnv });
}

async function counted(s: Stage, source: string, outcome: string): Promise<number> {
  const metrics = await (await s.mirror.call('/metrics')).text();
  const line = metrics
    .split('\n')
    .find((each) => each.startsWith(`safeguard_events_total{source="${source}",outcome="${outcome}"}`));
  return Number(line?.split(' ')[1] ?? 0);
}

const start = Date.parse('2026-08-01T00:00:00Z');
const hour = 3_600_000;

function without(delivery: Delivery, header: string): Delivery {
  const headers = Object.entries(delivery.headers).filter(([name]) => name !== header);
  return { ...delivery, headers: Object.fromEntries(headers) };
}

function changed(delivery: Delivery, body: Buffer | string): Delivery {
  return { ...delivery, body: Buffer.from(body) };
}

const good = {
  kellnr: kellnr('crate_add', 'tool', '1.0.0', start),
  cloudsmith: cloudsmith('package.synced', 'tool', '1.0.0', start),
  artifactory: artifactory('deployed', 'tool', '1.0.0'),
};

const refusals: readonly (readonly [string, Delivery, number])[] = [
  ['unsigned', without(good.kellnr, 'webhook-signature'), 401],
  ['with another body', changed(good.kellnr, `${good.kellnr.body} `), 401],
  ['signed six minutes ago', kellnr('crate_add', 'tool', '1.0.0', start - 6 * 60_000), 401],
  ['signed six minutes from now', kellnr('crate_add', 'tool', '1.0.0', start + 6 * 60_000), 401],
  ['unsigned', without(good.cloudsmith, 'x-cloudsmith-signature'), 401],
  ['with another body', changed(good.cloudsmith, '[]'), 401],
  ['sent the day before yesterday', cloudsmith('package.synced', 'tool', '1.0.0', start - 48 * hour), 401],
  ['unsigned', without(good.artifactory, 'x-jfrog-event-auth'), 401],
  ['with another body', changed(good.artifactory, '{}'), 401],
  ['larger than 1 MiB', changed(good.artifactory, Buffer.alloc(1024 * 1024 + 1, 0x20)), 413],
  ['larger than 1 MiB', changed(good.kellnr, Buffer.alloc(3 * 1024 * 1024, 0x20)), 413],
];

test('unsigned, changed, stale and oversized deliveries are refused, counted, and do nothing', async (t) => {
  const s = await listening(t);
  const before = await s.mirror.server.store.counts();
  const tally = new Map<string, number>();
  for (const [what, delivery, status] of refusals) {
    const answer = await send(s.mirror.url, delivery);
    assert.equal(answer.status, status, `${delivery.source} ${what}: ${answer.text}`);
    assert.notEqual(answer.text.trim(), '');
    for (const secret of Object.values(eventEnv)) assert.ok(!answer.text.includes(secret));
    const key = `${delivery.source} refused-${status}`;
    tally.set(key, (tally.get(key) ?? 0) + 1);
  }
  for (const [key, count] of tally) {
    const [source = '', outcome = ''] = key.split(' ');
    assert.equal(await counted(s, source, outcome), count, key);
  }
  assert.equal(s.mirror.woken(), 0);
  assert.deepEqual(await s.mirror.server.store.counts(), before);
});

test('a signed body that is no event is 400', async (t) => {
  const s = await listening(t, '[events.artifactory]\nupstream = "second"\n');
  for (const body of [
    '',
    'nonsense',
    '[]',
    '{"domain":"artifact","event_type":"deployed","data":{"path":7}}',
  ]) {
    const answer = await send(s.mirror.url, { source: 'artifactory', headers: {}, body: Buffer.from(body) });
    assert.equal(answer.status, 400, body);
  }
  assert.equal(await counted(s, 'artifactory', 'refused-400'), 4);
});

test('a source that is not configured is 404, and counted', async (t) => {
  const s = await listening(t, '');
  for (const delivery of Object.values(good)) {
    const answer = await send(s.mirror.url, delivery);
    assert.equal(answer.status, 404);
    assert.match(answer.text, /takes no events from/);
    assert.equal(await counted(s, delivery.source, 'refused-404'), 1);
  }
});

test('accepted and repeated deliveries are counted apart', async (t) => {
  const s = await listening(t);
  for (const delivery of Object.values(good)) {
    for (let i = 0; i < 3; i++) assert.equal((await send(s.mirror.url, delivery)).status, 202);
    assert.equal(await counted(s, delivery.source, 'accepted'), 1);
    assert.equal(await counted(s, delivery.source, 'repeated'), 2);
  }
});

test('a secret that is asked for and not there stops the start', async (t) => {
  const other = await startUpstream();
  t.after(() => other.close());
  await assert.rejects(
    stage(t, { others: { second: other.indexUrl }, config: eventConfig, env: {} }),
    /names the environment variable KELLNR/,
  );
  await assert.rejects(
    stage(t, { config: eventConfig, env: eventEnv }),
    /\[events\.kellnr\] names the upstream "second", and there is none of that name/,
  );
});

test('of events about names that the upstream does not have nothing stays', async (t) => {
  const other = await startUpstream();
  t.after(() => other.close());
  const config = '[events.artifactory]\nupstream = "second"\n';
  const s = await stage(t, { others: { second: other.indexUrl }, config });
  for (let i = 0; i < 200; i++)
    assert.equal((await send(s.mirror.url, artifactory('deployed', `made-up-${i}`, '1.0.0'))).status, 202);
  other.publish(makeCrate({ name: 'real', version: '1.0.0' }));
  await send(s.mirror.url, artifactory('deployed', 'real', '1.0.0'));
  await s.mirror.tick();
  assert.equal(
    other.requests.count(() => true),
    201,
    'each was looked for once',
  );
  const counts = await s.mirror.server.store.counts();
  assert.equal(counts.crates, 1);
  const before = other.requests.count(() => true);
  await s.pass('10m');
  await s.pass('10m');
  assert.equal(
    other.requests.count(() => true),
    before + 2,
    'what is real is polled, nothing else',
  );
  // One that comes to be is found when it is told of again.
  other.publish(makeCrate({ name: 'made-up-1', version: '1.0.0' }));
  await send(s.mirror.url, artifactory('copied', 'made-up-1', '1.0.0'));
  await s.mirror.tick();
  assert.equal((await s.mirror.server.store.counts()).crates, 2);
});
