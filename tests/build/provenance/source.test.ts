/** What a build says that it was made from: a commit alone where nothing else was there to be read. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { sourceResource, sourceThroughout } from '../../../src/build/provenance/source.ts';
import { type Repository, repository } from '../../support/repository.ts';

const files = {
  'Cargo.toml': '[package]\nname = "a"\n',
  'src/main.rs': 'fn main() {}\n',
  '.gitignore': '/target\n/out\n.cargo\n*.gen\n',
};

function isDirty(repo: Repository, seesIgnored = true) {
  const output = join(repo.dir, 'out');
  return sourceResource(repo.dir, output, { seesIgnored }).then((said) => said?.annotations?.dirty === true);
}

function below(t: TestContext): Repository {
  const inner = repository(t);
  inner.commit({ 'x.txt': 'x\n' });
  return inner;
}

/** What is done to a clean checkout, and whether it is none afterwards. */
const table: readonly (readonly [string, (repo: Repository, t: TestContext) => void, boolean])[] = [
  ['nothing', () => {}, false],
  ['a changed file', (repo) => repo.write({ 'src/main.rs': '' }), true],
  ['a new file', (repo) => repo.write({ 'build.rs': '' }), true],
  [
    'a new file where git is told to show none',
    (repo) => {
      repo.git('config', 'status.showUntrackedFiles', 'no');
      repo.write({ 'build.rs': '' });
    },
    true,
  ],
  ['a file that git ignores', (repo) => repo.write({ '.cargo/config.toml': '' }), true],
  ['another one, deeper', (repo) => repo.write({ 'src/x.gen': '' }), true],
  ['the target folder', (repo) => repo.write({ 'target/CACHEDIR.TAG': '', 'target/x': '' }), false],
  ['a folder called so', (repo) => repo.write({ 'target/x': '' }), true],
  ['what the build writes', (repo) => repo.write({ 'out/.gitignore': '*\n', 'out/x/y': '' }), false],
  [
    'a file that git takes for unchanged',
    (repo) => {
      repo.git('update-index', '--assume-unchanged', 'src/main.rs');
      repo.write({ 'src/main.rs': '' });
    },
    true,
  ],
  [
    'a file that git is to pass over',
    (repo) => {
      repo.git('update-index', '--skip-worktree', 'src/main.rs');
      repo.write({ 'src/main.rs': '' });
    },
    true,
  ],
  [
    'a submodule whose changes git is to ignore',
    (repo, t) => {
      repo.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', below(t).dir, 'sub');
      repo.git('config', '-f', '.gitmodules', 'submodule.sub.ignore', 'all');
      repo.commit({});
      repo.write({ 'sub/x.txt': 'y\n' });
    },
    true,
  ],
];

for (const [name, change, expected] of table)
  test(`the source with ${name} is ${expected ? 'more than' : 'just'} its commit`, async (t) => {
    const repo = repository(t);
    repo.commit(files);
    change(repo, t);
    assert.equal(await isDirty(repo), expected);
  });

test('a verdict is of a commit whatever git ignores', async (t) => {
  const repo = repository(t);
  repo.commit(files);
  repo.write({ '.cargo/config.toml': '' });
  assert.equal(await isDirty(repo, false), false);
});

test('a source that changes meanwhile is none of what it was before', async (t) => {
  const repo = repository(t);
  const first = repo.commit(files);
  const of = () => sourceResource(repo.dir, join(repo.dir, 'out'));
  const before = await of();
  assert.deepEqual(sourceThroughout(before, await of()), before);
  repo.commit({ 'src/main.rs': '' });
  const said = sourceThroughout(before, await of());
  assert.deepEqual([said?.digest?.gitCommit, said?.annotations?.dirty], [first, true]);
  assert.equal(sourceThroughout(undefined, undefined), undefined);
});
