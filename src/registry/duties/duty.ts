/**
 * Work that falls due by itself. Each duty is run in a loop of its own, and its turns wait for no network, so that none
 * holds up another one.
 */
export interface Duty {
  /** What it is in the log, the metrics and `/readyz`. */
  readonly name: string;
  /** Does what is due now, or begins it. A failing store throws; what fails of single crates is noted. */
  turn(): Promise<void>;
  /** Milliseconds until something falls due; 0 while more is due than could be begun. */
  untilDue(): Promise<number>;
  /** Resolves when nothing that turns began is under way. */
  idle(): Promise<void>;
  /** Whether more was due at the last turn than could be begun. */
  readonly hasMore: boolean;
  /** By how many milliseconds the longest due piece was late when it was last looked; 0: nothing is. */
  readonly behind: number;
  /** Why it may be late without being at fault; `undefined`: nothing excuses it. */
  excuse(): string | undefined;
  /** Called by the loop that runs it: what is to be done when there is room for another piece. */
  onRoom: () => void;
  /** Begins nothing more. */
  stop(): void;
}

/** A duty that does all of its work within its turns. */
export function promptDuty(name: string, turn: () => Promise<void>): Duty {
  return {
    name,
    turn,
    untilDue: async () => Number.POSITIVE_INFINITY,
    idle: async () => {},
    hasMore: false,
    behind: 0,
    excuse: () => undefined,
    onRoom: () => {},
    stop: () => {},
  };
}
