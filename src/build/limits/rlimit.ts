import type { Cell } from './cell.ts';

/**
 * A cell of an ordinary user who may make no control groups, for `reason`: the kernel holds how many processes and
 * threads that user has (RLIMIT_NPROC; getrlimit(2)), and nothing holds memory, since what there is of that is for each
 * process alone. The limit is set behind the sandbox, in whose user namespace the kernel counts apart (from 5.14 on;
 * before, all that the user runs counts).
 */
export function userCell(processes: number, reason: string): Cell {
  return {
    limits: { kind: 'rlimit', processes, reason },
    enter: (command) => command,
    within: (command) => ['/bin/sh', '-c', `${setLimit(processes)} && exec "$@"`, 'sh', ...command],
    // The kernel tells nobody but whoever asked for one more.
    met: (said) =>
      /Resource temporarily unavailable|EAGAIN|Cannot fork/.test(said)
        ? { kind: 'processes', most: processes, said: `${processes} processes and threads` }
        : undefined,
    close: () => undefined,
  };
}

/** dash has a letter of its own for it. */
function setLimit(processes: number): string {
  return `{ ulimit -u ${processes} 2>/dev/null || ulimit -p ${processes}; }`;
}
