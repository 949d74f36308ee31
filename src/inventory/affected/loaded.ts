import type { ComponentRecord } from '../../store/inventory/records.ts';
import type { HostFilter } from '../../store/inventory/store.ts';
import type { HostCursor, InstalledAt, LoadingAt } from '../../store/sightings/loading.ts';
import type { RunningCount, SightingStore } from '../../store/sightings/store.ts';

/** Where packages of distributions are loaded, whoever built the program. */
export interface Loaded {
  /** Hosts and processes that have one mapped. */
  readonly running: RunningCount;
  /** Of the others, those whose program has the name of one in it. */
  readonly possible: RunningCount;
  /** A page of the programs, by host and path. */
  readonly programs: readonly LoadingAt[];
  /** Programs that something will start, and that need one or can open it: the first few. */
  readonly installed: readonly InstalledAt[];
  /** The packages that those are about, by id. */
  readonly packages: ReadonlyMap<number, ComponentRecord>;
  /** In how many processes each is. */
  readonly processes: ReadonlyMap<number, number>;
  /** Why more may have one, a clause each. */
  readonly missing: readonly string[];
}

/** Of a question that no package of a distribution is an answer to. */
export const nothingLoaded: Loaded = {
  running: { hosts: 0, processes: 0 },
  possible: { hosts: 0, processes: 0 },
  programs: [],
  installed: [],
  packages: new Map(),
  processes: new Map(),
  missing: [],
};

/** Says which processes have loaded a file of some packages, and of how many of these is not known. */
export async function loadedOf(
  { loading }: Pick<SightingStore, 'loading'>,
  affected: readonly ComponentRecord[],
  unsure: readonly ComponentRecord[],
  {
    limit,
    after,
    on,
    installed: withInstalled,
  }: {
    readonly limit: number;
    readonly after?: HostCursor | undefined;
    readonly on?: HostFilter | undefined;
    /** Whether programs count that do not run. */
    readonly installed: boolean;
  },
): Promise<Loaded> {
  const packages = new Map(affected.filter(({ kind }) => kind === 'other').map((one) => [one.id, one]));
  const ids = [...packages.keys()];
  const [running, possible, programs, installed, processes, unknown] = await Promise.all([
    loading.count(ids, on),
    loading.countPossible(ids, on),
    loading.at(ids, limit, after, on),
    withInstalled ? loading.installedAt(ids, limit, on) : [],
    loading.countEach([...ids, ...unsure.map(({ id }) => id)], on),
    loading.unknown(on),
  ]);
  const missing = [
    ...(unknown.objects === 0
      ? []
      : [
          `${count(unknown.objects, 'file')} that processes on ${count(unknown.hosts, 'host')} have loaded ${unknown.objects === 1 ? 'is' : 'are'} of no package that is known`,
        ]),
    ...(unknown.unread === 0
      ? []
      : [`${count(unknown.unread, 'process', 'es')} could not be read by an agent`]),
  ];
  return { running, possible, programs, installed, packages, processes, missing };
}

function count(n: number, of: string, plural = 's'): string {
  return `${n} ${of}${n === 1 ? '' : plural}`;
}
