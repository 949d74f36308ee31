import type { Pool } from 'workerpool';
import { RegistryError } from './error.ts';

/**
 * Processes that do one thing, away from this one: what is large or hostile holds up no answer, and its memory goes
 * with the process.
 */
export interface ProcessPool<Input, Output> {
  /** `what` names the work, for the error: `reading serde 1.0.0`. */
  readonly run: (input: Input, what: string) => Promise<Output>;
  close(): Promise<void>;
}

/** Milliseconds without work after which the processes go. */
const idle = 5_000;

/**
 * A pool of at most `processes` that run the worker `script` (its `method`); they come with the work and go when there is none. One
 * piece of work may take `patience` milliseconds: past them its process ends, and it throws `RegistryError` `registry/too-slow`.
 */
export function processPool<Input, Output>(
  script: string,
  method: string,
  processes: number,
  patience: number,
): ProcessPool<Input, Output> {
  let running: Promise<Pool> | undefined;
  let busy = 0;
  let rest: NodeJS.Timeout | undefined;
  const stop = async () => {
    const ended = running;
    running = undefined;
    await (await ended)?.terminate(true);
  };
  return {
    run: async (input, what) => {
      clearTimeout(rest);
      running ??= startPool(script, processes);
      busy++;
      try {
        const started = await running;
        return await started.exec(method, [input]).timeout(patience);
      } catch (error) {
        if ((error as Error).name !== 'TimeoutError') throw error;
        const message = `${what} took longer than ${patience / 1000} seconds`;
        throw new RegistryError('registry/too-slow', message, { cause: error });
      } finally {
        // Where they could not be started, whoever wanted them was told.
        if (--busy === 0) rest = setTimeout(() => stop().catch(() => {}), idle).unref();
      }
    },
    close: async () => {
      clearTimeout(rest);
      await stop();
    },
  };
}

/**
 * Flags of Node 24's V8; a later one may not know them. What reads a few hundred archives compiles for a third of its
 * time, and by the thresholds that V8 has half of it is done again: these spare an eighth of the processor's time.
 */
const optimisingLater = process.versions.node.startsWith('24.')
  ? ['--invocation-count-for-maglev=1500', '--invocation-count-for-turbofan=20000']
  : [];

async function startPool(script: string, processes: number): Promise<Pool> {
  // Read with the first work: mostly there is none.
  const { pool } = await import('workerpool');
  return pool(script, {
    workerType: 'process',
    maxWorkers: processes,
    // A nursery that may grow to 128 MB spares no time, and stays that large: 16 is a third of what it takes then.
    forkOpts: { serialization: 'advanced', execArgv: ['--max-semi-space-size=16', ...optimisingLater] },
  });
}
