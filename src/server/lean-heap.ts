import { setFlagsFromString } from 'node:v8';

/**
 * How much the heap may grow between two collections, in percent. V8 chooses up to four times as much by itself: memory
 * of garbage.
 */
const growth = 25;
/** What the server was started with; 0: V8's own choice. */
const usual =
  process.execArgv.find((flag) => flag.startsWith('--heap-growing-percent=')) ?? '--heap-growing-percent=0';
/** Milliseconds after the last call. */
const duration = 30_000;

let timer: NodeJS.Timeout | undefined;

/**
 * Has V8 hold less garbage for half a minute, for some more of the processor: where much is gone through, and little of
 * it kept.
 */
export function leanHeap(): void {
  if (timer === undefined) setFlagsFromString(`--heap-growing-percent=${growth}`);
  clearTimeout(timer);
  timer = setTimeout(() => {
    timer = undefined;
    setFlagsFromString(usual);
  }, duration).unref();
}
