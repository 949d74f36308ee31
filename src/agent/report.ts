/** What a host runs at a moment. Plain JSON. */
export interface HostReport {
  /** Its name, unique among hosts. */
  readonly host: string;
  /** Kernel's id of this boot: pids mean nothing beyond it. */
  readonly bootId: string;
  readonly environment?: string | undefined;
  readonly team?: string | undefined;
  readonly service?: string | undefined;
  readonly processes: readonly SeenProcess[];
  /** Processes that could not be read: those of others, where the agent may not look. */
  readonly unread: number;
}

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
