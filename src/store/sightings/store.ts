import type { ArtefactFilter, HostFilter } from '../inventory/store.ts';
import type { SeenMember, SeenObject } from './loaded.ts';
import type { LoadingReader } from './loading.ts';
import type { HostRecord, InstalledRecord, ProcessRecord, RunningRecord } from './records.ts';

/** What hosts run, as the store keeps it. Errors are those of `Store`. */
export interface SightingStore {
  /**
   * Takes over what a host runs now, whole, in one transaction: what is not among it has ended. Processes that ended
   * before `when.forgetBefore` are forgotten. The same report twice changes nothing but the time; a message of the same run
   * that is older than what is there, nothing.
   */
  replace(host: Omit<HostRecord, 'id'>, report: SeenReport, when: When): Promise<Taken>;
  /**
   * Takes over what is otherwise on a host, in one transaction: the message after the one that its state is of.
   * `undefined` where it is another one's, also an earlier one of the same run: its machine may have gone back in time. The
   * one that was taken last is not taken again.
   */
  change(host: NumberedHost, change: ProcessChange, when: When): Promise<Taken | undefined>;
  /** How many hosts run one of the artefacts that are meant, and in how many processes. */
  countRunning(filter: ArtefactFilter): Promise<RunningCount>;
  /**
   * Where each of some binaries runs, by its digest or else its build id: at most `limit` hosts, those that reported
   * first, in the order of their names.
   */
  runningAt(
    binaries: readonly Binary[],
    limit: number,
    on?: HostFilter,
  ): Promise<readonly (readonly RunningAt[])[]>;
  /** Where each of some binaries is installed and not seen running, by its digest or else its build id: at most `limit` each. */
  installedOf(
    binaries: readonly Binary[],
    limit: number,
    on?: HostFilter,
  ): Promise<readonly (readonly InstalledArtefact[])[]>;
  /**
   * Programs that are installed on hosts and that none of their processes runs, with how each stands to the artefacts:
   * by host and path.
   */
  installed(query: InstalledQuery): Promise<readonly InstalledBinary[]>;
  /** On how many hosts one of the artefacts that are meant is installed and not seen running. */
  countInstalled(filter: ArtefactFilter): Promise<InstalledCount>;
  /** Which processes have loaded what. */
  readonly loading: Pick<LoadingReader, keyof LoadingReader>;
  /** Hosts by name, with how many processes of programs that could be read each has, and how many exposures are open. */
  hosts(query: HostQuery): Promise<readonly KnownHost[]>;
  /** Who told of a host that is in service last; `undefined`: there is none of the name. */
  tellerOf(host: string): Promise<string | undefined>;
  /** How many hosts are in service, by the version of reports that their agents tell by. */
  hostsByVersion(): Promise<ReadonlyMap<number, number>>;
  /**
   * Processes that have not ended, with how each stands to the artefacts: those that were tampered with first, then by
   * host and pid.
   */
  processes(query: ProcessQuery): Promise<readonly StandingProcess[]>;
}

/** Epoch milliseconds, by the server's clock. */
export interface When {
  readonly now: number;
  readonly forgetBefore: number;
}

export interface HostQuery extends HostFilter {
  readonly state?: 'reporting' | 'retired' | undefined;
  /** The name before the page. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface KnownHost extends HostRecord {
  readonly processes: number;
  readonly exposures: number;
  /** Since when it is out of service, by whom; `null`: it is in service. */
  readonly retiredAt: number | null;
  readonly retiredBy: string | null;
}

/** How many processes began and ended by it. */
export interface Taken {
  readonly begun: number;
  readonly ended: number;
  /** It is of a boot that another one had taken the place of: no machine goes back to one, so there are two of the name. */
  readonly isBack?: true;
}

export type NumberedHost = Omit<HostRecord, 'id' | 'session'> & { readonly session: string };

/** All that a host runs, with the files that it is about. */
export interface SeenReport {
  readonly seen: readonly SeenRecord[];
  readonly objects: readonly SeenObject[];
  /** Programs that can be started; `undefined`: as they were. */
  readonly installed: readonly SeenProgram[] | undefined;
}

export type SeenProgram = Omit<InstalledRecord, 'hostId' | 'since' | 'loaded'> & {
  readonly loaded: readonly SeenMember[];
};

export interface ProcessChange extends Omit<SeenReport, 'seen'> {
  readonly begun: readonly SeenRecord[];
  readonly ended: readonly Pick<ProcessRecord, 'pid' | 'started'>[];
}

/** A process as a message tells of it: what it has loaded by positions in the message's files; `null`: it does not say. */
export type SeenRecord = Omit<ProcessRecord, 'hostId' | 'firstSeen' | 'endedAt' | 'loaded'> & {
  readonly loaded: readonly SeenMember[] | null;
};

export interface Binary {
  readonly digest: string | null;
  readonly buildId: string | null;
}

export interface RunningCount {
  readonly hosts: number;
  readonly processes: number;
}

/** A binary on a host, by what it is tied to an artefact, and how it stands to all of them. */
export type RunningAt = RunningRecord &
  Pick<HostRecord, 'name' | 'environment' | 'team' | 'service' | 'seenAt'> & {
    readonly tie: 'digest' | 'build-id';
    readonly standing: Standing;
  };

/** A program that is installed on a host and that no process of it runs, and how it stands to all artefacts. */
export interface InstalledBinary extends Omit<InstalledRecord, 'loaded'> {
  readonly host: Pick<HostRecord, 'name' | 'environment' | 'team' | 'service' | 'seenAt'>;
  readonly standing: Standing;
}

export type InstalledArtefact = InstalledBinary & { readonly tie: 'digest' | 'build-id' };

export interface InstalledQuery {
  readonly host?: string | undefined;
  readonly standing?: Standing | undefined;
  /** The one before the page. */
  readonly after?: (Pick<InstalledRecord, 'path' | 'named' | 'by'> & { readonly host: string }) | undefined;
  readonly limit: number;
}

export interface InstalledCount {
  readonly hosts: number;
  /** Programs, each once on a host. */
  readonly programs: number;
}

/**
 * `known`: an artefact has its digest. `stripped`: one has its build id, and what is loaded is the same: stripped or
 * repackaged after the build. `tampered`: a signed one has its build id, and other code or data is loaded. `changed`:
 * one has its build id, and what is loaded is other than of an unsigned one, or nobody says what is. `unknown`: built
 * by nobody here.
 */
export type Standing = (typeof standings)[number];

export const standings = ['tampered', 'known', 'stripped', 'changed', 'unknown'] as const;

export interface StandingProcess extends ProcessRecord {
  readonly host: string;
  readonly standing: Standing;
  readonly isFirst: boolean;
}

/** Where a list of processes goes on. What was found to be tampered with comes first. */
export interface ProcessPlace {
  readonly host: string;
  readonly pid: number;
  /** Whether it is among those that were found to be tampered with. */
  readonly isFirst: boolean;
}

export interface ProcessQuery {
  readonly host?: string | undefined;
  readonly standing?: Standing | undefined;
  /** Only those that run code that is not on disk any more. */
  readonly restart?: boolean | undefined;
  readonly after?: ProcessPlace | undefined;
  readonly limit: number;
}
