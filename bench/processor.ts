/**
 * Processor time of a command and of all that it starts, by a control group: what a sandbox ends with itself nobody
 * waits for, so that no parent is told of it.
 */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A group to run one command in. */
export interface Counted {
  /** The command line that runs a command in it. */
  readonly enter: (words: readonly string[]) => readonly string[];
  /** Seconds until now. */
  readonly seconds: () => { readonly user: number; readonly system: number };
  readonly close: () => void;
}

const root = '/sys/fs/cgroup';

/** Makes one, by version 1 or 2 of control groups. Throws where this user may not. */
export function countedGroup(): Counted {
  const name = `safeguard-bench-${process.pid}`;
  const own = readFileSync('/proc/self/cgroup', 'utf8');
  const first = /^\d+:(?:\w+,)*cpuacct(?:,\w+)*:(.*)$/m.exec(own)?.[1];
  if (first !== undefined) {
    const folder = join(root, 'cpuacct', first, name);
    mkdirSync(folder);
    const read = (file: string) => Number(readFileSync(join(folder, file), 'utf8')) / 1e9;
    return {
      enter: entering(folder),
      seconds: () => ({ user: read('cpuacct.usage_user'), system: read('cpuacct.usage_sys') }),
      close: () => rmdirSync(folder),
    };
  }
  // A build makes a group for its limits beside its own one: both are below this.
  const folder = join(dirname(join(root, /^0::(.*)$/m.exec(own)?.[1] ?? '')), name);
  const leaf = join(folder, 'command');
  mkdirSync(folder);
  writeFileSync(join(folder, 'cgroup.subtree_control'), '+pids +memory');
  if (!existsSync(leaf)) mkdirSync(leaf);
  const read = (key: string) =>
    Number(new RegExp(`^${key} (\\d+)$`, 'm').exec(readFileSync(join(folder, 'cpu.stat'), 'utf8'))?.[1]) /
    1e6;
  return {
    enter: entering(leaf),
    seconds: () => ({ user: read('user_usec'), system: read('system_usec') }),
    close: () => {
      rmdirSync(leaf);
      rmdirSync(folder);
    },
  };
}

function entering(folder: string): Counted['enter'] {
  return (words) => ['/bin/sh', '-c', `echo $$ > '${folder}/cgroup.procs' && exec "$@"`, 'sh', ...words];
}
