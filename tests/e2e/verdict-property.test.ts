/**
 * A release's state is its own: whatever becomes of a crate upstream, and whoever asks a mirror for what, in what order, with
 * restarts and replicas, the same releases end in the same states with byte for byte the same verdicts.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ReleaseRecord } from '../../src/store/records.ts';
import { type TestClock, testClock } from '../support/clock.ts';
import { makeCrate } from '../support/crate.ts';
import { get } from '../support/http.ts';
import { startMirror, type TestMirror } from '../support/mirror.ts';
import { downloadPathOf, indexPathOf } from '../support/scene.ts';
import { type DatabaseName, databaseFor, databases } from '../support/stage.ts';
import { type Cleanup, tempDir } from '../support/temp.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';

const name = 'subject';
const versions = ['0.9.0', '1.0.0-rc.1', '1.0.0', '1.0.1', '1.0.1+again', '1.1.0-beta', '1.1.0', '2.0.0'];
const hour = 3_600_000;

/** What a release holds; nothing of it does anything. */
const contents = {
  nothing: {},
  script: { buildScript: 'fn main() {}' },
  network: { buildScript: 'fn main() { let _ = std::net::TcpStream::connect("host.invalid:80"); }' },
  program: { buildScript: 'fn main() { let _ = std::process::Command::new("make").status(); }' },
  library: { lib: 'pub fn go() { let _ = std::net::TcpStream::connect("host.invalid:80"); }' },
  large: { files: { 'data.bin': Buffer.alloc(2 * 1024 * 1024) } },
  macros: { procMacro: true },
} as const;

type Happening =
  | {
      readonly kind: 'publish';
      readonly version: string;
      readonly holds: keyof typeof contents;
      readonly fresh: boolean;
    }
  | { readonly kind: 'yank' | 'unyank' | 'delete' | 'lie'; readonly version: string };

const version = fc.constantFrom(...versions);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('publish' as const),
      version,
      holds: fc.constantFrom(...(Object.keys(contents) as (keyof typeof contents)[])),
      fresh: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('yank', 'unyank', 'delete', 'lie'), version }) },
);
/** What happens upstream, hour by hour. */
const history = fc.array(fc.array(happening, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 });

type Act = {
  readonly kind: 'index' | 'download' | 'question' | 'explain' | 'facts' | 'event' | 'poll' | 'restart';
  readonly version: string;
  /** Which of the replicas. */
  readonly at: number;
};
const act: fc.Arbitrary<Act> = fc.record({
  kind: fc.constantFrom(
    ...(['index', 'download', 'download', 'download', 'question', 'explain', 'facts', 'event'] as const),
    ...(['poll', 'restart'] as const),
  ),
  version,
  at: fc.nat(1),
});
/** What is asked of a mirror, hour by hour. */
const schedule = fc.array(fc.array(act, { maxLength: 6 }), { minLength: 4, maxLength: 4 });

/** One mirror, of one replica or two. */
class Place {
  readonly #start: (data: string) => Promise<TestMirror>;
  readonly #folders: readonly string[];
  #replicas: TestMirror[] = [];

  constructor(folders: readonly string[], start: (data: string) => Promise<TestMirror>) {
    this.#folders = folders;
    this.#start = start;
  }

  async open(): Promise<void> {
    for (const folder of this.#folders) this.#replicas.push(await this.#start(folder));
  }

  replica(at: number): TestMirror {
    return this.#replicas[at % this.#replicas.length] as TestMirror;
  }

  async do({ kind, version, at }: Act): Promise<void> {
    const mirror = this.replica(at);
    const index = at % this.#replicas.length;
    switch (kind) {
      case 'index':
        return void (await get(mirror.url + indexPathOf(name)));
      case 'download':
        return void (await get(mirror.url + downloadPathOf(name, version)));
      case 'question':
        return void (await mirror.call(`/api/v1/releases/${name}/${encodeURIComponent(version)}`));
      case 'explain':
        return void (await mirror.call(`/api/v1/explain/${name}/${encodeURIComponent(version)}`));
      case 'facts': {
        // As a gate asks, which compares with what a lockfile had.
        const base = versions[at * 3];
        const packages = [{ crate: name, version, source: mirror.cargoUrl, bytes: true, base }];
        const answer = await mirror.call('/api/v1/facts', { method: 'POST', body: { packages } });
        return assert.equal(answer.status, 200, await answer.text());
      }
      case 'event': {
        const data = { crate_name: name, crate_version: version };
        const body = { type: 'crate_update', timestamp: '2026-08-01T00:00:00Z', data };
        const answer = await mirror.call('/events/kellnr', { method: 'POST', body });
        return assert.equal(answer.status, 202, await answer.text());
      }
      case 'poll':
        return await mirror.tick();
      case 'restart':
        await mirror.close();
        this.#replicas[index] = await this.#start(this.#folders[index] as string);
    }
  }

  async records(): Promise<readonly ReleaseRecord[]> {
    return await this.replica(0).server.store.releases('upstream', name);
  }

  async settle(): Promise<void> {
    for (let round = 0; round < 4; round++) for (const replica of this.#replicas) await replica.settle();
  }

  async close(): Promise<void> {
    for (const replica of this.#replicas) await replica.close();
  }
}

function happen(upstream: Upstream, clock: TestClock, told: Map<string, boolean>, what: Happening): void {
  const { version } = what;
  const isThere = told.get(version);
  if (what.kind === 'publish') {
    // What was published once, deleted or not, cannot be again.
    if (isThere !== undefined) return;
    told.set(version, true);
    const pubtime = what.fresh ? clock.iso() : '2020-01-01T00:00:00Z';
    upstream.publish(makeCrate({ name, version, ...contents[what.holds] }), { pubtime });
    return;
  }
  if (isThere !== true) return;
  if (what.kind === 'delete') {
    upstream.deleteRelease(name, version);
    told.set(version, false);
  } else if (what.kind === 'lie') upstream.lieAboutBytes(name, version, Buffer.from('other bytes'));
  else if (what.kind === 'yank') upstream.yank(name, version);
  else upstream.unyank(name, version);
}

const stateOf = ({ version, state, until, verdict, yanked }: ReleaseRecord) =>
  [version, { state, until, yanked, verdict: JSON.stringify(verdict) }] as const;

/** Another release's state, as a request for `asked` may not touch it. */
function others(records: readonly ReleaseRecord[], asked: string) {
  return Object.fromEntries(records.filter(({ version }) => version !== asked).map(stateOf));
}

/** All that became of the crate once everybody has asked for everything. */
async function outcome(place: Place, order: readonly string[]) {
  await place.settle();
  for (const version of order) await place.do({ kind: 'download', version, at: 0 });
  await place.settle();
  const index = await get(place.replica(1).url + indexPathOf(name), {
    headers: { 'accept-encoding': 'identity' },
  });
  return { index: index.text, releases: Object.fromEntries((await place.records()).map(stateOf)) };
}

async function sameWhoeverAsks(
  t: Cleanup,
  database: DatabaseName,
  what: readonly (readonly Happening[])[],
  schedules: readonly (readonly (readonly Act[])[])[],
  orders: readonly (readonly string[])[],
): Promise<void> {
  const clock = testClock('2026-08-01T00:00:00Z');
  const upstream = await startUpstream();
  t.after(() => upstream.close());
  upstream.publish(makeCrate({ name, version: '0.1.0' }), { pubtime: '2019-01-01T00:00:00Z' });
  const places: Place[] = [];
  for (const [i] of schedules.entries()) {
    const db = await databaseFor(database, t);
    const folder = tempDir(t);
    // Only PostgreSQL has replicas; one schedule goes without, so that both are compared.
    const folders = database === 'PostgreSQL' && i > 0 ? [folder, folder] : [folder];
    const place = new Place(folders, (data) =>
      startMirror({ upstream: upstream.indexUrl, clock, data, ...db, config }),
    );
    t.after(() => place.close());
    await place.open();
    await place.do({ kind: 'index', version: '', at: 0 });
    places.push(place);
  }
  const told = new Map<string, boolean>();
  for (const [hours, happenings] of what.entries()) {
    clock.advance(hour);
    for (const one of happenings) happen(upstream, clock, told, one);
    for (const [i, place] of places.entries()) {
      for (const one of schedules[i]?.[hours] ?? []) {
        const before = await place.records();
        await place.do(one);
        // Where a gate asks about a release that is not known, the index file is read again, as by a poll.
        const isLook = one.kind === 'facts' && before.every(({ version }) => version !== one.version);
        if (one.kind !== 'poll' && !isLook)
          assert.deepEqual(
            others(await place.records(), one.version),
            others(before, one.version),
            `${one.kind} of ${one.version}`,
          );
      }
      await place.settle();
    }
  }
  clock.advance(20 * 24 * hour);
  const outcomes = [];
  for (const [i, place] of places.entries()) outcomes.push(await outcome(place, orders[i] ?? versions));
  for (const other of outcomes.slice(1)) assert.deepEqual(other, outcomes[0]);
}

const config = 'poll-interval = "30m"\n[events.kellnr]\nupstream = "upstream"\n';
const order = fc.shuffledSubarray([...versions, '0.1.0'], { minLength: versions.length + 1 });
const scale = Number(process.env.PROPERTY_RUNS ?? 1);

for (const { name: database, skip } of databases) {
  describe(`states on ${database}`, { skip }, () => {
    it('are the same whoever asked for what, when', async () => {
      await fc.assert(
        fc.asyncProperty(
          history,
          fc.tuple(schedule, schedule),
          fc.tuple(order, order),
          async (what, schedules, orders) => {
            const ends: (() => unknown)[] = [];
            try {
              await sameWhoeverAsks(
                { after: (end) => void ends.push(end) },
                database,
                what,
                schedules,
                orders,
              );
            } finally {
              for (const end of ends.reverse()) await end();
            }
          },
        ),
        { numRuns: (database === 'SQLite' ? 12 : 4) * scale, interruptAfterTimeLimit: 300_000 * scale },
      );
    });
  });
}
