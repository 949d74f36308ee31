/** Time as it passes, whatever the wall clock says meanwhile. Tests hand in one that they move themselves. */
export interface Stopwatch {
  /** Milliseconds since some moment; never goes back. */
  now(): number;
  /** Calls `act` once after so many milliseconds; what is returned takes that back. */
  after(milliseconds: number, act: () => void): () => void;
}

/** The machine's own; what it is asked to do later keeps no process alive. */
export const machineStopwatch: Stopwatch = {
  now: () => performance.now(),
  after: (milliseconds, act) => {
    const timer = setTimeout(act, milliseconds).unref();
    return () => clearTimeout(timer);
  },
};
