/**
 * The mirror as its users have it: `safeguard serve` on its default upstream, and real cargo building real projects
 * through it from an empty CARGO_HOME. Needs the registry; part of `./test --all`.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { parseIndexLine, withYanked } from '../../src/cargo/index-entry.ts';
import { indexPath } from '../../src/cargo/index-path.ts';
import { parseLockfile } from '../../src/cargo/lockfile.ts';
import { upstreamAddress } from '../../src/registry/upstream/address.ts';
import { tempDir } from '../support/temp.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'safeguard-test');
/**
 * Always the same: cargo names the folder of a registry's sources after its address, and what was compiled from one
 * folder is compiled again from another.
 */
const address = '127.0.0.1:48480';
const upstream = upstreamAddress('crates.io').index;

/** ripgrep, and the largest of the corpus by packages. */
const projects = [
  { crate: 'ripgrep', version: '15.2.0' },
  { crate: 'cargo-binstall', version: '1.26.2' },
  { crate: 'kellnr', version: '6.13.0' },
  { crate: 'tauri-cli', version: '2.12.4' },
  { crate: 'nu', version: '0.116.1' },
];

describe('real projects through `safeguard serve`', { timeout: 80 * 60_000 }, () => {
  const data = tempDir({ after });
  let server: ChildProcess;
  let url = '';

  before(async () => {
    server = spawn(join(root, 'safeguard'), ['serve', '--listen', address, '--data', data], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    url = await new Promise<string>((resolve) => {
      server.once('exit', () => resolve(''));
      server.stdout?.on('data', (piece) => {
        printed += String(piece);
        const found = /index = "sparse\+(http:\/\/[^"]+)\/index\/"/.exec(printed)?.[1];
        if (found !== undefined) resolve(found);
      });
    });
    assert.notEqual(url, '', `serve printed no address:\n${printed}`);
  });

  after(async () => {
    if (server.exitCode !== null) return;
    server.kill('SIGTERM');
    await once(server, 'exit');
  });

  for (const { crate, version } of projects) {
    describe(`${crate} ${version}`, () => {
      // A fixed place, so that what was compiled before is not compiled again; CARGO_HOME is emptied all the same.
      const place = join(cache, 'real', `${crate}-${version}`);
      const source = join(place, `${crate}-${version}`);
      const home = join(place, 'cargo-home');
      const env = {
        ...process.env,
        CARGO_HOME: home,
        CARGO_TARGET_DIR: join(place, 'target'),
        CARGO_PROFILE_DEV_DEBUG: '0',
        CARGO_INCREMENTAL: '0',
        CARGO_TERM_COLOR: 'never',
        // A project may name a toolchain that is not here; the mirror is what is tried, not the compiler.
        RUSTUP_TOOLCHAIN: 'stable',
      };
      let lockfile = '';
      /** Releases that the lockfile pins and the upstream itself does not list: then nobody can build it from there. */
      let unlisted: string[] = [];

      before(async () => {
        mkdirSync(place, { recursive: true });
        // Not at one stretch: some 100,000 files take longer than the server keeps a connection that nobody uses, and what ends
        // it has to be seen before the next question.
        await rm(home, { recursive: true, force: true });
        await rm(source, { recursive: true, force: true });
        const answer = await fetch(`${url}/crates/${crate}/${version}/download`);
        assert.equal(answer.status, 200, await (answer.ok ? '' : answer.text()));
        writeFileSync(join(place, 'source.crate'), Buffer.from(await answer.arrayBuffer()));
        await run('tar', ['xzf', 'source.crate'], { cwd: place });
        lockfile = readFileSync(join(source, 'Cargo.lock'), 'utf8');
        unlisted = await missingUpstream(lockfile);
        mkdirSync(join(source, '.cargo'), { recursive: true });
        const lines = [
          '[source.crates-io]',
          'replace-with = "safeguard"',
          '[registries.safeguard]',
          `index = "sparse+${url}/index/"`,
        ];
        writeFileSync(join(source, '.cargo', 'config.toml'), `${lines.join('\n')}\n`);
      });

      it('little waits for a review, and what does is approved with the line that the refusal names', async (t) => {
        if (unlisted.length > 0) return t.skip(`the upstream itself lists no ${unlisted.join(', ')}`);
        const refusals: string[] = [];
        let count = 0;
        await eachCrate(lockfile, async (name, versions) => {
          for (const version of versions) {
            count++;
            const answer = await fetch(`${url}/crates/${name}/${version}/download`);
            const body = Buffer.from(await answer.arrayBuffer());
            if (!answer.ok) refusals.push(body.toString());
          }
        });
        t.diagnostic(
          `${refusals.length} of ${count} wait: ${refusals.map((text) => text.split('\n')[1]).join('; ')}`,
        );
        assert.ok(refusals.length <= count / 100, refusals.join('\n'));
        for (const text of refusals) {
          const [, release = ''] = /^ {2}safeguard quarantine approve (\S+) --reason/m.exec(text) ?? [];
          assert.notEqual(release, '', text);
          const reason = ['--reason', 'read what the finding names', '--data', data];
          await run(join(root, 'safeguard'), ['quarantine', 'approve', release, ...reason]);
        }
      });

      it('cargo fetch --locked takes every release, bit for bit, and leaves the lockfile as it is', async (t) => {
        if (unlisted.length > 0) return t.skip(`the upstream itself lists no ${unlisted.join(', ')}`);
        await run('cargo', ['fetch', '--locked'], { cwd: source, env, maxBuffer: 1 << 26 });
        assert.equal(readFileSync(join(source, 'Cargo.lock'), 'utf8'), lockfile);
        const [registry = ''] = readdirSync(join(home, 'registry', 'cache'));
        const wanted = parseLockfile(lockfile).packages.filter(({ checksum }) => checksum !== undefined);
        assert.ok(wanted.length > 10);
        for (const { name, version, checksum } of wanted) {
          const bytes = readFileSync(join(home, 'registry', 'cache', registry, `${name}-${version}.crate`));
          assert.equal(createHash('sha256').update(bytes).digest('hex'), checksum, `${name} ${version}`);
        }
      });

      it('served index lines are the upstream’s, byte for byte, but for yanked', async () => {
        const different: string[] = [];
        await eachCrate(lockfile, async (name) => {
          const [ours, theirs] = await Promise.all(
            [`${url}/index/`, upstream].map((base) => indexLines(base, name)),
          );
          if (JSON.stringify(ours) !== JSON.stringify(theirs)) different.push(name);
        });
        assert.deepEqual(different, []);
      });

      it('cargo build works with nothing but what the mirror gave', async (t) => {
        if (unlisted.length > 0) return t.skip(`the upstream itself lists no ${unlisted.join(', ')}`);
        await run('cargo', ['build', '--locked', '--offline', '--ignore-rust-version'], {
          cwd: source,
          env,
          maxBuffer: 1 << 26,
        });
      });
    });
  }
});

async function indexLines(base: string, name: string): Promise<string[]> {
  const answer = await fetch(base + indexPath(name));
  assert.equal(answer.status, 200, name);
  const lines = (await answer.text()).split('\n').filter((line) => line !== '');
  return lines.map((line) => withYanked(line, false));
}

async function missingUpstream(lockfile: string): Promise<string[]> {
  const missing: string[] = [];
  await eachCrate(lockfile, async (name, versions) => {
    const listed = new Set((await indexLines(upstream, name)).map((line) => parseIndexLine(line).vers));
    for (const version of versions) if (!listed.has(version)) missing.push(`${name} ${version}`);
  });
  return missing;
}

/** Runs `work` for every crate that the lockfile takes from a registry, eight at a time. */
async function eachCrate(
  lockfile: string,
  work: (name: string, versions: readonly string[]) => Promise<void>,
): Promise<void> {
  const packages = parseLockfile(lockfile).packages.filter(({ checksum }) => checksum !== undefined);
  const queue = Map.groupBy(packages, ({ name }) => name).entries();
  const worker = async () => {
    for (const [name, releases] of queue)
      await work(
        name,
        releases.map(({ version }) => version),
      );
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}
