/** What people meet in cargo's output when a release is not handed out, and that doing what it says works. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type CargoProject, lockedReleases } from '../support/cargo.ts';
import { type Stage, stage } from '../support/stage.ts';

/** `word` 1.0.0 and 1.1.0 are old; 1.2.0 appeared ten minutes ago. */
async function heldWord(t: TestContext): Promise<Stage> {
  const s = await stage(t);
  s.publish('word', '1.0.0');
  s.publish('word', '1.1.0');
  await s.index('word');
  s.publish('word', '1.2.0', { pubtime: '2026-08-01T00:05:00Z' });
  await s.pass('10m');
  return s;
}

/** A project whose lockfile, made at the upstream itself, pins what the mirror does not hand out. */
async function pinned(s: Stage, dependencies: Record<string, string> = { word: '1' }): Promise<CargoProject> {
  const direct = s.project({ dependencies, registryUrl: s.upstream.cargoUrl });
  assert.equal((await direct.run(['generate-lockfile'])).code, 0);
  return s.project({ dependencies, lockfile: await direct.lockfile() });
}

/** What cargo prints of our own, without the address of the test. */
function printed(s: Stage, stderr: string): string {
  const [, body = ''] = stderr.split('\n  body:\n');
  return body.trimEnd().replace(/^ {2}/gm, '').replaceAll(s.mirror.url, 'ADDRESS');
}

test('a fresh resolve quietly takes the next older release', async (t) => {
  const s = await heldWord(t);
  const app = s.project({ dependencies: { word: '1' } });
  const built = await app.run(['build']);
  assert.equal(built.code, 0, built.stderr);
  assert.deepEqual(lockedReleases(await app.lockfile()), ['app 0.1.0', 'word 1.1.0']);
  assert.doesNotMatch(built.stderr, /held|yanked|warning/i);
});

test('a lockfile that pins a held release stops with our text, and the printed command gets the build going', async (t) => {
  const s = await heldWord(t);
  const app = await pinned(s);
  const before = await app.lockfile();
  const stopped = await app.run(['build', '--locked']);
  assert.equal(stopped.code, 101);
  assert.equal(
    printed(s, stopped.stderr),
    `word 1.2.0 is held by Safeguard.
Rule age: A new release waits 3 days from its first sight here.
Ends: 2026-08-04 00:10 UTC, in 3 days, unless something is found before then.
Newest release that is allowed: 1.1.0
  cargo update word@1.2.0 --precise 1.1.0
More: ADDRESS/releases/word/1.2.0`,
  );
  assert.equal(await app.lockfile(), before);

  const command = /^ {2}cargo (update .*)$/m.exec(printed(s, stopped.stderr))?.[1] ?? '';
  const updated = await app.run(command.split(' '));
  assert.equal(updated.code, 0, updated.stderr);
  const built = await app.run(['build', '--locked']);
  assert.equal(built.code, 0, built.stderr);
  assert.deepEqual(lockedReleases(await app.lockfile()), ['app 0.1.0', 'word 1.1.0']);
});

test('when the hold has ended, the same lockfile builds', async (t) => {
  const s = await heldWord(t);
  const app = await pinned(s);
  assert.equal((await app.run(['fetch', '--locked'])).code, 101);
  await s.pass('3d');
  const fetched = await app.run(['fetch', '--locked']);
  assert.equal(fetched.code, 0, fetched.stderr);
});

test('a blocked release says who, when and why, and a newer one is what to use instead', async (t) => {
  const s = await stage(t);
  for (const version of ['1.0.0', '1.1.0', '1.2.0', '2.0.0']) s.publish('word', version);
  const app = await pinned(s, { word: '=1.1.0' });
  await s.act('block', { crate: 'word', version: '1.1.0', reason: 'it eats the cat' });
  const stopped = await app.run(['fetch', '--locked']);
  assert.equal(
    printed(s, stopped.stderr),
    `word 1.1.0 is blocked by Safeguard.
Rule blocklist: admin blocked it on 2026-08-01: it eats the cat
Newest release that is allowed: 1.2.0
  cargo update word@1.1.0 --precise 1.2.0
More: ADDRESS/releases/word/1.1.0`,
  );
});

test('where nothing else is allowed it says so, and names no command', async (t) => {
  const s = await stage(t, { start: '2026-08-10T00:00:00Z' });
  s.publish('fresh', '0.1.0', { pubtime: '2026-08-09T23:00:00Z' });
  const app = await pinned(s, { fresh: '0.1' });
  const stopped = await app.run(['fetch', '--locked']);
  assert.equal(
    printed(s, stopped.stderr),
    `fresh 0.1.0 is held by Safeguard.
Rule age: A release of a new crate waits 7 days from its publication.
Ends: 2026-08-16 23:00 UTC, in 6 days 23 hours, unless something is found before then.
No other release of it is allowed.
More: ADDRESS/releases/fresh/0.1.0`,
  );
});

test('a withdrawn release says so; a lockfile that pins it has a way on', async (t) => {
  const s = await stage(t);
  s.publish('word', '1.0.0');
  s.publish('word', '1.1.0');
  await s.index('word');
  const app = await pinned(s);
  s.upstream.deleteRelease('word', '1.1.0');
  await s.pass('10m');
  const stopped = await app.run(['fetch', '--locked']);
  assert.equal(
    printed(s, stopped.stderr),
    `word 1.1.0 was withdrawn from its registry.
Reason: its registry deleted it, which is also how it answers malice.
Newest release that is allowed: 1.0.0
  cargo update word@1.1.0 --precise 1.0.0
More: ADDRESS/releases/word/1.1.0`,
  );
  assert.equal((await app.run(['update', 'word@1.1.0', '--precise', '1.0.0'])).code, 0);
  assert.equal((await app.run(['build', '--locked'])).code, 0);
});

test('the advice stays within what the requirement takes, where it can', async (t) => {
  const s = await stage(t);
  for (const version of ['0.9.0', '1.0.0', '1.1.0-rc.1', '2.0.0']) s.publish('word', version);
  await s.index('word');
  s.publish('word', '1.1.0', { pubtime: null });
  await s.pass('10m');
  assert.match(
    (await s.download('word', '1.1.0')).text,
    /^ {2}cargo update word@1\.1\.0 --precise 1\.0\.0$/m,
  );
  await s.act('block', { crate: 'word', version: '1.0.0' });
  assert.match((await s.download('word', '1.1.0')).text, /Newest release that is allowed: 2\.0\.0/);
});

test('whoever asks for JSON gets the same text and the fields', async (t) => {
  const s = await heldWord(t);
  const plain = await s.download('word', '1.2.0');
  assert.equal(plain.status, 403);
  assert.match(plain.headers['content-type'] ?? '', /^text\/plain/);
  const asked = await s.download('word', '1.2.0', { accept: 'application/json' });
  assert.equal(asked.status, 403);
  const { errors } = asked.json<{ errors: Record<string, unknown>[] }>();
  assert.equal(errors.length, 1);
  const { detail, code, until, instead, release } = errors[0] ?? {};
  assert.equal(detail, plain.text);
  assert.equal(code, 'release/held');
  assert.equal(until, '2026-08-04T00:10:00.000Z');
  assert.deepEqual(instead, { version: '1.1.0', command: 'cargo update word@1.2.0 --precise 1.1.0' });
  assert.deepEqual(release, (await s.report('word', '1.2.0')).release);
  // The page that the text points to.
  const more = /^More: (.*)$/m.exec(plain.text)?.[1] ?? '';
  assert.equal(more, `${s.mirror.url}/releases/word/1.2.0`);
});

test('promotion never un-yanks what the upstream has yanked; a lockfile still gets it', async (t) => {
  const s = await heldWord(t);
  s.upstream.yank('word', '1.2.0');
  await s.pass('10m');
  await s.pass('3d');
  const { state, yanked } = await s.release('word', '1.2.0');
  assert.deepEqual([state, yanked], ['promoted', true]);
  assert.deepEqual(await s.offered('word'), ['1.0.0', '1.1.0']);
  assert.equal((await s.download('word', '1.2.0')).status, 200);
  s.upstream.unyank('word', '1.2.0');
  await s.pass('10m');
  assert.deepEqual(await s.offered('word'), ['1.0.0', '1.1.0', '1.2.0']);
});
