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
  /** Processes that could not be read: those of others, where the agent may not look. */
  readonly unread: number;
}

/** Which of an agent's messages it is: one that comes twice is known by it. */
export interface Numbered {
  /** Of one run of an agent. */
  readonly session?: string | undefined;
  /** Its messages, counted from 1. */
  readonly sequence?: number | undefined;
  /** How long ago it was seen, by a clock that nobody sets: milliseconds. */
  readonly age?: number | undefined;
}

/** What a host runs at a moment, all of it. Plain JSON. */
export interface HostReport extends Labels, Look, Numbered {}

/** What is otherwise than by the message before it of the same session. Plain JSON. */
export interface HostChange extends Labels, Omit<Look, 'processes'>, Numbered {
  readonly kind: 'change';
  readonly session: string;
  readonly sequence: number;
  /** Processes that are new, or of which something is otherwise. */
  readonly begun: readonly SeenProcess[];
  readonly ended: readonly ProcessKey[];
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
  readonly state: FileState;
  /** Files with code that it has loaded and that are not as they are on disk; the executable is not among them. */
  readonly stale: readonly StaleObject[];
}

export interface StaleObject {
  readonly path: string;
  readonly state: Exclude<FileState, 'present'>;
}

/**
 * `replaced`: another file is at its path now. `deleted`: none is. Both run the old code. `unpackaged`: the program itself unpacked it to a
 * temporary file or memory, mapped and unlinked it.
 */
export type FileState = 'present' | 'replaced' | 'deleted' | 'unpackaged';
