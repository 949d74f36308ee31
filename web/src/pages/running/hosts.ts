import type { SightingsJson } from '../../../../src/server/sighting-contract.ts';

type Process = SightingsJson['processes'][number];

/** What runs on one host, and how much of it wants somebody to look. */
export interface Host {
  readonly name: string;
  readonly processes: readonly Process[];
  readonly restart: number;
  readonly unpackaged: number;
  readonly tampered: number;
  readonly changed: number;
}

/** Processes by their host, those first on which most wants somebody to look. */
export function hostsOf(processes: readonly Process[]): readonly Host[] {
  return [...Map.groupBy(processes, ({ host }) => host)]
    .map(([name, own]) => ({
      name,
      processes: own,
      restart: own.filter(({ restart }) => restart).length,
      unpackaged: own.filter(isUnpackaged).length,
      tampered: own.filter(({ standing }) => standing === 'tampered').length,
      changed: own.filter(({ standing }) => standing === 'changed').length,
    }))
    .sort((a, b) => wants(b) - wants(a) || (a.name < b.name ? -1 : 1));
}

/** Whether it, or something that it has loaded, is from no package. */
export function isUnpackaged({ state, stale }: Process): boolean {
  return state === 'unpackaged' || stale.some((one) => one.state === 'unpackaged');
}

function wants({ restart, unpackaged, tampered, changed }: Host): number {
  return restart + unpackaged + 10 * changed + 1_000_000 * tampered;
}
