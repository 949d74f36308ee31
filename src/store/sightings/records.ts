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
  /** `reportVersion` of its agent. */
  readonly version: number;
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
  /** SHA-256 of what its segments bring into memory; `null`: its agent does not say. */
  readonly segments: string | null;
  readonly state: 'present' | 'replaced' | 'deleted' | 'unpackaged';
  /** JSON: `{"stale": [{path, state}, …]}`, files with code that are not as they are on disk. */
  readonly stale: string;
  /** Whether it runs code that is not on disk any more, beside what it unpacked itself. */
  readonly restart: boolean;
  /** The set of what it has loaded; `null`: its agent did not say. */
  readonly loaded: number | null;
  readonly firstSeen: number;
  /** When a report first had it no more; `null`: it runs, as far as the last report says. */
  readonly endedAt: number | null;
}

/** How often a binary runs on a host: kept, and equal to a recount of its processes that have not ended. */
export interface RunningRecord {
  readonly digest: string;
  readonly hostId: number;
  readonly buildId: string | null;
  readonly segments: string | null;
  /** Of one of the processes. */
  readonly path: string;
  readonly processes: number;
  /** How many of them run code that is not on disk any more. */
  readonly restart: number;
  /** When the first of them was first seen. */
  readonly since: number;
}

/** A file with code in it, as hosts tell of it. */
export interface ObjectRecord {
  readonly id: number;
  /** Digest of all that follows: equal for equal ones. */
  readonly identity: string;
  /** In the root of the process. */
  readonly path: string;
  readonly digest: string | null;
  readonly buildId: string | null;
  readonly state: ProcessRecord['state'];
  /** What it is for, by its name. */
  readonly class: 'program' | 'tls' | 'database' | 'interpreter' | 'compute' | 'other';
  /** The package that it is from; `null`: not known. */
  readonly componentId: number | null;
  readonly knownBy: 'database' | 'note' | 'earlier' | 'other' | null;
  /** Why its package is not known, one clause. */
  readonly why: string | null;
}

/** What one or more processes have loaded. */
export interface LoadedSet {
  readonly id: number;
  readonly identity: string;
}

/**
 * A file of a set. `loaded`: it is mapped. `needed`: the loader brings it. `possible`: the program has its name in it.
 */
export interface LoadedMember {
  readonly objectId: number;
  readonly setId: number;
  readonly how: 'loaded' | 'needed' | 'possible';
}

/** How often a program of a host has loaded a set: kept, and equal to a recount of its processes that have not ended. */
export interface LoadingRecord {
  readonly setId: number;
  readonly hostId: number;
  /** Of the program. */
  readonly path: string;
  /** Of one of the processes. */
  readonly digest: string | null;
  readonly processes: number;
  readonly restart: number;
  readonly since: number;
}

/** A program that something on a host names which starts programs. */
export interface InstalledRecord {
  readonly hostId: number;
  readonly path: string;
  readonly named: 'unit' | 'cron' | 'path' | 'container' | 'other';
  /** What names it: a file, or the option of the agent. */
  readonly by: string;
  readonly digest: string | null;
  readonly buildId: string | null;
  /** SHA-256 of what its segments bring into memory; `null`: its agent does not say. */
  readonly segments: string | null;
  /** The set of what it needs and can open. */
  readonly loaded: number;
  readonly since: number;
}

/**
 * A binary that a host runs or has installed, that has the build id of a signed artefact and brings other code or data
 * into memory. Gone when it does neither any more.
 */
export interface TamperedRecord {
  readonly hostId: number;
  readonly digest: string;
  /** Of one of the processes, or where it is installed. */
  readonly path: string;
  /** The signed artefact. */
  readonly artefactId: number;
  /** When it was found, and told of: epoch milliseconds. */
  readonly openedAt: number;
}
