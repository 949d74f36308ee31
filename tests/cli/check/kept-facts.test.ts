/** The facts that a check keeps for the next one: the same verdict as without them, whatever has changed meanwhile. */
import assert from 'node:assert/strict';
import { cpSync, globSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { judgeProject } from '../../../src/cli/check/judge.ts';
import { makeCrate } from '../../support/crate.ts';
import { lockedApp, lockedCrate, lockfileText } from '../../support/lockfile.ts';
import { repository } from '../../support/repository.ts';
import { tempDir } from '../../support/temp.ts';
import { isDownload, startUpstream } from '../../support/upstream.ts';

const day = 86_400_000;
const old = { pubtime: '2020-01-01T00:00:00Z' };
const parts = makeCrate({ name: 'parts', version: '1.0.0', buildScript: 'fn main() {}' });
const more = makeCrate({ name: 'more', version: '1.0.0' });
const next = makeCrate({ name: 'more', version: '1.1.0' });
const manifest =
  '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nmore = "1"\nparts = "1"\n';
const locked = (other: typeof more) =>
  lockfileText(lockedApp('more', 'parts'), lockedCrate(other), lockedCrate(parts));

function advisory(crate: string): string {
  return `\`\`\`toml\n[advisory]\nid = "RUSTSEC-2026-9001"\npackage = "${crate}"\ndate = "2026-08-01"\n\n[versions]\npatched = []\n\`\`\`\n\n# It lets others in\n\nIn short.\n`;
}

/** A project, a registry and an advisory database, each as it was some time ago. */
async function scene(t: TestContext) {
  const upstream = await startUpstream();
  t.after(() => upstream.close());
  const began = Date.now();
  // What was written a moment ago is not believed to stay: here it was a minute ago.
  t.mock.timers.enable({ apis: ['Date'], now: began + 60_000 });
  upstream.publish(parts, old);
  upstream.publish(more, { pubtime: new Date(began - day).toISOString().replace(/\.\d+Z$/, 'Z') });
  const repo = repository(t);
  repo.commit({ 'Cargo.toml': manifest, 'src/main.rs': 'fn main() {}\n', 'Cargo.lock': locked(more) });
  const database = repository(t);
  database.commit({ 'crates/other/RUSTSEC-2026-9000.md': advisory('other') });
  const caches = tempDir(t);
  const before = { ...process.env };
  t.after(() => {
    process.env = before;
  });
  process.env = { ...before, XDG_CACHE_HOME: join(caches, 'own'), CARGO_HOME: join(caches, 'cargo') };
  const own = join(caches, 'own/safeguard');
  let shift = 60_000;
  const options = {
    upstream: upstream.indexUrl,
    advisoryDb: [database.dir],
    offline: false,
    manifestPath: join(repo.dir, 'Cargo.toml'),
  };
  const ask = async (given = {}) => JSON.stringify((await judgeProject({ ...options, ...given })).verdict);
  // Whoever opens a cache leaves a file there as long as it is open.
  const opened = () => globSync(join(own, 'mirror/*')).map((path) => statSync(path).mtimeMs);
  const scene = {
    upstream,
    repo,
    database,
    ask,
    /** Milliseconds go by. */
    later: (milliseconds: number) => {
      shift += milliseconds;
      t.mock.timers.setTime(began + shift);
    },
    /** What the same cache says where no facts were kept. */
    anew: async (given = {}) => {
      const other = join(caches, 'other');
      rmSync(other, { recursive: true, force: true });
      cpSync(join(caches, 'own'), other, { recursive: true });
      rmSync(join(other, 'safeguard/facts'), { recursive: true, force: true });
      process.env.XDG_CACHE_HOME = other;
      const answer = await ask(given);
      process.env.XDG_CACHE_HOME = join(caches, 'own');
      return answer;
    },
    /** Asks, and says whether a cache was opened for it. */
    asked: async (given = {}) => {
      const was = opened();
      const answer = await ask(given);
      return { answer, isOpened: JSON.stringify(opened()) !== JSON.stringify(was) };
    },
    kept: () => join(own, 'facts'),
  };
  return scene;
}

type Scene = Awaited<ReturnType<typeof scene>>;

/** A scene whose facts are kept: by the third run, since the first two write what they read into the cache. */
async function filled(t: TestContext, given = {}) {
  const made = await scene(t);
  for (let i = 0; i < 2; i++) await made.ask();
  const third = await made.asked(given);
  assert.equal(third.isOpened, true);
  assert.deepEqual(await made.asked(given), { answer: third.answer, isOpened: false });
  return made;
}

const changes: readonly (readonly [
  what: string,
  isOpened: boolean,
  change: (scene: Scene) => unknown,
  given?: object,
])[] = [
  ['nothing', false, () => {}],
  ['the time, within which the index stays', false, ({ later }) => later(5 * 60_000)],
  [
    'the index, once it is due',
    true,
    ({ upstream, later }) => {
      upstream.yank('more', '1.0.0');
      later(11 * 60_000);
    },
  ],
  [
    'an advisory',
    true,
    ({ database, later }) => {
      database.commit({ 'crates/more/RUSTSEC-2026-9001.md': advisory('more') });
      later(10_000);
    },
  ],
  [
    'the text of an advisory',
    true,
    ({ database, later }) => {
      database.commit({ 'crates/other/RUSTSEC-2026-9000.md': advisory('parts') });
      later(10_000);
    },
  ],
  ['the commit of the advisories alone', false, ({ database }) => database.commit({})],
  [
    'a file in their folder that is no advisory',
    true,
    ({ database }) => database.write({ 'crates/README.md': '' }),
  ],
  [
    'a locked release',
    true,
    ({ upstream, repo }) => {
      upstream.publish(next, old);
      repo.write({ 'Cargo.lock': locked(next) });
    },
  ],
  [
    'the policy of the project',
    false,
    ({ repo }) => repo.write({ 'safeguard.toml': '[cooldown]\nrelease = "2d"\n' }),
  ],
  [
    'a feature of the manifest',
    false,
    ({ repo }) => repo.write({ 'Cargo.toml': `${manifest}[features]\ndefault = []\n` }),
  ],
  ['the list of approvals', false, ({ repo }) => repo.write({ 'safeguard/allow.toml': 'version = 1\n' })],
  ['the time, with a hold that ends', false, ({ later }) => later(30 * day), { offline: true }],
  ['the clock, which was set back', true, ({ later }) => later(-3_600_000)],
];

it('says the same as without them after each change', async (t) => {
  const made = await filled(t);
  for (const [what, isOpened, change, given] of changes)
    await t.test(`of ${what}`, async () => {
      for (let i = 0; i < 3; i++) await made.ask(given);
      await change(made);
      const answer = await made.anew(given);
      assert.deepEqual(await made.asked(given), { answer, isOpened });
    });
});

it('tells a hold that is over from one that is not', async (t) => {
  const given = { offline: true };
  const { later, ask } = await filled(t, given);
  assert.match(await ask(given), /"verdict":"hold"/);
  later(30 * day);
  assert.match(await ask(given), /"verdict":"allow"/);
});

it('says the same of a change, and of one more', async (t) => {
  const made = await scene(t);
  const given = { base: 'HEAD' };
  made.upstream.publish(next, old);
  made.repo.write({ 'Cargo.lock': locked(next) });
  for (const isOpened of [true, true, true, false])
    assert.deepEqual(await made.asked(given), { answer: await made.anew(given), isOpened });
  made.repo.write({ 'Cargo.lock': locked(more) });
  assert.deepEqual(await made.asked(given), { answer: await made.anew(given), isOpened: true });
});

it('is asked anew by other options, and after another project has written into the cache', async (t) => {
  const made = await filled(t);
  for (const given of [{ offline: true }, { advisoryDb: ['none'] }])
    assert.deepEqual(await made.asked(given), { answer: await made.anew(given), isOpened: true });
  const other = repository(t);
  made.upstream.publish(next, old);
  other.commit({ 'Cargo.toml': manifest, 'src/main.rs': 'fn main() {}\n', 'Cargo.lock': locked(next) });
  await made.ask({ manifestPath: join(other.dir, 'Cargo.toml') });
  assert.deepEqual(await made.asked(), { answer: await made.anew(), isOpened: true });
});

it('is never kept while something could not be had', async (t) => {
  const made = await scene(t);
  made.upstream.failWith(500, isDownload('parts'));
  for (let i = 0; i < 4; i++) {
    made.later(60_000);
    assert.equal((await made.asked()).isOpened, true);
  }
  assert.throws(() => readdirSync(made.kept()));
});

it('is not believed where a byte of it is another', async (t) => {
  const made = await filled(t);
  const [name = ''] = readdirSync(made.kept());
  writeFileSync(join(made.kept(), name), 'safeguard facts 2\n');
  assert.deepEqual(await made.asked(), { answer: await made.anew(), isOpened: true });
});
