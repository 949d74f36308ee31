/** A server's duty of exposures over a store, whose advisories and clock are set by hand. */
import type { ToldProcess } from '../../src/agent/report.ts';
import { databaseOf } from '../../src/facts/advisories/database.ts';
import { addArtefact } from '../../src/inventory/add.ts';
import { exposureDuty } from '../../src/inventory/exposure/duty.ts';
import { takeReport } from '../../src/inventory/sightings.ts';
import type { Store } from '../../src/store/store.ts';
import type { Place } from '../store/databases.ts';
import { advisory } from './advisories.ts';
import { binary, crate } from './samples.ts';

export const start = Date.UTC(2026, 10, 29);

/**
 * A server's duty whose advisories and clock are set by hand; `meanwhile` happens once, after it told of an advisory
 * and before it looks at hosts.
 */
export function stand(store: Store) {
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

export function program(pid: number, digit: string): ToldProcess {
  return { pid, started: 1, path: `/app-${pid}`, sha256: digit.repeat(64), state: 'present', stale: [] };
}

/** What people were told, in the order of time. */
export async function toldOf(place: Pick<Place, 'tamper'>): Promise<readonly string[]> {
  const rows = await place.tamper('select body from told_findings order by at, body');
  return rows.map(({ body }) => (JSON.parse(String(body)) as { message: string }).message);
}
