/** `safeguard check` says what `cargo build --locked` would: that a lockfile does not fit the manifests. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judged, old, run } from '../support/check.ts';
import { makeCrate } from '../support/crate.ts';
import { lockedApp, lockedCrate, lockfileText } from '../support/lockfile.ts';
import { repository } from '../support/repository.ts';
import { type Stage, stage } from '../support/stage.ts';

const word = makeCrate({ name: 'word', version: '1.0.0' });
const other = makeCrate({ name: 'other', version: '2.0.0' });
const lock = lockfileText(lockedApp('word'), lockedCrate(word));

function app(dependencies: string): Record<string, string> {
  return {
    'Cargo.toml': `[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n${dependencies}\n`,
    'src/main.rs': 'fn main() {}\n',
  };
}

async function scene(t: Parameters<typeof stage>[0]) {
  const s = await stage(t);
  for (const crate of [word, other]) s.upstream.publish(crate, old);
  return { s, repo: repository(t) };
}

/** Each finding on the project, and where it is. */
async function said(s: Stage, dir: string, ...args: readonly string[]) {
  const verdict = await judged(s, dir, ...args);
  const of = (list: typeof verdict.debt) =>
    list
      .filter(({ rule }) => rule === 'locked')
      .map(({ effect, message, evidence: { file, line } }) => `${effect} ${file}:${line} ${message}`);
  return {
    verdict: verdict.verdict,
    fresh: of(verdict.changes.flatMap(({ findings }) => findings)),
    debt: of(verdict.debt),
  };
}

const missing =
  'deny Cargo.lock:6 The lockfile does not fit the manifests: the lockfile has no package for `other = "2"`, which `app 0.1.0` needs.';

describe('safeguard check, on a lockfile that does not fit the manifests', () => {
  it('denies the change that brings it, with the line and what mends it', async (t) => {
    const { s, repo } = await scene(t);
    repo.commit({ ...app('word = "1"'), 'Cargo.lock': lock });
    assert.deepEqual(await said(s, repo.dir, '--base', 'HEAD'), { verdict: 'allow', fresh: [], debt: [] });
    repo.write(app('word = "1"\nother = "2"'));
    assert.deepEqual(await said(s, repo.dir, '--base', 'HEAD'), {
      verdict: 'deny',
      fresh: [missing],
      debt: [],
    });
    const ran = await run(s, repo.dir, '--base', 'HEAD', '--explain', 'locked');
    assert.match(ran.stdout, /cargo update --workspace/);
    const sarif = await run(s, repo.dir, '--base', 'HEAD', '--format', 'sarif');
    assert.match(sarif.stdout, /"ruleId": "locked"/);
  });

  it('keeps what was so before apart', async (t) => {
    const { s, repo } = await scene(t);
    repo.commit({ ...app('word = "1"\nother = "2"'), 'Cargo.lock': lock });
    repo.write({ 'README.md': 'more' });
    assert.deepEqual(await said(s, repo.dir, '--base', 'HEAD'), {
      verdict: 'allow',
      fresh: [],
      debt: [missing],
    });
  });

  it('denies the whole lockfile where nothing is compared', async (t) => {
    const { s, repo } = await scene(t);
    repo.write({ ...app('word = "1"\nother = "2"'), 'Cargo.lock': lock });
    assert.deepEqual(await said(s, repo.dir), { verdict: 'deny', fresh: [missing], debt: [] });
  });

  it('names a member’s manifest from the folder of the repository, wherever it is run', async (t) => {
    const { s, repo } = await scene(t);
    const member = (text: string) => ({
      'sub/Cargo.toml': '[workspace]\nmembers = ["app"]\nresolver = "2"\n',
      'sub/app/Cargo.toml': text,
      'sub/app/src/main.rs': 'fn main() {}\n',
    });
    repo.commit({ ...member(app('word = "1"')['Cargo.toml'] ?? ''), 'sub/Cargo.lock': lock });
    repo.write(
      member(
        '[package]\nname = "app"\nversion = "0.1.0"\n[dependencies]\nword = { version = "1", optional = "no" }\n',
      ),
    );
    const { fresh } = await said(s, `${repo.dir}/sub/app`, '--base', 'HEAD');
    assert.match(fresh[0] ?? '', /^review sub\/app\/Cargo\.toml:5 What the change switches on is not known/);
  });

  it('is content with a lockfile as real cargo writes it', async (t) => {
    const { s } = await scene(t);
    const project = s.project({ dependencies: { word: '1', other: '2' } });
    assert.equal((await project.run(['generate-lockfile'])).code, 0);
    assert.deepEqual(await said(s, project.dir), { verdict: 'allow', fresh: [], debt: [] });
  });
});
