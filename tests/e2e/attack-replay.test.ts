/**
 * The attack of 2026-08-20 on its real timeline, with harmless stand-ins: at no minute of it is a poisoned release
 * offered or handed out, and both a fresh resolve and a poisoned lockfile get the right answer.
 */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import {
  attackTimeline,
  attackWith,
  publishHistory,
  replayAttack,
  STAND_IN_WARNING,
  undoLure,
} from '../support/attack.ts';
import { type CargoProject, lockedReleases } from '../support/cargo.ts';
import { databases, type Stage, type StageOptions, stage } from '../support/stage.ts';
import { startUpstream } from '../support/upstream.ts';

const poisoned = [
  ['arrayref', '0.3.10'],
  ['append-only-vec', '0.1.9'],
  ['proc-macro1', '1.0.107'],
] as const;
const good = ['0.3.5', '0.3.6', '0.3.7', '0.3.8', '0.3.9'];
const dependencies = { arrayref: '0.3', 'append-only-vec': '0.1' };

async function dayBefore(t: TestContext, options: StageOptions = {}): Promise<Stage> {
  const s = await stage(t, { start: '2026-08-19T12:00:00Z', ...options });
  publishHistory(s.upstream);
  return s;
}

async function meet(s: Stage): Promise<void> {
  for (const name of ['arrayref', 'append-only-vec', 'proc-macro2']) await s.index(name);
}

/** The lockfile of somebody who resolved directly at the upstream at 07:40, when everything poisoned was there. */
async function poisonedLockfile(s: Stage, t: TestContext): Promise<string> {
  const upstream = await startUpstream();
  t.after(() => upstream.close());
  publishHistory(upstream);
  replayAttack(upstream, '2026-08-20T07:40:00Z');
  const victim = s.project({ dependencies, registryUrl: upstream.cargoUrl });
  const built = await victim.run(['build', '-vv']);
  assert.equal(built.code, 0, built.stderr);
  assert.ok(built.stderr.includes(STAND_IN_WARNING), 'without the mirror the build script runs');
  const lockfile = await victim.lockfile();
  assert.ok(lockedReleases(lockfile).includes('arrayref 0.3.10'));
  return lockfile;
}

/** Nothing poisoned in any answer: index, download, search, question. */
async function nothingPoisoned(s: Stage, at: string): Promise<void> {
  for (const [name, version] of poisoned) {
    const index = await s.index(name);
    if (index.status !== 404)
      assert.ok(!(await s.offered(name)).includes(version), `${at}: ${name} in the index`);
    const download = await s.download(name, version);
    assert.ok([403, 404].includes(download.status), `${at}: ${name} ${version} gives ${download.status}`);
    const search = await s.mirror.call(`/api/v1/crates?q=${name}`);
    assert.ok(!(await search.text()).includes(`"${version}"`), `${at}: ${name} is found`);
    const question = await s.mirror.call(`/api/v1/releases/${name}/${version}`);
    if (question.status === 200) assert.doesNotMatch(await question.text(), /"state":"promoted"/, at);
  }
}

/** Every minute from 07:00 to 10:00, with `each` after every event. */
async function minuteByMinute(s: Stage, each: (at: string) => Promise<void>, from = '2026-08-20T07:00:00Z') {
  const events = [...attackTimeline];
  const end = Date.parse('2026-08-20T10:00:00Z');
  for (let minute = Date.parse(from); minute <= end; minute += 60_000) {
    s.clock.set(minute);
    let happened = false;
    while (events[0] !== undefined && Date.parse(events[0].at) <= minute) {
      events.shift()?.apply(s.upstream);
      happened = true;
    }
    await s.mirror.tick();
    if (happened || minute % 600_000 === 0) await each(s.clock.iso());
  }
}

async function buildsGood(app: CargoProject, arrayref: string): Promise<void> {
  const built = await app.run(['build', '-vv']);
  assert.equal(built.code, 0, built.stderr);
  assert.ok(!built.stderr.includes(STAND_IN_WARNING));
  const locked = lockedReleases(await app.lockfile());
  assert.deepEqual(locked, ['app 0.1.0', 'append-only-vec 0.1.8', `arrayref ${arrayref}`]);
}

for (const { name: database, skip } of databases) {
  describe(`the attack, on ${database}`, { skip }, () => {
    test('minute by minute nothing poisoned gets out, and what was good stays downloadable', async (t) => {
      const s = await dayBefore(t, { database });
      await meet(s);
      const lockfile = await poisonedLockfile(s, t);
      await minuteByMinute(s, async (at) => {
        await nothingPoisoned(s, at);
        for (const version of good) assert.equal((await s.download('arrayref', version)).status, 200, at);
      });
      for (const [name, version] of poisoned.slice(0, 2)) {
        assert.equal((await s.release(name, version)).state, 'withdrawn');
      }
      const victim = s.project({ dependencies, lockfile });
      const refused = await victim.run(['build', '-vv', '--locked']);
      assert.equal(refused.code, 101);
      assert.ok(!refused.stderr.includes(STAND_IN_WARNING));
      // The owner's releases come back the same day, and all is as before.
      undoLure(s.upstream);
      await s.pass('10m');
      await buildsGood(s.project({ dependencies }), '0.3.9');
    });
  });
}

test('in the middle of it, a fresh resolve builds the good releases', async (t) => {
  const s = await dayBefore(t);
  await meet(s);
  s.clock.set('2026-08-20T07:15:30Z');
  replayAttack(s.upstream, s.clock.iso());
  await s.mirror.tick();
  await buildsGood(s.project({ dependencies }), '0.3.9');
});

test('in the middle of it, a good lockfile builds although everything it pins was yanked', async (t) => {
  const s = await dayBefore(t);
  await meet(s);
  const app = s.project({ dependencies });
  assert.equal((await app.run(['generate-lockfile'])).code, 0);
  s.clock.set('2026-08-20T07:40:00Z');
  replayAttack(s.upstream, s.clock.iso());
  await s.mirror.tick();
  assert.deepEqual(await s.offered('arrayref'), []);
  const built = await app.run(['build', '-vv', '--locked']);
  assert.equal(built.code, 0, built.stderr);
  await buildsGood(app, '0.3.9');
  // Not even somebody who updates in this very hour, or begins, gets anything of it.
  await app.run(['update']);
  await buildsGood(app, '0.3.9');
  const beginner = s.project({ dependencies });
  const resolved = await beginner.run(['generate-lockfile']);
  assert.equal(resolved.code, 101);
  assert.doesNotMatch(resolved.stderr, /cargo update/);
});

test('in the middle of it, a poisoned lockfile stops with our text, and what it advises builds', async (t) => {
  const s = await dayBefore(t);
  await meet(s);
  const lockfile = await poisonedLockfile(s, t);
  s.clock.set('2026-08-20T07:40:00Z');
  replayAttack(s.upstream, s.clock.iso());
  await s.mirror.tick();
  assert.equal((await s.download('proc-macro1', '1.0.107')).status, 403);
  const app = s.project({ dependencies, lockfile });
  const stopped = await app.run(['build', '-vv', '--locked']);
  assert.equal(stopped.code, 101);
  // Downloads run side by side; cargo prints the refusal that comes first.
  assert.match(
    stopped.stderr,
    /^ {2}(arrayref 0\.3\.10|append-only-vec 0\.1\.9) is held by Safeguard\.|^ {2}proc-macro1 1\.0\.107 waits for a review in Safeguard\./m,
  );
  assert.ok(!stopped.stderr.includes(STAND_IN_WARNING));
  for (const name of ['arrayref', 'append-only-vec']) {
    const version = name === 'arrayref' ? '0.3.10' : '0.1.9';
    const { text } = await s.download(name, version);
    const command = /^ {2}cargo (update .*)$/m.exec(text)?.[1] ?? '';
    const updated = await app.run(command.split(' '));
    assert.equal(updated.code, 0, `${text}\n${updated.stderr}`);
  }
  await buildsGood(app, '0.3.9');
});

for (const kind of ['build', 'normal'] as const) {
  test(`a mirror that meets the crates during the attack (a ${kind} dependency) holds on its own`, async (t) => {
    for (const met of ['2026-08-20T07:15:00Z', '2026-08-20T07:18:30Z', '2026-08-20T07:38:00Z']) {
      const s = await dayBefore(t, { start: met });
      replayAttack(s.upstream, met, attackWith(kind));
      await meet(s);
      await nothingPoisoned(s, met);
      for (const event of attackWith(kind).filter(({ at }) => Date.parse(at) > Date.parse(met))) {
        s.clock.set(event.at);
        event.apply(s.upstream);
        await s.pass('10m');
        await nothingPoisoned(s, event.at);
      }
    }
  });
}
