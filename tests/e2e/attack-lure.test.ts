/** The yank lure: good releases are yanked so that resolvers move to the poisoned one. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { publishHistory, replayAttack } from '../support/attack.ts';
import { type Stage, stage } from '../support/stage.ts';

async function lured(t: TestContext, met = '2026-08-19T12:00:00Z'): Promise<Stage> {
  const s = await stage(t, { start: met });
  publishHistory(s.upstream);
  replayAttack(s.upstream, met);
  await s.index('arrayref');
  s.clock.set('2026-08-20T07:30:00Z');
  return s;
}

async function yanks(s: Stage, versions: readonly string[]): Promise<void> {
  for (const version of versions) s.upstream.yank('arrayref', version);
  await s.pass('10m');
}

test('a burst of yanks is a finding on the newer release, and holds it longer than its age does', async (t) => {
  const s = await lured(t);
  s.publish('arrayref', '0.3.10', { pubtime: s.clock.iso() });
  await s.mirror.tick();
  const { until } = await s.release('arrayref', '0.3.10');
  assert.equal(until, '2026-08-23T07:30:00.000Z');
  s.clock.advance('5h');
  await yanks(s, ['0.3.5', '0.3.6', '0.3.7', '0.3.8', '0.3.9']);
  const held = await s.release('arrayref', '0.3.10');
  assert.deepEqual([held.state, held.until], ['held', '2026-08-23T12:40:00.000Z']);
  const finding = held.verdict.findings.find(({ rule }) => rule === 'yank-burst');
  assert.equal(finding?.effect, 'hold');
  assert.match(finding?.message ?? '', /^5 older releases were yanked around its publication/);
  assert.match(finding?.next ?? '', /a yank alone is no reason to move/);
  // When it ends, it stays as a warning.
  s.clock.set('2026-08-23T12:40:00Z');
  await s.mirror.tick();
  const after = await s.release('arrayref', '0.3.10');
  assert.equal(after.state, 'promoted');
  assert.equal(after.verdict.findings.find(({ rule }) => rule === 'yank-burst')?.effect, 'warn');
});

test('yanks before the publication are the same lure', async (t) => {
  const s = await lured(t);
  await yanks(s, ['0.3.7', '0.3.8', '0.3.9']);
  s.publish('arrayref', '0.3.10', { pubtime: s.clock.iso() });
  await s.pass('10m');
  const { verdict } = await s.release('arrayref', '0.3.10');
  assert.ok(verdict.findings.some(({ rule }) => rule === 'yank-burst'));
});

test('nothing that is printed advises to update because of a yank', async (t) => {
  const s = await lured(t);
  await yanks(s, ['0.3.5', '0.3.6', '0.3.7', '0.3.8', '0.3.9']);
  s.publish('arrayref', '0.3.10', { pubtime: s.clock.iso() });
  await s.pass('10m');
  // A yanked release is handed out, so there is no text at all; and the question is answered without an advice.
  assert.equal((await s.download('arrayref', '0.3.9')).status, 200);
  const { instead, release } = await s.report('arrayref', '0.3.9');
  assert.deepEqual([instead, release.state, release.yanked], [undefined, 'promoted', true]);
  // The text for the held one points back to what was good, and says that the yank does not keep it from being served.
  const { text } = await s.download('arrayref', '0.3.10');
  assert.match(
    text,
    /^Newest release that is allowed: 0\.3\.9 \(yanked by its registry, still served here\)$/m,
  );
  assert.match(text, /^ {2}cargo update arrayref@0\.3\.10 --precise 0\.3\.9$/m);
  const everything = [text, ...s.mirror.log].join('\n');
  assert.doesNotMatch(everything, /--precise 0\.3\.10/);
});

test('the one who yanks a broken series and goes on loses days, not releases', async (t) => {
  const s = await lured(t);
  s.publish('arrayref', '0.3.10', { pubtime: s.clock.iso() });
  await s.mirror.tick();
  await s.pass('4d');
  assert.equal((await s.release('arrayref', '0.3.10')).state, 'promoted');
  // Long after: what was promoted is no lure, and stays.
  await s.pass('90d');
  s.publish('arrayref', '0.4.0', { pubtime: s.clock.iso() });
  await s.pass('10m');
  await yanks(s, ['0.3.5', '0.3.6', '0.3.7']);
  assert.equal((await s.release('arrayref', '0.3.10')).state, 'promoted');
  assert.deepEqual(await s.offered('arrayref'), ['0.3.8', '0.3.9', '0.3.10']);
  assert.ok(
    (await s.release('arrayref', '0.4.0')).verdict.findings.some(({ rule }) => rule === 'yank-burst'),
  );
});

test('yanks of newer releases are no lure towards an older one', async (t) => {
  const s = await stage(t);
  for (const version of ['1.0.0', '2.0.0', '2.0.1', '2.0.2']) s.publish('word', version);
  await s.index('word');
  s.publish('word', '1.0.1', { pubtime: null });
  for (const version of ['2.0.0', '2.0.1', '2.0.2']) s.upstream.yank('word', version);
  await s.pass('10m');
  const { verdict } = await s.release('word', '1.0.1');
  assert.equal(verdict.findings[0]?.rule, 'age');
  assert.ok(verdict.findings.every(({ rule }) => rule !== 'yank-burst'));
});

test('a mirror that met the crate after the publication sees the burst too', async (t) => {
  const s = await lured(t, '2026-08-20T07:15:30Z');
  await yanks(s, ['0.3.5', '0.3.6', '0.3.7', '0.3.8', '0.3.9']);
  const { state, until, verdict } = await s.release('arrayref', '0.3.10');
  assert.deepEqual([state, until], ['held', '2026-08-23T07:40:00.000Z']);
  assert.ok(verdict.findings.some(({ rule }) => rule === 'yank-burst'));
});
