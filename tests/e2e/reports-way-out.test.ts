/** artifact-keeper 3647: releases held for ever with no way out. Here every state names its way out, and it works. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ReleaseReportJson } from '../../src/server/contract.ts';
import { makeCrate } from '../support/crate.ts';
import { get } from '../support/http.ts';
import { startMirror } from '../support/mirror.ts';
import { type Scene, startScene } from '../support/scene.ts';
import { isDownload } from '../support/upstream.ts';

type Way = {
  readonly what: string;
  readonly state: ReleaseReportJson['release']['state'];
  /** Brings release 1.1.0 of `word`, whose hold is over, into the state. */
  readonly into: (scene: Scene) => void | Promise<void>;
  readonly out: (scene: Scene) => void | Promise<void>;
};

const other = makeCrate({ name: 'word', version: '1.1.0', lib: '// other bytes\n' });

const ways: readonly Way[] = [
  {
    what: 'a block is lifted',
    state: 'blocked',
    into: (scene) => act(scene, 'block'),
    out: (scene) => act(scene, 'unblock'),
  },
  {
    what: 'a deleted release comes back',
    state: 'withdrawn',
    into: (scene) => scene.upstream.deleteRelease('word', '1.1.0'),
    out: (scene) => scene.upstream.publish(makeCrate({ name: 'word', version: '1.1.0' })),
  },
  {
    what: 'an altered checksum is put right',
    state: 'blocked',
    into: (scene) => scene.upstream.alterChecksum('word', '1.1.0', other.checksum),
    out: (scene) =>
      scene.upstream.alterChecksum('word', '1.1.0', makeCrate({ name: 'word', version: '1.1.0' }).checksum),
  },
];

for (const { what, state, into, out } of ways) {
  test(`${state}: the way out is that ${what}`, async (t) => {
    const scene = await withMatureRelease(t);
    await into(scene);
    await look(scene);
    await assertStuck(scene, state);
    scene.clock.advance('60d');
    await scene.mirror.tick();
    await assertStuck(scene, state);
    await out(scene);
    await look(scene);
    // A release that comes back may wait once more, and no longer.
    scene.clock.advance('3d');
    await scene.mirror.tick();
    await assertOut(scene);
  });
}

test('held: the way out is the end of the hold, whose time is told', async (t) => {
  const scene = await startScene(t);
  scene.publish({ name: 'word', version: '1.0.0' });
  await scene.index('word');
  scene.publish({ name: 'word', version: '1.1.0' }, { pubtime: scene.clock.iso() });
  await look(scene);
  const { release } = await assertStuck(scene, 'held');
  scene.clock.set(release.until ?? assert.fail('a hold has an end'));
  await scene.mirror.tick();
  await assertOut(scene);
});

test('held without its bytes: the way out is that they can be had, which is tried again and again', async (t) => {
  const scene = await startScene(t);
  scene.publish({ name: 'word', version: '1.0.0' });
  await scene.index('word');
  scene.publish({ name: 'word', version: '1.1.0' }, { pubtime: scene.clock.iso() });
  const fault = scene.upstream.failWith(500, isDownload('word', '1.1.0'));
  for (let days = 0; days < 30; days++) {
    scene.clock.advance('1d');
    await scene.mirror.tick();
  }
  await assertStuck(scene, 'held');
  fault.stop();
  await look(scene);
  await assertOut(scene);
});

test('blocked for wrong bytes: the way out is that the right ones come', async (t) => {
  const scene = await startScene(t);
  scene.publish({ name: 'word', version: '1.0.0' });
  await scene.index('word');
  const crate = scene.publish({ name: 'word', version: '1.1.0' }, { pubtime: scene.clock.iso() });
  scene.upstream.lieAboutBytes('word', '1.1.0', other.bytes);
  await look(scene);
  scene.clock.advance('30d');
  await scene.mirror.tick();
  await assertStuck(scene, 'blocked');
  scene.upstream.lieAboutBytes('word', '1.1.0', crate.bytes);
  await look(scene);
  await look(scene);
  await assertOut(scene);
});

test('blocked by the policy: the way out is another policy, which judges anew', async (t) => {
  const policy = '[[blocklist.crates]]\nname = "word"\nversion = "1.1.0"\nreason = "a test"\n';
  const scene = await withMatureRelease(t, policy);
  await assertStuck(scene, 'blocked');
  await scene.mirror.close();
  const { data } = scene.mirror;
  const mirror = await startMirror({ upstream: scene.upstream.indexUrl, clock: scene.clock, data }, t);
  await mirror.tick();
  assert.equal((await get(`${mirror.url}/crates/word/1.1.0/download`)).status, 200);
});

test('under review: the way out is a new judgement', async (t) => {
  const scene = await withMatureRelease(t);
  const { store, mirror } = scene.mirror.server;
  await store.write(async (tx) => {
    const record = (await tx.releases('upstream', 'word')).find(({ version }) => version === '1.1.0');
    assert.ok(record);
    const finding = { rule: 'some-rule', subject: 'word@1.1.0', message: 'A person decides.', evidence: {} };
    const verdict = {
      decision: 'review' as const,
      findings: [{ ...finding, effect: 'review' as const, next: 'Ask.' }],
    };
    // As another policy, with a rule that this one has not, left it.
    await tx.putReleases([{ ...record, state: 'review', verdict, policy: '0'.repeat(64) }]);
  });
  mirror.context.cache.forget('upstream', 'word');
  await scene.mirror.tick();
  await assertOut(scene);
});

/** A crate whose release 1.1.0 came after it was known, and whose hold is over. */
async function withMatureRelease(t: TestContext, policy = ''): Promise<Scene> {
  const scene = await startScene(t, { mirror: { policy } });
  scene.publish({ name: 'word', version: '1.0.0' });
  scene.publish({ name: 'other', version: '1.0.0' });
  await scene.index('word');
  await scene.index('other');
  scene.publish({ name: 'word', version: '1.1.0' }, { pubtime: scene.clock.iso() });
  await look(scene);
  scene.clock.advance('3d');
  await scene.mirror.tick();
  return scene;
}

/** Time for the next look at the upstream, and what follows from it. */
async function look(scene: Scene): Promise<void> {
  scene.clock.advance('10m');
  await scene.mirror.tick();
}

async function assertStuck(scene: Scene, state: string): Promise<ReleaseReportJson> {
  const report = (await get(`${scene.mirror.url}/api/v1/releases/word/1.1.0`)).json<ReleaseReportJson>();
  assert.equal(report.release.state, state);
  const refused = await scene.download('word', '1.1.0');
  assert.equal(refused.status, 403);
  if (state !== 'withdrawn') {
    const counting = report.release.verdict.findings.filter(({ effect }) => effect !== 'warn');
    assert.ok(
      counting.length > 0 && counting.every(({ next }) => next.length > 10),
      'each finding says what to do',
    );
    assert.match(refused.text, /^Rule \S+: /m);
  }
  assert.match(refused.text, /^More: http/m);
  return report;
}

async function assertOut(scene: Scene): Promise<void> {
  assert.equal((await scene.download('word', '1.1.0')).status, 200);
  const report = (await get(`${scene.mirror.url}/api/v1/releases/word/1.1.0`)).json<ReleaseReportJson>();
  assert.equal(report.release.state, 'promoted');
}

async function act(scene: Scene, name: 'block' | 'unblock'): Promise<void> {
  const body = { crate: 'word', version: '1.1.0', reason: 'a test' };
  const token = scene.mirror.token();
  const answer = await scene.mirror.call(`/api/v1/quarantine/${name}`, { method: 'POST', body, token });
  assert.equal(answer.status, 200);
}
