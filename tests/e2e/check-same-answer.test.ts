/** A check says the same whatever was read before: by itself, by others, by the server's clients. */
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { folder, safeguard } from '../cli/support.ts';
import { judged, manifest, old, run } from '../support/check.ts';
import { type Crate, makeCrate } from '../support/crate.ts';
import { lockedApp, lockedCrate, lockfileText } from '../support/lockfile.ts';
import { type Repository, repository } from '../support/repository.ts';
import { type Stage, stage } from '../support/stage.ts';

const fetching = 'fn main() { let _ = std::net::TcpStream::connect("downloads.invalid:80"); }';
const plain = 'fn main() { println!("cargo:rerun-if-changed=build.rs"); }';
const version = (number: string, buildScript: string) =>
  makeCrate({ name: 'parts', version: number, buildScript });
const parts: Readonly<Record<string, Crate>> = {
  '1.0.0': version('1.0.0', plain),
  '1.1.0': version('1.1.0', fetching),
  '1.2.0': version('1.2.0', plain),
  '1.3.0': version('1.3.0', fetching),
  '1.4.0': version('1.4.0', fetching),
};
const derive = makeCrate({ name: 'derive', version: '1.0.0', procMacro: true });

interface Scene {
  readonly s: Stage;
  readonly repo: Repository;
  readonly lock: (of: string) => Readonly<Record<string, string>>;
}

async function scene(t: TestContext): Promise<Scene> {
  const s = await stage(t);
  for (const crate of [...Object.values(parts), derive]) s.upstream.publish(crate, old);
  const repo = repository(t);
  const lock = (of: string) => ({
    'Cargo.lock': lockfileText(
      lockedApp('derive', 'parts'),
      lockedCrate(parts[of] as Crate),
      lockedCrate(derive),
    ),
  });
  repo.commit({ 'Cargo.toml': manifest('derive = "1"\nparts = "1"'), 'src/main.rs': 'fn main() {}\n' });
  return { s, repo, lock };
}

describe('a check compares what comes in with what the lockfile had', () => {
  const cases: readonly (readonly [from: string, to: string, asks: boolean])[] = [
    ['1.2.0', '1.3.0', true],
    ['1.2.0', '1.4.0', true],
    ['1.1.0', '1.3.0', false],
    ['1.1.0', '1.4.0', false],
    ['1.2.0', '1.1.0', true],
    ['1.4.0', '1.1.0', false],
    ['1.4.0', '1.2.0', false],
  ];
  it('both ways', async (t) => {
    const { s, repo, lock } = await scene(t);
    for (const [from, to, asks] of cases) {
      repo.commit(lock(from));
      repo.write(lock(to));
      const { changes } = await judged(s, repo.dir, '--base', 'HEAD');
      const said = changes
        .flatMap(({ findings }) => findings)
        .filter(({ rule }) => rule === 'capability-added');
      assert.deepEqual(
        said.map(({ message }) => message),
        asks ? [`Its build script speaks to the network; ${from} did not.`] : [],
        `${from} to ${to}`,
      );
    }
  });

  it('and what is new with the release before it', async (t) => {
    const { s, repo, lock } = await scene(t);
    for (const [wanted, asks] of [
      ['1.3.0', true],
      ['1.4.0', false],
    ] as const) {
      repo.write(lock(wanted));
      const { changes } = await judged(s, repo.dir);
      const said = changes
        .flatMap(({ findings }) => findings)
        .filter(({ rule }) => rule === 'capability-added');
      assert.equal(said.length === 1, asks, wanted);
    }
  });
});

describe('the answer is the same', () => {
  it('from a server, whatever its clients asked for', async (t) => {
    const { s, repo, lock } = await scene(t);
    repo.commit(lock('1.2.0'));
    repo.write(lock('1.3.0'));
    const answer = async () => (await run(s, repo.dir, '--base', 'HEAD', '--format', 'json')).stdout;
    const cold = await answer();
    assert.match(cold, /"verdict": "review"/);
    assert.equal(await answer(), cold, 'a moment later');
    for (const wanted of ['1.4.0', '1.0.0', '1.3.0', '1.1.0', '1.2.0']) await s.download('parts', wanted);
    await s.download('derive', '1.0.0');
    assert.equal(await answer(), cold, 'after downloads');
    await run(s, repo.dir);
    assert.equal(await answer(), cold, 'after a check of all');
  });

  it('without one: cold, warm, and from another’s cache', async (t) => {
    const { s, repo, lock } = await scene(t);
    repo.commit(lock('1.2.0'));
    const other = repository(t);
    other.commit({
      'Cargo.toml': manifest('parts = "1"'),
      'src/main.rs': 'fn main() {}\n',
      ...lock('1.0.0'),
    });
    const answer = async (cache: string, dir: string, ...args: readonly string[]) =>
      (
        await safeguard(['check', '--upstream', s.upstream.indexUrl, '--format', 'json', ...args], {
          cwd: dir,
          env: { XDG_CACHE_HOME: cache },
        })
      ).stdout;
    const [own, theirs] = [folder(t), folder(t)];
    repo.write(lock('1.3.0'));
    const cold = await answer(own, repo.dir, '--base', 'HEAD');
    assert.match(cold, /"verdict": "review"/);
    assert.equal(await answer(own, repo.dir, '--base', 'HEAD'), cold, 'warm');
    for (const wanted of ['1.0.0', '1.1.0', '1.4.0']) {
      other.write(lock(wanted));
      await answer(theirs, other.dir);
    }
    const copied = folder(t);
    cpSync(join(theirs, 'safeguard'), join(copied, 'safeguard'), { recursive: true });
    assert.equal(await answer(copied, repo.dir, '--base', 'HEAD'), cold, 'warm from another’s cache');
    const whole = await answer(own, repo.dir);
    assert.equal(await answer(copied, repo.dir), whole, 'of the whole lockfile');
    assert.equal(await answer(folder(t), repo.dir), whole, 'of the whole lockfile, cold');
  });

  it('also of what came out since its cache was made', async (t) => {
    const { s, repo, lock } = await scene(t);
    const late = makeCrate({ name: 'parts', version: '1.5.0', buildScript: fetching });
    const answer = async (cache: string) =>
      (
        await safeguard(['check', '--upstream', s.upstream.indexUrl, '--format', 'json'], {
          cwd: repo.dir,
          env: { XDG_CACHE_HOME: cache },
        })
      ).stdout;
    const warm = folder(t);
    repo.write(lock('1.4.0'));
    await answer(warm);
    // Out for a week, and seen by this cache only now.
    const pubtime = new Date(Date.now() - 7 * 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z');
    s.upstream.publish(late, { pubtime });
    repo.write({
      'Cargo.lock': lockfileText(lockedApp('derive', 'parts'), lockedCrate(late), lockedCrate(derive)),
    });
    const first = await answer(warm);
    assert.match(first, /"verdict": "allow"/);
    assert.equal(first, await answer(folder(t)));
  });
});
