import type { ObjectClass } from './object-class.ts';

/**
 * The version of what agents tell: it goes up with each field or word that a server did not know before. 1: without its
 * number. 2: with it, and with what the segments of installed programs are. A server takes reports of earlier versions
 * as they are, and of later ones what it knows.
 */
export const reportVersion = 2;

/** What is said of a host beside what it runs. */
export interface Labels {
  /** Its name, unique among hosts. */
  readonly host: string;
  readonly environment?: string | undefined;
  readonly team?: string | undefined;
  readonly service?: string | undefined;
}

/** One look at all processes. */
export interface Look {
  /** Kernel's id of this boot: pids mean nothing beyond it. */
  readonly bootId: string;
  readonly processes: readonly SeenProcess[];
  /** Programs that can be started though nobody saw them run. */
  readonly installed: readonly InstalledProgram[];
  /** Processes that could not be read: those of others, where the agent may not look. */
  readonly unread: number;
}

/** Which of an agent's messages it is: one that comes twice is known by it. */
export interface Numbered {
  /** `reportVersion` of the agent; absent: 1. */
  readonly version?: number | undefined;
  /** Of one run of an agent. */
  readonly session?: string | undefined;
  /** Its messages, counted from 1. */
  readonly sequence?: number | undefined;
  /** How long ago it was seen, by a clock that nobody sets: milliseconds. */
  readonly age?: number | undefined;
}

/** What a host runs at a moment, all of it. Plain JSON. */
export interface HostReport extends Labels, Omit<Look, 'processes' | 'installed'>, Numbered, Objects {
  readonly processes: readonly ToldProcess[];
  /** Absent: nobody looked for it. */
  readonly installed?: readonly ToldProgram[] | undefined;
}

/** The files that a message is about, each once: who has loaded them names their positions. */
export interface Objects {
  readonly objects?: readonly LoadedObject[] | undefined;
}

/** A process in a message: objects by their positions. */
export interface ToldProcess extends Omit<SeenProcess, 'loaded' | 'possible'> {
  readonly loaded?: readonly number[] | undefined;
  readonly possible?: readonly number[] | undefined;
}

export interface ToldProgram extends Omit<InstalledProgram, 'needed' | 'possible'> {
  readonly needed: readonly number[];
  readonly possible: readonly number[];
}

/** What is otherwise than by the message before it of the same session. Plain JSON. */
export interface HostChange extends Labels, Omit<Look, 'processes' | 'installed'>, Numbered, Objects {
  readonly kind: 'change';
  readonly session: string;
  readonly sequence: number;
  /** Processes that are new, or of which something is otherwise. */
  readonly begun: readonly ToldProcess[];
  readonly ended: readonly ProcessKey[];
  /** All of it, where it is otherwise; absent: as it was. */
  readonly installed?: readonly ToldProgram[] | undefined;
}

export type HostMessage = HostReport | HostChange;

/** A process within a boot: a pid alone is given again. */
export type ProcessKey = Pick<SeenProcess, 'pid' | 'started'>;

/** A process is its boot, its pid and its start: a pid alone is given again. */
export interface SeenProcess {
  readonly pid: number;
  /** Clock ticks since boot (proc_pid_stat(5), field 22). */
  readonly started: number;
  /** Its executable, in the process's own root. */
  readonly path: string;
  /** SHA-256 of the bytes that run, also where the file is gone; absent where they could not be read. */
  readonly sha256?: string | undefined;
  readonly buildId?: string | undefined;
  /** SHA-256 of what the segments of its executable bring into memory, where it has a build id. */
  readonly segments?: string | undefined;
  readonly state: FileState;
  /** Files with code that it has loaded and that are not as they are on disk; the executable is not among them. */
  readonly stale: readonly StaleObject[];
  /** Files with code that it has mapped, its executable among them. */
  readonly loaded: readonly LoadedObject[];
  /** Libraries of its root whose names its executable has in it, and that it has not loaded now. */
  readonly possible: readonly LoadedObject[];
}

/** A program that something names which starts programs. What one look misses, such as a job of an hour ago, is among these. */
export interface InstalledProgram {
  readonly path: string;
  readonly sha256?: string | undefined;
  readonly buildId?: string | undefined;
  /** SHA-256 of what its segments bring into memory, where it has a build id. */
  readonly segments?: string | undefined;
  /** What names it; `other`: what only a newer agent knows. */
  readonly named: 'unit' | 'cron' | 'path' | 'container' | 'other';
  /** The file that does, or the container: `/etc/cron.d/backup`. */
  readonly by: string;
  /** The program itself, and the libraries that the loader will bring. */
  readonly needed: readonly LoadedObject[];
  readonly possible: readonly LoadedObject[];
}

/** A file with code in it, and whose it is. */
export interface LoadedObject {
  /** In the root of the process. */
  readonly path: string;
  readonly sha256?: string | undefined;
  readonly buildId?: string | undefined;
  readonly state: FileState;
  readonly class: ObjectClass;
  /** The purl of the package that it is from, with its source package (`upstream`); absent: not known. */
  readonly package?: string | undefined;
  /**
   * `database`: of the distribution. `note`: the file says it. `earlier`: that database did, when the file was still
   * there. `other`: what a newer agent knows it by.
   */
  readonly by?: 'database' | 'note' | 'earlier' | 'other' | undefined;
  /** Why its package is not known: one clause. */
  readonly why?: string | undefined;
}

export interface StaleObject {
  readonly path: string;
  readonly state: Exclude<FileState, 'present'>;
}

/**
 * `replaced`: another file is at its path now. `deleted`: none is. Both run the old code. `unpackaged`: the program
 * itself unpacked it to a temporary file or memory, mapped and unlinked it.
 */
export type FileState = 'present' | 'replaced' | 'deleted' | 'unpackaged';
