/** The stage of an end-to-end test: a scriptable upstream, a mirror before it, a clock, and cargo projects before both. */
import type { TestContext } from 'node:test';
import type { ReleaseJson, ReleaseReportJson } from '../../src/server/contract.ts';
import type { Role } from '../../src/store/records.ts';
import { type CargoProject, type CargoProjectOptions, cargoProject } from './cargo.ts';
import { type TestClock, testClock } from './clock.ts';
import { type CrateOptions, makeCrate } from './crate.ts';
import { get, type HttpResponse } from './http.ts';
import { type MirrorOptions, startMirror, type TestMirror } from './mirror.ts';
import { freshDatabase, postgresAvailable } from './postgres.ts';
import { type Cleanup, removeDir, tempDir } from './temp.ts';
import { type PublishOptions, startUpstream, type Upstream, type UpstreamOptions } from './upstream.ts';
import { prefixOf } from './upstream-shelf.ts';

export type DatabaseName = 'SQLite' | 'PostgreSQL';

/** For `describe(name, { skip }, …)`: what keeps state is shown on both. */
export const databases: readonly { readonly name: DatabaseName; readonly skip: string | false }[] = [
  { name: 'SQLite', skip: false },
  { name: 'PostgreSQL', skip: postgresAvailable() ?? false },
];

/** What a server on that database is given beside its data folder; the database ends with the test. */
export async function databaseFor(name: DatabaseName, t: Cleanup): Promise<{ database?: string }> {
  if (name === 'SQLite') return {};
  const place = await freshDatabase();
  t.after(() => place.drop());
  return { database: place.url };
}

export type StageOptions = {
  /** Where the clock starts. */
  readonly start?: string;
  readonly upstream?: UpstreamOptions;
  readonly database?: DatabaseName;
} & Pick<
  MirrorOptions,
  | 'credential'
  | 'downloads'
  | 'policy'
  | 'policyFile'
  | 'config'
  | 'others'
  | 'advisoryDatabases'
  | 'env'
  | 'stopwatch'
  | 'monotonic'
>;

export type Stage = {
  readonly upstream: Upstream;
  readonly clock: TestClock;
  /** The mirror that runs now; another one after `restart`. */
  readonly mirror: TestMirror;
  /** Makes and publishes a crate. */
  publish(name: string, version: string, options?: PublishOptions & Partial<CrateOptions>): void;
  /** Moves the clock, then does what is due. */
  pass(time: string | number): Promise<void>;
  /** Ends the mirror and starts it again over the same data, with other settings where they are given. */
  restart(changes?: Partial<MirrorOptions>): Promise<TestMirror>;
  /** A second server over the same database and data folder (PostgreSQL only). */
  replica(changes?: Partial<MirrorOptions>): Promise<TestMirror>;
  /** A project whose only registry is the mirror, by source replacement and by the name `safeguard`. */
  project(options: Partial<CargoProjectOptions>): CargoProject;
  index(name: string, of?: TestMirror): Promise<HttpResponse>;
  /** Versions that the mirror lists as not yanked. */
  offered(name: string, of?: TestMirror): Promise<string[]>;
  download(name: string, version: string, headers?: Record<string, string>): Promise<HttpResponse>;
  report(name: string, version: string): Promise<ReleaseReportJson>;
  release(name: string, version: string): Promise<ReleaseJson>;
  /** The log of one release, as `event: from → to`. */
  history(name: string, version: string): Promise<string[]>;
  /** An act at the quarantine desk; by the admin unless a token, or `null` for none, is given. */
  act(
    act: 'approve' | 'reject' | 'take-back' | 'block' | 'unblock' | 'break-glass',
    body: { crate: string; version?: string; reason?: string; until?: string },
    token?: string | null,
  ): Promise<HttpResponse>;
  /** A token for another person; of a reviewer where no role is named. */
  tokenFor(name: string, role?: Role): Promise<string>;
};

/** Everything of it ends with the test, in the right order. */
export async function stage(t: TestContext, options: StageOptions = {}): Promise<Stage> {
  const { start = '2026-08-01T00:00:00Z', database, upstream: upstreamOptions, ...rest } = options;
  const ends: (() => unknown)[] = [];
  t.after(async () => {
    for (const end of ends.reverse()) await end();
  });
  const data = tempDir({ after: (end) => void ends.push(end) });
  const place = database === 'PostgreSQL' ? await freshDatabase() : undefined;
  if (place !== undefined) ends.push(() => place.drop());
  const clock = testClock(start);
  const upstream = await startUpstream({ date: clock.now, ...upstreamOptions });
  ends.push(() => upstream.close());
  const start1 = async (changes: Partial<MirrorOptions>): Promise<TestMirror> => {
    const settings = { upstream: upstream.indexUrl, clock, data, ...rest, ...changes };
    const started = await startMirror(place === undefined ? settings : { ...settings, database: place.url });
    ends.push(() => started.close());
    return started;
  };
  let mirror = await start1({});

  const call = (
    path: string,
    init: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ) => get(mirror.url + path, init);
  const send = (path: string, body: unknown, token: string | null) =>
    call(path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
  const index = (name: string, of = mirror) => get(`${of.url}/index/${prefixOf(name)}/${name.toLowerCase()}`);
  const report = async (name: string, version: string) => {
    const answer = await call(`/api/v1/releases/${name}/${version}`);
    if (answer.status !== 200) throw new Error(`${name} ${version}: ${answer.status} ${answer.text}`);
    return answer.json<ReleaseReportJson>();
  };
  return {
    upstream,
    clock,
    get mirror() {
      return mirror;
    },
    publish(name, version, { pubtime, lineExtra, rawLine, spacing, ...crate } = {}) {
      const how = { pubtime, lineExtra, rawLine, spacing };
      const given = Object.entries(how).filter(([, value]) => value !== undefined);
      upstream.publish(makeCrate({ name, version, ...crate }), Object.fromEntries(given));
    },
    async pass(time) {
      clock.advance(time);
      await mirror.tick();
    },
    async restart(changes = {}) {
      await mirror.close();
      mirror = await start1(changes);
      return mirror;
    },
    replica: (changes = {}) => start1(changes),
    project: (given) => {
      const made = cargoProject({ dependencies: {}, registryUrl: mirror.cargoUrl, named: true, ...given });
      ends.push(() => made.cleanup());
      return made;
    },
    index,
    async offered(name, of = mirror) {
      const answer = await index(name, of);
      if (answer.status !== 200) throw new Error(`${name}: ${answer.status} ${answer.text}`);
      const lines = answer.text.split('\n').filter((line) => line !== '');
      return lines
        .map((line) => JSON.parse(line) as { vers: string; yanked: boolean })
        .filter(({ yanked }) => !yanked)
        .map(({ vers }) => vers);
    },
    download: (name, version, headers = {}) => call(`/crates/${name}/${version}/download`, { headers }),
    report,
    release: async (name, version) => (await report(name, version)).release,
    history: async (name, version) =>
      (await report(name, version)).log.map(({ event, from, to }) => `${event}: ${from} → ${to}`),
    act: (act, body, token = mirror.token()) =>
      send(`/api/v1/quarantine/${act}`, { reason: 'for a test', ...body }, token),
    tokenFor: async (name, role = 'reviewer') =>
      (await send('/api/v1/tokens', { name, role }, mirror.token())).json<{ token: string }>().token,
  };
}

/** Removes what stood in the folder, for a cargo that is to start from nothing. */
export function emptyCargoHome(project: CargoProject): void {
  removeDir(`${project.cargoHome}/registry`);
}
