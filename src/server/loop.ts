import type { ServerLog } from './log.ts';

/** Longest wait between two looks at what is due, milliseconds: what another replica decided is seen within it. */
const pulse = 1_000;
/** Wait after a tick that failed as a whole, as when the database is away. */
const afterFailure = 5_000;

/** Work that falls due by itself. */
export interface Due {
  /** Does all that is due now. */
  tick(): Promise<void>;
  /** Milliseconds until something falls due. */
  untilDue(): Promise<number>;
}

/** Such work, run for as long as the server is up. */
export interface Loop {
  /** Something became due: look at once. */
  wake(): void;
  /** Ends after the tick that is under way. */
  stop(): Promise<void>;
}

/** Starts to look after what is due. One tick at a time; a tick that fails is logged, and the loop goes on. */
export function startLoop(work: Due, log: ServerLog): Loop {
  let stopped = false;
  let wakeUp = () => {};
  const pause = (milliseconds: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const run = async () => {
    while (!stopped) {
      let wait = pulse;
      try {
        await work.tick();
        wait = Math.min(pulse, await work.untilDue());
      } catch (error) {
        log.failure(error, 'background work');
        wait = afterFailure;
      }
      if (!stopped) await pause(Math.max(wait, 20));
    }
  };
  const running = run();
  return {
    wake: () => wakeUp(),
    stop: async () => {
      stopped = true;
      wakeUp();
      await running;
    },
  };
}
