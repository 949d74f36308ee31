import type { AssembledServer } from './assemble.ts';
import type { ServerLog } from './log.ts';
import { type Loop, startLoop } from './loop.ts';

/** Milliseconds between two looks at whether all loops are in time. */
const lookEvery = 5_000;

/** Starts a loop for each of a server's duties, and looks whether they are in time. */
export function startLoops(
  { watch, notifier, punctuality, onlyServes }: AssembledServer,
  log: ServerLog,
): Loop {
  const loops = [...watch.duties, ...(onlyServes ? [] : [notifier])].map((duty) =>
    startLoop(duty, punctuality, log),
  );
  const look = setInterval(() => punctuality.tell(log), lookEvery).unref();
  return {
    wake: () => {
      for (const loop of loops) loop.wake();
    },
    stop: async () => {
      clearInterval(look);
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
