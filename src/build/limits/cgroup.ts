import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { quoted } from '../sh.ts';
import type { Cell } from './cell.ts';
import { type MetLimit, sizeText } from './over.ts';
import { userCell } from './rlimit.ts';

/** Where the kernel tells of groups. */
export interface CgroupPlaces {
  /** `/sys/fs/cgroup`. */
  readonly root: string;
  /** Text of `/proc/self/cgroup`. */
  readonly own: string;
}

export interface CellPlace {
  /** Absent: those of this machine. */
  readonly places?: CgroupPlaces | undefined;
  /** Whether there is a sandbox, of a user who is not root. */
  readonly isOrdinary: boolean;
}

interface Group {
  readonly folders: readonly string[];
  readonly version: 1 | 2;
}

/**
 * Makes a group for one build, by version 1 or 2 of control groups. Where none may be made, an ordinary user's sandbox
 * is held to a number of processes; root is held by no such limit, so that its cell says so, and holds nothing.
 */
export function openCell(
  wanted: { readonly processes: number; readonly memory: number },
  name: string,
  { places = placesHere(), isOrdinary }: CellPlace,
): Cell {
  const without = (reason: string) => (isOrdinary ? userCell(wanted.processes, reason) : openAir(reason));
  if (places === undefined) return without('there are no control groups on this machine');
  const group = versionTwo(places, wanted, name) ?? versionOne(places, wanted, name);
  if (group === undefined) return without('this user may make no control groups here');
  const { folders, version } = group;
  return {
    limits: { kind: 'cgroup', version, ...wanted },
    enter: (command) => {
      const into = folders.map((folder) => `echo $$ > ${quoted(join(folder, 'cgroup.procs'))}`);
      return ['/bin/sh', '-c', `${into.join(' && ')} && exec "$@"`, 'sh', ...command];
    },
    within: (command) => command,
    met: () => metIn(group, wanted),
    close: () => {
      for (const folder of folders) remove(folder);
    },
  };
}

function openAir(reason: string): Cell {
  return {
    limits: { kind: 'none', reason },
    enter: (command) => command,
    within: (command) => command,
    met: () => undefined,
    close: () => undefined,
  };
}

function placesHere(): CgroupPlaces | undefined {
  const own = read('/proc/self/cgroup');
  return own === undefined ? undefined : { root: '/sys/fs/cgroup', own };
}

/**
 * One hierarchy. A group with processes of its own can give its children no controllers (cgroup-v2, "No Internal Process
 * Constraint"), so the new one is made beside our own where it cannot be made below.
 */
function versionTwo(
  { root, own }: CgroupPlaces,
  { processes, memory }: { readonly processes: number; readonly memory: number },
  name: string,
): Group | undefined {
  const path = /^0::(.*)$/m.exec(own)?.[1];
  if (path === undefined) return undefined;
  for (const above of new Set([join(root, path), dirname(join(root, path)), root])) {
    const controllers = read(join(above, 'cgroup.subtree_control'))?.split(/\s+/) ?? [];
    if (!controllers.includes('pids') || !controllers.includes('memory')) continue;
    const folder = join(above, name);
    const isMade = make(folder, { 'pids.max': processes, 'memory.max': memory });
    if (!isMade) continue;
    // Not on every machine.
    write(join(folder, 'memory.swap.max'), '0');
    write(join(folder, 'memory.oom.group'), '1');
    return { folders: [folder], version: 2 };
  }
  return undefined;
}

/** A hierarchy for each controller. In a container its root may be our own group. */
function versionOne(
  { root, own }: CgroupPlaces,
  { processes, memory }: { readonly processes: number; readonly memory: number },
  name: string,
): Group | undefined {
  const made = (controller: string, file: string, value: number): string | undefined => {
    const line = own.split('\n').find((one) => one.split(':')[1]?.split(',').includes(controller));
    if (line === undefined) return undefined;
    const path = line.slice(line.indexOf(':', line.indexOf(':') + 1) + 1);
    for (const above of new Set([join(root, controller, path), join(root, controller)])) {
      if (read(join(above, 'cgroup.procs')) === undefined) continue;
      if (make(join(above, name), { [file]: value })) return join(above, name);
    }
    return undefined;
  };
  const pids = made('pids', 'pids.max', processes);
  if (pids === undefined) return undefined;
  const bytes = made('memory', 'memory.limit_in_bytes', memory);
  if (bytes !== undefined) return { folders: [pids, bytes], version: 1 };
  remove(pids);
  return undefined;
}

function metIn(
  { folders, version }: Group,
  { processes, memory }: { readonly processes: number; readonly memory: number },
): MetLimit | undefined {
  const [first = '', second = first] = folders;
  const count = (text: string | undefined, key: string) =>
    Number(new RegExp(`^${key} (\\d+)$`, 'm').exec(text ?? '')?.[1] ?? 0);
  if (count(read(join(first, 'pids.events')), 'max') > 0)
    return { kind: 'processes', most: processes, said: `${processes} processes and threads` };
  const killed =
    version === 2 ? read(join(second, 'memory.events')) : read(join(second, 'memory.oom_control'));
  return count(killed, 'oom_kill') > 0
    ? { kind: 'memory', most: memory, said: `${sizeText(memory)} of memory` }
    : undefined;
}

function make(folder: string, limits: Readonly<Record<string, number>>): boolean {
  forgetLeft(dirname(folder));
  try {
    mkdirSync(folder);
  } catch {
    return false;
  }
  if (Object.entries(limits).every(([file, value]) => write(join(folder, file), String(value)))) return true;
  remove(folder);
  return false;
}

/** Takes away empty groups of builds that were killed: their names would be in the way of a process with the same number. */
function forgetLeft(above: string): void {
  let names: readonly string[] = [];
  try {
    names = readdirSync(above);
  } catch {
    return;
  }
  for (const name of names) {
    const pid = /^safeguard-(\d+)$/.exec(name)?.[1];
    if (pid === undefined || (Number(pid) !== process.pid && isRunning(Number(pid)))) continue;
    try {
      rmdirSync(join(above, name));
    } catch {
      // Somebody is in it, or it is another's.
    }
  }
}

/** Whether there is a process of that number, whoever's. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function remove(folder: string): void {
  for (const pid of read(join(folder, 'cgroup.procs'))?.split('\n') ?? []) {
    try {
      if (pid !== '') process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
  // The kernel takes a moment to let go of a process.
  for (let tries = 0; tries < 50; tries++) {
    try {
      rmdirSync(folder);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY') return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function write(file: string, text: string): boolean {
  try {
    writeFileSync(file, text);
    return true;
  } catch {
    return false;
  }
}
