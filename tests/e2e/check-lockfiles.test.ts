/** `safeguard check` judges every lockfile that cargo may go by. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judged, old } from '../support/check.ts';
import { makeCrate } from '../support/crate.ts';
import { lockedApp, lockedCrate, lockfileText } from '../support/lockfile.ts';
import { repository } from '../support/repository.ts';
import { type Stage, stage } from '../support/stage.ts';

const word = makeCrate({ name: 'word', version: '1.0.0' });
const running = makeCrate({ name: 'word', version: '1.1.0', buildScript: 'fn main() {}' });
const lock = (crate: typeof word) => lockfileText(lockedApp('word'), lockedCrate(crate));
const app = {
  'Cargo.toml': '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nword = "1"\n',
  'src/main.rs': 'fn main() {}\n',
  'Cargo.lock': lock(word),
};

async function scene(t: Parameters<typeof stage>[0]) {
  const s = await stage(t);
  for (const crate of [word, running]) s.upstream.publish(crate, old);
  return { s, repo: repository(t) };
}

/** Rules whose findings say which lockfile was read; what others say of the release is theirs. */
const told = new Set(['build-settings', 'new-build-executing-crate']);

async function said(s: Stage, dir: string, ...args: readonly string[]) {
  const { verdict, changes } = await judged(s, dir, ...args);
  return {
    verdict,
    changes: changes.map(({ kind, crate, span, findings }) =>
      [kind, crate, span?.file, ...findings.map(({ rule }) => rule).filter((rule) => told.has(rule))].join(
        ' ',
      ),
    ),
  };
}

describe('safeguard check, on several lockfiles', () => {
  it('judges the one that configuration points at, compared with the one before', async (t) => {
    const { s, repo } = await scene(t);
    repo.commit(app);
    repo.write({
      'ci/Cargo.lock': lock(running),
      '.cargo/config.toml': '[resolver]\nlockfile-path = "ci/Cargo.lock"\n',
    });
    assert.deepEqual(await said(s, repo.dir, '--base', 'HEAD'), {
      verdict: 'review',
      changes: [
        'config .cargo/config.toml .cargo/config.toml build-settings',
        'upgraded word ci/Cargo.lock new-build-executing-crate',
      ],
    });
  });

  it('judges each that a change alters, and names it', async (t) => {
    const { s, repo } = await scene(t);
    const inner = Object.fromEntries(Object.entries(app).map(([path, text]) => [`fuzz/${path}`, text]));
    const excluded = { 'Cargo.toml': `${app['Cargo.toml']}[workspace]\nexclude = ["fuzz"]\n` };
    repo.commit({ ...app, ...inner, ...excluded, 'fuzz/Cargo.toml': `${app['Cargo.toml']}[workspace]\n` });
    assert.deepEqual(await said(s, repo.dir, '--base', 'HEAD'), { verdict: 'allow', changes: [] });
    repo.write({ 'fuzz/Cargo.lock': lock(running) });
    assert.deepEqual(await said(s, repo.dir, '--base', 'HEAD'), {
      verdict: 'review',
      changes: ['upgraded word fuzz/Cargo.lock new-build-executing-crate'],
    });
    assert.equal((await said(s, repo.dir, '--base', 'HEAD', '--lockfile', 'Cargo.lock')).verdict, 'allow');
  });
});
