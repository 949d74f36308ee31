/**
 * Two replicas, one PostgreSQL, an upstream that does everything wrong, clients that never stop, and `kill -9` for all: what
 * must hold meanwhile, and afterwards.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { openReader } from '../../src/store/open.ts';
import { cargoFetch, Follower } from './chaos-clients.ts';
import { killableDatabase } from './chaos-database.ts';
import { Replica } from './chaos-replica.ts';
import { makeCrate, sha256 } from './crate.ts';
import { get, type HttpResponse } from './http.ts';
import { objectKeys, objectServer } from './object-servers.ts';
import { downloadPathOf, indexPathOf } from './scene.ts';
import { type Cleanup, tempDir } from './temp.ts';
import { isDownload, isIndex, startUpstream, type Upstream } from './upstream.ts';
import { seeded } from './victim.ts';

export interface ChaosOptions {
  readonly seed: number;
  /** How long it goes on, without the quiet at the end: milliseconds. */
  readonly length: number;
  /** Keeps blobs in a bucket of this server, which is killed as well; absent: in the data folder of each replica. */
  readonly bucket?: string | undefined;
  /** Told what happens, a line each. */
  readonly say: (line: string) => void;
}

export interface ChaosReport {
  /** What must not be and was. */
  readonly broken: readonly string[];
  /** How often each thing was done or answered. */
  readonly counts: Readonly<Record<string, number>>;
  /** The greatest lateness of each loop that a replica told of: seconds. */
  readonly lateness: Readonly<Record<string, number>>;
  /** The longest from the acknowledgement of a decision to its last other answer: milliseconds. */
  readonly slowestDecision: number;
}

/** How long a new release waits: milliseconds. */
const cooldown = 20_000;
/** Milliseconds after which every replica goes by an acknowledged decision. */
const known = 2_000;
const names = Array.from({ length: 12 }, (_, i) => `crate-${i}`);
const policy = `[cooldown]\nrelease = "${cooldown / 1000}s"\nnew-crate = "${cooldown / 1000}s"\n[yank-burst]\ncount = 1000\n`;
const config = '[limits]\nunfollowed = "1.5s"\ntransfer-time = "5s"\nlate = "1m"\n';

/** A release as it was published, and what became of it. */
interface Model {
  readonly name: string;
  readonly version: string;
  readonly checksum: string;
  /** When it could first be seen; `undefined`: before all began. */
  readonly published: number | undefined;
  /** When a block or its end was acknowledged. */
  readonly decisions: { readonly at: number; readonly blocked: boolean; readonly asked: number }[];
  gone: boolean;
  altered: boolean;
  /** An advisory says that it is malicious. */
  malicious: boolean;
  /** When somebody was first told so. */
  toldMalicious: number | undefined;
}

export async function runChaos(
  { seed, length, bucket, say }: ChaosOptions,
  t: Cleanup,
): Promise<ChaosReport> {
  const random = seeded(seed);
  let lie: number | undefined = 0;
  const upstream = await startUpstream({
    redirectDownloads: true,
    date: () => (lie === undefined ? undefined : Date.now() + lie),
  });
  t.after(() => upstream.close());
  const database = await killableDatabase(t);
  const advisories = tempDir(t, 'safeguard-chaos-advisories-');
  advise(advisories, 0, { name: 'other', version: '1.0.0' });
  const objects = bucket === undefined ? undefined : await objectServer(bucket, t);
  const blobs = objects === undefined ? '' : `[blobs]\nbucket = "${objects.url}"\n`;
  const options = {
    upstream: upstream.indexUrl,
    database: database.url,
    policy,
    config: `poll-interval = "2s"\nadvisory-interval = "3s"\n${config}${blobs}`,
    advisories,
    env: { AWS_ACCESS_KEY_ID: objectKeys.accessKey, AWS_SECRET_ACCESS_KEY: objectKeys.secretKey },
    ended: (how: string) => breaks(how),
  };
  const replicas = [new Replica('one', options, t), new Replica('two', options, t)];
  const models = new Map<string, Model>();
  const broken: string[] = [];
  const counts: Record<string, number> = {};
  const lateness: Record<string, number> = {};
  let slowestDecision = 0;
  const count = (what: string, by = 1) => {
    counts[what] = (counts[what] ?? 0) + by;
  };
  const breaks = (what: string) => {
    broken.push(what);
    say(`BROKEN ${what}`);
  };

  const publish = (name: string, version: string, isOld: boolean) => {
    const crate = makeCrate({ name, version });
    const unharmed = { gone: false, altered: false, malicious: false, toldMalicious: undefined };
    const model = { name, version, checksum: crate.checksum, decisions: [], ...unharmed };
    const pubtime = isOld ? '2020-01-01T00:00:00Z' : null;
    upstream.publish(crate, { pubtime });
    models.set(`${name}@${version}`, { ...model, published: isOld ? undefined : Date.now() });
  };
  for (const name of names) publish(name, '1.0.0', true);
  await replicas[0]?.start();
  await replicas[1]?.start();
  const token = replicas[0]?.token() ?? '';
  for (const name of names) await get(replicas[0]?.url + indexPathOf(name));

  const end = Date.now() + length;
  let isOver = false;
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;

  /**
   * Why an answer that was asked for at a moment, and is here now, may not hand a release out; `undefined`: it may. What holds
   * it must have ended by now, since a replica may have been held still meanwhile; what stops it must have begun before.
   */
  const forbidden = ({ published, decisions, toldMalicious }: Model, asked: number): string | undefined => {
    if (published !== undefined && Date.now() < published + cooldown) return 'it is held';
    if (toldMalicious !== undefined && asked > toldMalicious + known)
      return `it was refused as malicious ${asked - toldMalicious} ms ago`;
    const last = decisions.at(-1);
    if (last === undefined || !last.blocked) return undefined;
    slowestDecision = Math.max(slowestDecision, asked - last.at);
    return asked > last.at + known ? `it was blocked ${asked - last.at} ms ago` : undefined;
  };

  const client = async () => {
    while (!isOver) {
      await setTimeout(20 + random(60));
      const replica = pick(replicas);
      const { url } = replica;
      if (url === undefined) continue;
      const model = pick([...models.values()]);
      const before = model.decisions.length;
      const asked = Date.now();
      const isIndexFile = random(2) === 0;
      const path = isIndexFile ? indexPathOf(model.name) : downloadPathOf(model.name, model.version);
      const answer = await get(url + path, { signal: AbortSignal.timeout(40_000) }).catch(() => undefined);
      count(`${isIndexFile ? 'index' : 'download'} ${answer?.status ?? 'cut'}`);
      if (answer?.status === 403 && /^Rule malicious/m.test(answer.text)) model.toldMalicious ??= Date.now();
      if (answer?.status !== 200 || before !== model.decisions.length) continue;
      if (isIndexFile) for (const one of offered(answer)) check(replica, model.name, one, asked);
      else {
        check(replica, model.name, model.version, asked);
        if (sha256(answer.body) !== model.checksum) breaks(`${model.name}@${model.version}: other bytes`);
      }
    }
  };
  const check = (replica: Replica, name: string, version: string, asked: number) => {
    const model = models.get(`${name}@${version}`);
    const why = model === undefined ? 'nobody published it' : forbidden(model, asked);
    if (why !== undefined) breaks(`${replica.name} handed out ${name}@${version}: ${why}`);
  };

  const cargo = async () => {
    while (!isOver) {
      await setTimeout(200 + random(1000));
      const replica = pick(replicas);
      const { url } = replica;
      if (url === undefined) continue;
      const before = new Map([...models].map(([id, { decisions }]) => [id, decisions.length]));
      const asked = Date.now();
      const outcome = await cargoFetch(url, [...new Set([pick(names), pick(names), pick(names)])]);
      count(`cargo fetch ${'fetched' in outcome ? 'done' : 'refused'}`);
      for (const { name, version, checksum } of 'fetched' in outcome ? outcome.fetched : []) {
        const id = `${name}@${version}`;
        const model = models.get(id);
        if (model !== undefined && model.checksum !== checksum) breaks(`cargo has other bytes of ${id}`);
        if ((before.get(id) ?? 0) === (model?.decisions.length ?? 0)) check(replica, name, version, asked);
      }
    }
  };

  const follower = new Follower();
  const follow = async () => {
    while (!isOver) {
      await setTimeout(200 + random(800));
      const { url } = pick(replicas);
      if (url !== undefined) await follower.ask(url);
    }
  };

  const decide = async () => {
    while (!isOver) {
      await setTimeout(300 + random(1200));
      const { url } = pick(replicas);
      const model = pick([...models.values()]);
      if (url === undefined) continue;
      const blocked = model.decisions.at(-1)?.blocked !== true;
      const asked = Date.now();
      const body = JSON.stringify({ crate: model.name, version: model.version, reason: 'chaos' });
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const act = blocked ? 'block' : 'unblock';
      // Before it is acknowledged nobody knows whether it holds: a lifted block may be lifted already.
      const unknown = { at: Number.POSITIVE_INFINITY, blocked: false, asked } as const;
      if (!blocked) model.decisions.push(unknown);
      const answer = await get(`${url}/api/v1/quarantine/${act}`, { method: 'POST', headers, body }).catch(
        () => undefined,
      );
      count(`${act} ${answer?.status ?? 'cut'}`);
      // A block whose answer was cut off may hold.
      if (blocked && answer?.status !== 200) model.decisions.push(unknown);
      if (answer?.status === 200) model.decisions.push({ at: Date.now(), blocked, asked });
      else if (!blocked && answer?.status === 409)
        model.decisions.push({ at: Date.now(), blocked: false, asked });
    }
  };

  const misbehave = async () => {
    let number = 0;
    while (!isOver) {
      await setTimeout(300 + random(1500));
      const name = pick(names);
      const model = pick([...models.values()]);
      const act = random(12);
      if (act < 4) publish(name, `1.${++number}.0`, false);
      else if (act === 4 && !model.gone) upstream.yank(model.name, model.version);
      else if (act === 5 && !model.gone) upstream.unyank(model.name, model.version);
      else if (act === 6 && !model.gone && model.version !== '1.0.0') {
        model.gone = true;
        upstream.deleteRelease(model.name, model.version);
      } else if (act === 7 && !model.gone && model.version !== '1.0.0') {
        model.altered = true;
        upstream.alterChecksum(model.name, model.version, sha256(`other ${number}`));
      } else if (act === 8) lie = pick([undefined, 0, 0, 86_400_000 * 30, -86_400_000]);
      else {
        const end = fault(upstream, random(5), name);
        void setTimeout(1000 + random(8000)).then(end);
      }
      count(`upstream act ${act}`);
    }
  };

  const warn = async () => {
    for (let number = 1; !isOver; number++) {
      await setTimeout(2000 + random(8000));
      const model = pick([...models.values()].filter(({ malicious }) => !malicious));
      if (isOver || model.version === '1.0.0') continue;
      model.malicious = true;
      advise(advisories, number, model);
      count('advisory');
    }
  };

  const kill = async () => {
    while (!isOver) {
      await setTimeout(4000 + random(8000));
      if (isOver) return;
      const replica = pick(replicas);
      const act = random(6);
      if (objects !== undefined && random(4) === 0) {
        say('kill the object store');
        count('kill object store');
        await objects.kill(random(4000));
        continue;
      }
      say(`${['kill', 'kill', 'kill the database under', 'freeze', 'stop', 'kill'][act]} ${replica.name}`);
      count(['kill', 'kill', 'kill database', 'freeze', 'stop', 'kill'][act] ?? '');
      if (act === 2) await database.kill(random(4000));
      else if (act === 3) await replica.freeze(2000 + random(10_000));
      else if (act === 4) {
        const took = await replica.stop();
        if (took > 10_000) breaks(`SIGTERM took ${Math.round(took)} ms`);
        await replica.start();
      } else {
        await replica.kill();
        // What it kept of the bucket is but a copy.
        if (random(2) === 0) replica.loseCopies();
        await setTimeout(random(2000));
        await replica.start();
      }
    }
  };

  const measure = async () => {
    while (!isOver) {
      await setTimeout(1000);
      for (const { url, name } of replicas) {
        if (url === undefined) continue;
        const signal = AbortSignal.timeout(5000);
        const answer = await get(`${url}/metrics`, { signal }).catch(() => undefined);
        for (const [, loop = '', by] of answer?.text.matchAll(/lateness_seconds\{loop="([^"]+)"\} (\S+)/g) ??
          []) {
          const which = `${name}: ${loop}`;
          lateness[which] = Math.max(lateness[which] ?? 0, Number(by));
        }
      }
    }
  };

  const clients = [client(), client(), client(), client(), cargo(), cargo(), follow()];
  const all = [...clients, decide(), misbehave(), warn(), kill(), measure()];
  while (Date.now() < end) await setTimeout(Math.min(1000, end - Date.now()));
  isOver = true;
  await Promise.all(all);
  say('quiet: what is to come of it all');
  upstream.heal();
  lie = 0;
  for (const replica of replicas) if (replica.url === undefined) await replica.start();
  await settled(replicas, models, breaks);
  for (const { url } of replicas) {
    if (url === undefined) continue;
    await follower.ask(url);
    // Of a crate nothing may be left: blocked, yanked or deleted.
    const left: string[] = [];
    for (const name of names) if (offered(await get(url + indexPathOf(name))).length > 0) left.push(name);
    count('crates with something left', left.length);
    const outcome = await cargoFetch(url, left);
    if ('said' in outcome) breaks(`cargo cannot fetch when all is quiet: ${outcome.said}`);
  }
  count('events followed', follower.seen.length);
  const wrong = follower.wrong();
  if (wrong !== undefined) breaks(wrong);
  await assertLog(database.url, breaks);
  for (const replica of replicas) say(`SIGTERM: ${replica.name} took ${Math.round(await replica.stop())} ms`);
  return { broken, counts, lateness, slowestDecision };
}

/** Writes an advisory about one release, whole at once. */
function advise(folder: string, number: number, { name, version }: Pick<Model, 'name' | 'version'>): void {
  const id = `RUSTSEC-2026-${String(number).padStart(4, '0')}`;
  mkdirSync(join(folder, 'crates', name), { recursive: true });
  const front = `[advisory]\nid = "${id}"\npackage = "${name}"\ndate = "2026-08-01"\ncategories = ["malicious"]`;
  const versions = `[versions]\npatched = []\nunaffected = ["< ${version}", "> ${version}"]`;
  const text = `\`\`\`toml\n${front}\n${versions}\n\`\`\`\n\n# It does harm\n\nIn short.\n`;
  const file = join(folder, 'crates', name, id);
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, `${file}.md`);
}

/** Begins one of the upstream's faults. */
function fault(upstream: Upstream, which: number, name: string): () => void {
  switch (which) {
    case 0:
      return upstream.trickleBodies(isDownload(name)).release;
    case 1:
      return upstream.holdResponses(isIndex(name)).release;
    case 2:
      return upstream.holdBodies(isDownload(), 100).release;
    case 3:
      return upstream.failWith(503, isIndex()).stop;
    default:
      return upstream.cutBodies(isIndex(name)).stop;
  }
}

function offered(answer: HttpResponse): string[] {
  const lines = answer.text.split('\n').filter((line) => line !== '');
  return lines
    .map((line) => JSON.parse(line) as { vers: string; yanked: boolean })
    .filter(({ yanked }) => !yanked)
    .map(({ vers }) => vers);
}

/** After the storm each release has, on each replica, the state that the rules give. */
async function settled(
  replicas: readonly Replica[],
  models: ReadonlyMap<string, Model>,
  breaks: (what: string) => void,
): Promise<void> {
  let wrong: string[] = [];
  // A replica that was killed keeps what it had claimed for two minutes, first a crate's index and then a release of it.
  for (let attempt = 0; attempt < 180; attempt++) {
    await setTimeout(2000);
    wrong = [];
    for (const replica of replicas) {
      for (const [id, model] of models) {
        const path = `/api/v1/releases/${model.name}/${model.version}`;
        const answer = await get(replica.url + path, { headers: { accept: 'application/json' } }).catch(
          () => undefined,
        );
        const state = answer?.status === 404 ? 'unknown' : stateOf(answer);
        const wanted = wantedStates(model);
        if (!wanted.includes(state))
          wrong.push(`${replica.name}: ${id} is ${state}, not ${wanted.join(' or ')}${whyOf(answer)}`);
      }
    }
    if (wrong.length === 0) return;
  }
  for (const one of wrong) breaks(one);
}

function stateOf(answer: HttpResponse | undefined): string {
  if (answer?.status !== 200) return `not told (${answer?.status})`;
  return answer.json<{ release: { state: string } }>().release.state;
}

/** What a replica says of a release, for whoever looks for what went wrong. */
function whyOf(answer: HttpResponse | undefined): string {
  if (answer?.status !== 200) return '';
  const { release, log } = answer.json<{ release: object; log: readonly object[] }>();
  return `\n  ${JSON.stringify(release)}\n  ${JSON.stringify(log.slice(-4))}`;
}

function wantedStates({ gone, altered, malicious, decisions }: Model): readonly string[] {
  // A release that came and went between two polls, or was altered before it was ever seen, was never another one.
  if (gone) return ['withdrawn', 'unknown'];
  if (malicious) return ['blocked'];
  const last = decisions.at(-1);
  if (last?.blocked) return ['blocked'];
  if (altered) return ['blocked'];
  // A block whose answer was cut off may hold or not.
  return decisions.length > 0 || last === undefined
    ? ['promoted', 'blocked'].slice(0, last === undefined ? 1 : 2)
    : [];
}

/** The log has no gap, and tells of each release one unbroken chain of states. */
async function assertLog(url: string, breaks: (what: string) => void): Promise<void> {
  const { reader, close } = await openReader({ url });
  try {
    const entries = await reader.log({ limit: 1_000_000 });
    const last = new Map<string, string>();
    for (const [i, { seq, key, version, from, to }] of entries.entries()) {
      if (seq !== i + 1) breaks(`the log has ${seq} where ${i + 1} should be`);
      if (to === null) continue;
      const release = `${key}@${version}`;
      if (from !== (last.get(release) ?? null))
        breaks(`the log of ${release} goes from ${last.get(release)} to ${from}`);
      last.set(release, to);
    }
  } finally {
    await close();
  }
}
