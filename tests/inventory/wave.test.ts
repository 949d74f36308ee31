import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ToldProcess } from '../../src/agent/report.ts';
import { databaseOf } from '../../src/facts/advisories/database.ts';
import { addArtefact } from '../../src/inventory/add.ts';
import { exposureDuty } from '../../src/inventory/exposure/duty.ts';
import { takeReport } from '../../src/inventory/sightings.ts';
import type { Store } from '../../src/store/store.ts';
import { databases, type Place, withStore } from '../store/databases.ts';
import { advisory } from './advisories.ts';
import { binary, crate } from './samples.ts';

const start = Date.UTC(2026, 10, 29);

/** A server's duty whose advisories and clock are set by hand; `meanwhile` happens once, after it told of an advisory and before it looks at hosts. */
function stand(store: Store) {
  const state = {
    now: start,
    reading: 'none',
    crates: [] as readonly string[],
    meanwhile: undefined as (() => Promise<unknown>) | undefined,
  };
  const feed = () => ({
    database: databaseOf(state.crates.map((crate, i) => advisory(crate, `RUSTSEC-2026-000${i + 1}`))),
    packages: [],
    problems: [],
    provenance: { source: 'test', readAt: '' },
  });
  const watched = {
    vex: store.vex,
    write: (work: Parameters<Store['write']>[0]) => store.write(work),
    exposures: {
      state: () => store.exposures.state(),
      componentsAfter: (id: number, limit: number) => store.exposures.componentsAfter(id, limit),
      isDue: async () => {
        const { meanwhile } = state;
        state.meanwhile = undefined;
        await meanwhile?.();
        return await store.exposures.isDue();
      },
    },
  };
  const duty = exposureDuty({
    // Sound: the duty asks for no more of it.
    store: watched as unknown as Store,
    targets: ['hook'],
    now: () => state.now,
    // Sound: the duty asks for no more of them.
    feeds: {
      names: () => ({ advisories: ['db'] }),
      current: () => new Map([['db', state.reading]]),
      areCurrent: async () => true,
      knowledge: () => ({ advisories: [{ feed: feed(), alarm: undefined }] }),
    } as never,
  });
  const run = (host: number, digit: string, more: object = {}) =>
    takeReport(
      store,
      {
        host: `web-${String(host).padStart(3, '0')}`,
        bootId: 'b',
        unread: 0,
        processes: [program(1, digit)],
        ...more,
      },
      { by: 'agent', now: state.now },
    );
  const add = (digit: string, name: string) =>
    addArtefact(store.inventory, binary(digit, [crate(name, '1.0.0')]), { by: 'ci', now: state.now });
  return { state, duty, run, add };
}

function program(pid: number, digit: string): ToldProcess {
  return { pid, started: 1, path: `/app-${pid}`, sha256: digit.repeat(64), state: 'present', stale: [] };
}

async function toldOf(place: Pick<Place, 'tamper'>): Promise<readonly string[]> {
  const rows = await place.tamper('select body from told_findings order by at, body');
  return rows.map(({ body }) => (JSON.parse(String(body)) as { message: string }).message);
}

for (const database of databases)
  describe(`an advisory about what many hosts run, on ${database.name}`, { skip: database.skip }, () => {
    it('is told of once where hosts wait already to be looked at', () =>
      withStore(database, async (store, place) => {
        const { state, duty, run, add } = stand(store);
        await add('a', 'flawed');
        for (let host = 1; host <= 60; host++) await run(host, 'a');
        Object.assign(state, { now: start + 1000, reading: 'one', crates: ['flawed'] });
        await duty.turn();
        assert.equal((await toldOf(place)).length, 1);
        assert.equal((await store.exposures.counts(0)).open, 60);
      }));

    it('is told of again for what is known to run by then, and was not when it was told of', () =>
      withStore(database, async (store, place) => {
        const { state, duty, run, add } = stand(store);
        await add('a', 'flawed');
        await add('c', 'other');
        // The last of them runs what nobody knows, and what another advisory strikes.
        for (let host = 1; host <= 60; host++) await run(host, 'a');
        const two = [program(1, 'b'), program(2, 'c')];
        for (let host = 61; host <= 120; host++) await run(host, 'c', host === 120 ? { processes: two } : {});
        await duty.turn();
        Object.assign(state, { now: start + 1000, reading: 'one', crates: ['flawed', 'other'] });
        state.meanwhile = async () => {
          state.now += 1000;
          await add('b', 'flawed');
          // One becomes another program (execve keeps its number and its start).
          await run(119, 'a');
        };
        await duty.turn();
        const told = (await toldOf(place)).filter((text) => text.startsWith('flawed'));
        assert.match(told.join(), /web-001, .* and 55 more/);
        assert.match(told.join(), /web-119/);
        assert.match(told.join(), /web-120/);
      }));

    it('is told of once and at once; what begins later is told of as it begins', () =>
      withStore(database, async (store, place) => {
        const { state, duty, run, add } = stand(store);
        const told = () => toldOf(place);
        await add('a', 'flawed');
        for (let host = 1; host <= 60; host++) await run(host, 'a');
        await duty.turn();
        assert.deepEqual(await told(), []);
        Object.assign(state, { now: start + 1000, reading: 'one', crates: ['flawed'] });
        await duty.turn();
        assert.deepEqual(await told(), [
          'flawed 1.0.0 with RUSTSEC-2026-0001 (It is flawed) runs on web-001, web-002, web-003, web-004, web-005 and 55 more.',
        ]);
        assert.equal(await store.nextDelivery(), state.now + 1);
        assert.equal((await store.exposures.counts(0)).open, 60);
        // One more host, and one that is started again after it was over there.
        state.now += 1000;
        await run(61, 'a');
        await run(1, 'b');
        await duty.turn();
        state.now += 1000;
        await run(1, 'a', { bootId: 'c' });
        await duty.turn();
        const later = (await told()).slice(1);
        assert.equal(later.filter((text) => /runs on web-061, in 1 program/.test(text)).length, 1);
        assert.equal(later.filter((text) => /runs on web-001, in 1 program/.test(text)).length, 1);
        assert.equal((await store.exposures.counts(0)).open, 61);
      }));
  });
