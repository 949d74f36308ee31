/** A host, as it last reported. */
export interface HostRecord {
  readonly id: number;
  readonly name: string;
  /** Kernel's id of the boot that it reported from. */
  readonly bootId: string;
  readonly environment: string | null;
  readonly team: string | null;
  readonly service: string | null;
  /** The run of its agent that told it; `null` where it looked once. */
  readonly session: string | null;
  /** Which of that run's messages it is as of. */
  readonly sequence: number;
  /** Processes that its agent could not read. */
  readonly unread: number;
  /** When it was last looked at: epoch milliseconds by the server's clock. */
  readonly seenAt: number;
  /** Name of the token that reported. */
  readonly by: string;
}

/** A process of a host, of one boot: pids are given again. */
export interface ProcessRecord {
  readonly hostId: number;
  readonly bootId: string;
  readonly pid: number;
  /** Clock ticks since boot. */
  readonly started: number;
  readonly path: string;
  /** SHA-256 of its executable; `null`: it could not be read. */
  readonly digest: string | null;
  readonly buildId: string | null;
  readonly state: 'present' | 'replaced' | 'deleted' | 'unpackaged';
  /** JSON: `{"stale": [{path, state}, …]}`, files with code that are not as they are on disk. */
  readonly stale: string;
  /** Whether it runs code that is not on disk any more, beside what it unpacked itself. */
  readonly restart: boolean;
  readonly firstSeen: number;
  /** When a report first had it no more; `null`: it runs, as far as the last report says. */
  readonly endedAt: number | null;
}

/** How often a binary runs on a host: kept, and equal to a recount of its processes that have not ended. */
export interface RunningRecord {
  readonly digest: string;
  readonly hostId: number;
  readonly buildId: string | null;
  /** Of one of the processes. */
  readonly path: string;
  readonly processes: number;
  /** How many of them run code that is not on disk any more. */
  readonly restart: number;
  /** When the first of them was first seen. */
  readonly since: number;
}
