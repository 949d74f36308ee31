import { spawnSync } from 'node:child_process';

/**
 * Words before a program by which the kernel ends it with this process, however that ends (prctl(2), PR_SET_PDEATHSIG):
 * a tracer in between would go on, and with it all that is kept in. None where this machine has no such program
 * (util-linux); then what was started goes on until it says something.
 */
export function endingWithUs(): readonly string[] {
  ending ??= ['/usr/bin/setpriv', '/bin/setpriv']
    .filter((path) => spawnSync(path, [...withParent, 'true'], { stdio: 'ignore' }).status === 0)
    .slice(0, 1)
    .flatMap((path) => [path, ...withParent]);
  return ending;
}

const withParent = ['--pdeathsig', 'KILL', '--'];
let ending: readonly string[] | undefined;

/** A terminal that is closed, and Ctrl-C and its like, end in good order what was started. */
export const stopping = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
