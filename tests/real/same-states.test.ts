/**
 * Real releases end in the same states whoever asks for them in what order, and a check says the same from a cold cache, a warm one
 * and another's. Needs the registry; part of `./test --all`.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import packageJson from '../../package.json' with { type: 'json' };
import { parseLockfile } from '../../src/cargo/lockfile.ts';
import { check } from '../../src/gate/check.ts';
import { approvalsFrom } from '../../src/gate/judgement/approvals.ts';
import { readLockfile } from '../../src/gate/project/lockfile-reader.ts';
import { noRequirements } from '../../src/gate/project/member-requirements.ts';
import { allowListPath } from '../../src/policy/allow-list.ts';
import { silentJournal } from '../../src/registry/journal.ts';
import { archivePool } from '../../src/registry/judgement/archive-pool.ts';
import type { ArchiveReader, ArchiveReading } from '../../src/registry/judgement/bytes.ts';
import { allUpstreams, loadConfig } from '../../src/server/config.ts';
import { mirrorFacts } from '../../src/server/mirror-facts.ts';
import { openMirror } from '../../src/server/open-mirror.ts';
import { safeguard } from '../cli/support.ts';
import { testClock } from '../support/clock.ts';
import { corpusFolder } from '../support/corpus.ts';
import { get } from '../support/http.ts';
import { startMirror } from '../support/mirror.ts';
import { testCache } from '../support/peers.ts';
import { downloadPathOf } from '../support/scene.ts';

/** Of 20 to 60 packages each. */
const projects = [
  { name: 'cargo-bloat', version: '0.12.1' },
  { name: 'choose', version: '1.3.6' },
  { name: 'flip-link', version: '0.1.12' },
  { name: 'cargo-auditable', version: '0.7.7' },
  { name: 'ripgrep', version: '15.2.0' },
  { name: 'cargo-llvm-cov', version: '0.9.1' },
] as const;
/** Seeds of the orders: the same every time. */
const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

interface Wanted {
  readonly name: string;
  readonly version: string;
}

describe('real lockfiles', { timeout: 20 * 60_000 }, () => {
  let upstream = '';
  let close = () => {};
  const wanted: Wanted[][] = [];
  // What bytes say is a function of them: they are read once for all mirrors. How long the machine takes is no matter here.
  const pool = archivePool(2, 15 * 60_000);
  const readings = new Map<string, Promise<ArchiveReading>>();
  const readArchive: ArchiveReader = (blob, release, extent) => {
    const key = `${release.checksum} ${extent}`;
    const known = readings.get(key) ?? pool.read(blob, release, extent);
    readings.set(key, known);
    return known;
  };

  before(async () => {
    ({ url: upstream, close } = await keptRegistry());
    for (const project of projects) {
      const text = readFileSync(join(await corpusFolder(project), 'Cargo.lock'), 'utf8');
      wanted.push(parseLockfile(text).packages.filter(({ checksum }) => checksum !== undefined));
    }
  });
  after(async () => {
    close();
    await pool.close();
  });

  it('end in the same states, byte for byte, in eight orders', async (t) => {
    const outcomes: Record<string, unknown>[] = [];
    for (const seed of seeds) {
      const random = randomOf(seed);
      const mirror = await startMirror(
        { upstream: `${upstream}/index/`, clock: testClock('2026-11-29T00:00:00Z') },
        t,
      );
      Object.assign(mirror.server.mirror.context, { readArchive });
      for (const lockfile of shuffled(wanted, random))
        for (const { name, version } of shuffled(lockfile, random)) {
          const { status, text } = await get(mirror.url + downloadPathOf(name, version));
          assert.ok([200, 403, 404].includes(status), `${name} ${version}: ${status} ${text}`);
        }
      const outcome: Record<string, unknown> = {};
      for (const { name, version } of wanted.flat()) {
        const record = await mirror.server.store.release('upstream', name.toLowerCase(), version);
        outcome[`${name} ${version}`] = record && {
          state: record.state,
          verdict: JSON.stringify(record.verdict),
        };
      }
      outcomes.push(outcome);
      await mirror.close();
    }
    const states = Object.values(outcomes[0] ?? {}).map(
      (one) => (one as { state?: string } | undefined)?.state,
    );
    const counts = [...Map.groupBy(states, String)].map(([state, all]) => `${all.length} ${state}`);
    t.diagnostic(`${states.length} releases in ${seeds.length} orders: ${counts.join(', ')}`);
    assert.ok(states.filter((state) => state === 'promoted').length > 100);
    for (const outcome of outcomes.slice(1)) assert.deepEqual(outcome, outcomes[0]);
  });

  it('are judged the same cold, warm, and from another’s cache', async (t) => {
    const caches = projects.map(() => mkdtempSync(join(tmpdir(), 'safeguard-caches-')));
    t.after(() => {
      for (const cache of caches) rmSync(cache, { recursive: true, force: true });
    });
    const folders = await Promise.all(
      projects.map(async (project) => {
        const cwd = mkdtempSync(join(tmpdir(), 'safeguard-project-'));
        t.after(() => rmSync(cwd, { recursive: true, force: true }));
        cpSync(join(await corpusFolder(project), 'Cargo.lock'), join(cwd, 'Cargo.lock'));
        return cwd;
      }),
    );
    const index = `${upstream}/index/`;
    // As the command does it, but for archives that were read above.
    const answer = async (project: number, cache: string) => {
      const head = await readLockfile(join(folders[project] as string, 'Cargo.lock'), 'Cargo.lock');
      const config = loadConfig({ file: 'the default configuration', text: '' });
      const opened = await openMirror(
        {
          data: join(cache, 'safeguard', 'mirror', encodeURIComponent(index)),
          isCache: true,
          upstreams: allUpstreams(index, config),
          policy: { file: 'the default policy', text: '' },
          config,
          log: silentJournal,
          clock: Date.now,
          version: packageJson.version,
        },
        [],
      );
      Object.assign(opened.mirror.context, { readArchive });
      try {
        const approvals = approvalsFrom({
          file: allowListPath,
          text: undefined,
          before: undefined,
          compared: false,
        });
        const input = { head, requirements: noRequirements, approvals };
        return plain(await check(input, mirrorFacts(opened.mirror, { reading: 'stale' })));
      } finally {
        await opened.close();
      }
    };
    const command = async (project: number, cache: string) => {
      const args = ['check', '--upstream', index, '--advisory-db', 'none', '--format', 'json'];
      const cwd = folders[project] as string;
      const ran = await safeguard(args, { cwd, env: { XDG_CACHE_HOME: cache } });
      assert.ok(ran.stdout.startsWith('{'), ran.stderr);
      return plain(JSON.parse(ran.stdout));
    };
    const cold = new Map<number, unknown>();
    for (const [i, { name }] of projects.entries()) {
      const own = caches[i] as string;
      const first = await answer(i, own);
      cold.set(i, first);
      assert.deepEqual(await answer(i, own), first, `${name}, warm`);
      assert.deepEqual(await command(i, own), first, `${name}, by the command`);
      const others = caches[(i + projects.length - 1) % projects.length] as string;
      assert.deepEqual(await answer(i, others), first, `${name}, from another’s cache`);
    }
    const empty = mkdtempSync(join(tmpdir(), 'safeguard-caches-'));
    t.after(() => rmSync(empty, { recursive: true, force: true }));
    const smallest = projects.findIndex(({ name }) => name === 'choose');
    assert.deepEqual(await command(smallest, empty), cold.get(smallest), 'by the command, cold');
  });
});

/** A verdict as data. When the registry was asked is another moment in another cache. */
function plain(verdict: unknown): unknown {
  return JSON.parse(JSON.stringify(verdict).replace(/"asked":"[^"]+"/g, '"asked":"then"'));
}

/** A registry on loopback that answers as the real one did the first time: what is tried is the mirror, not the network. */
async function keptRegistry(): Promise<{ readonly url: string; readonly close: () => void }> {
  const registry = `https://${['index', 'crates.io'].join('.')}/`;
  const { dl } = (await (await fetch(`${registry}config.json`)).json()) as { dl: string };
  const asked = new Map<string, Promise<Buffer | undefined>>();
  const answerTo = (path: string): Promise<Buffer | undefined> => {
    const known = asked.get(path);
    if (known !== undefined) return known;
    const answer = path.startsWith('/index/')
      ? fetched(registry + path.slice('/index/'.length))
      : kept(path, () => fetched(dl + path.slice('/dl'.length)));
    asked.set(path, answer);
    // What failed on the way is asked for again.
    answer.catch(() => asked.delete(path));
    return answer;
  };
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (path === '/index/config.json')
      return void response.end(JSON.stringify({ dl: `http://${request.headers.host}/dl` }));
    answerTo(path).then(
      (bytes) => (bytes === undefined ? response.writeHead(404).end() : response.end(bytes)),
      () => response.writeHead(502).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function fetched(url: string): Promise<Buffer | undefined> {
  const answer = await fetch(url);
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

/** Archives never change: they are kept from one run to the next. */
async function kept(path: string, fetch: () => Promise<Buffer | undefined>): Promise<Buffer | undefined> {
  const file = join(testCache, 'archives', createHash('sha256').update(path).digest('hex'));
  if (existsSync(file)) return readFileSync(file);
  const bytes = await fetch();
  if (bytes === undefined) return undefined;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, bytes);
  renameSync(`${file}.${process.pid}`, file);
  return bytes;
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

/** Numbers from 0 to 1, the same for a seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
