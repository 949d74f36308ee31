import type { LaterWord } from '../column.ts';

/** A release that an advisory strikes. */
export interface StruckRecord {
  readonly componentId: number;
  /** Its id, and its package: one advisory may be about several. */
  readonly advisory: string;
  /** JSON: `StruckBody`. */
  readonly body: string;
  /** When the server first knew: epoch milliseconds. */
  readonly since: number;
}

/** A release that an advisory strikes, where it runs. One on the same host, by the same program, is the same until it is closed. */
export interface ExposureRecord {
  readonly id: number;
  /** `0`: of what is stated to be deployed, no host reported it. */
  readonly hostId: number;
  /** Of the program; the name of an artefact that is stated to be deployed. */
  readonly path: string;
  readonly componentId: number;
  readonly advisory: string;
  /**
   * `artefact`: the program was built with it. `library`: it has loaded a file of it. `installed`: the program was
   * built with it, something names it that starts programs, and none of its processes was seen. `stated`: the artefact
   * is stated to be deployed, and nobody saw it.
   */
  readonly way: ExposureWay | LaterWord;
  readonly artefactId: number | null;
  readonly digest: string | null;
  /** Where it is stated to be deployed; `null`: it was seen. */
  readonly deploymentId: number | null;
  /** All processes run what is not on disk any more: an upgrade is there, and they were not started again. */
  readonly restart: boolean;
  /**
   * When the server first knew that the advisory strikes it; when the processes, or the program where none runs, were
   * first seen.
   */
  readonly knownSince: number;
  readonly runningSince: number;
  readonly openedAt: number;
  /** `null`: it is open. */
  readonly closedAt: number | null;
  /** `null`: it is open, or was ended before that was kept. */
  readonly endedBy: ExposureEnd | LaterWord | null;
  /** What more is to be said of that. */
  readonly endedWhy: string | null;
}

/** A host that waits to be looked at. */
export interface DueHost {
  readonly id: number;
  /** Since when: epoch milliseconds. */
  readonly dueAt: number;
}

/**
 * `gone`: no process of it runs, and it is not installed. `stated`: a statement says that it does not strike.
 * `withdrawn`: the advisory strikes it no more. `retired`: its host was taken out of service.
 */
export type ExposureEnd = (typeof exposureEnds)[number];

export const exposureEnds = ['gone', 'stated', 'withdrawn', 'retired'] as const;

/** How it is there. */
export type ExposureWay = (typeof exposureWays)[number];

export const exposureWays = ['artefact', 'library', 'installed', 'stated'] as const;

/** What runs of a struck release, as hosts last reported. */
export type FoundRunning = Pick<
  ExposureRecord,
  | 'hostId'
  | 'path'
  | 'componentId'
  | 'way'
  | 'artefactId'
  | 'digest'
  | 'deploymentId'
  | 'restart'
  | 'runningSince'
> & {
  /** Target triple of the artefact. */
  readonly target: string | null;
};
