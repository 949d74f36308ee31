import type { MetLimit } from './over.ts';

/** What holds a build's appetite, as it really is. `processes` counts threads as well; `memory` is in bytes. */
export type Limits =
  | {
      readonly kind: 'cgroup';
      readonly version: 1 | 2;
      readonly processes: number;
      readonly memory: number;
    }
  /** Of an ordinary user's processes alone; `reason` is why there are no control groups. */
  | { readonly kind: 'rlimit'; readonly processes: number; readonly reason: string }
  | { readonly kind: 'none'; readonly reason: string };

/** A group of processes that is held to limits. */
export interface Cell {
  readonly limits: Limits;
  /** The command line that runs a command in it. */
  readonly enter: (command: readonly string[]) => readonly string[];
  /** The command line that begins it behind a sandbox, where there is one. */
  readonly within: (command: readonly string[]) => readonly string[];
  /** The limit that was met, by the end of what a command said. */
  readonly met: (said: string) => MetLimit | undefined;
  /** Takes it away. Whoever is still in it is ended. */
  readonly close: () => void;
}
