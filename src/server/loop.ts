import type { Duty } from '../registry/duties/duty.ts';
import type { ServerLog } from './log.ts';
import type { Punctuality } from './punctuality.ts';

/** Longest wait between two turns, milliseconds: what another replica decided is seen within it. */
const pulse = 500;
/** Wait after a turn that failed as a whole, as when the database is away; for following the log, a second. */
const afterFailure = 1_000;

/** A duty, run for as long as the server is up. */
export interface Loop {
  /** Something became due: look at once. */
  wake(): void;
  /** Ends after the turn that is under way. */
  stop(): Promise<void>;
}

/** Starts to look after a duty. One turn at a time; a turn that fails is logged, and the loop goes on. */
export function startLoop(duty: Duty, punctuality: Punctuality, log: ServerLog): Loop {
  let stopped = false;
  let isAwake = false;
  let wakeUp = () => {};
  const wake = () => {
    isAwake = true;
    wakeUp();
  };
  const pause = (milliseconds: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
      if (isAwake) wakeUp();
    });
  const ended = punctuality.watch(duty);
  let failing = '';
  const run = async () => {
    while (!stopped) {
      let wait = pulse;
      isAwake = false;
      try {
        await duty.turn();
        wait = Math.min(pulse, await duty.untilDue());
        ended();
        failing = '';
      } catch (error) {
        // A database that is away is said once, not every second.
        const said = error instanceof Error ? error.message : String(error);
        if (!stopped && said !== failing) log.failure(error, duty.name);
        failing = said;
        wait = afterFailure;
      }
      if (!stopped) await pause(Math.max(wait, 20));
    }
  };
  duty.onRoom = wake;
  const running = run();
  return {
    wake,
    stop: async () => {
      stopped = true;
      wake();
      await running;
    },
  };
}
