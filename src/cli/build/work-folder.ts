import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isRunning } from '../../build/limits/cgroup.ts';

/** The folder that one build works in, beside its results. */
export interface WorkFolder {
  readonly path: string;
  /** Takes it away, with all that is in it. */
  readonly remove: () => void;
}

/** Whose such a folder is: a process, where its number means that one. */
interface Owner {
  readonly pid: number;
  /** When it began, in ticks since the machine did (proc(5), `starttime`); `''` where that is not told. */
  readonly started: string;
  /** The machine's start and the space of process numbers. */
  readonly place: string;
}

const prefix = '.work-';
const ownerFile = 'owner.json';
/** How long one is left alone of whose owner nothing is known here, in milliseconds. */
const longest = 24 * 60 * 60_000;

/** Makes one below `output`, and takes away those whose builds were killed. `now` is in epoch milliseconds. */
export function openWorkFolder(output: string, now = Date.now()): WorkFolder {
  const above = realpathSync(output);
  for (const name of readdirSync(above))
    if (name.startsWith(prefix) && isLeft(join(above, name), now)) removeTree(join(above, name));
  const path = mkdtempSync(join(above, prefix));
  writeFileSync(join(path, ownerFile), JSON.stringify(ownerOf(process.pid)));
  return { path, remove: () => removeTree(path) };
}

function isLeft(path: string, now: number): boolean {
  const about = lstatSync(path, { throwIfNoEntry: false });
  if (about?.isDirectory() !== true) return false;
  const owner = readOwner(path);
  if (owner !== undefined && owner.place === placeHere()) {
    const there = ownerOf(owner.pid);
    return there === undefined || there.started !== owner.started;
  }
  // Another machine's, or another container's: a build writes to its log, and the trace, all the time.
  const times = readdirSync(path).map(
    (name) => lstatSync(join(path, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
  );
  return Math.max(about.mtimeMs, ...times) < now - longest;
}

function readOwner(path: string): Owner | undefined {
  try {
    const { pid, started, place } = JSON.parse(readFileSync(join(path, ownerFile), 'utf8')) as Partial<Owner>;
    if (!Number.isInteger(pid) || typeof started !== 'string' || typeof place !== 'string') return undefined;
    return { pid: pid as number, started, place };
  } catch {
    return undefined;
  }
}

/** `undefined` where there is no such process. */
function ownerOf(pid: number): Owner | undefined {
  if (!isRunning(pid)) return undefined;
  // The second field is a name in brackets, which may hold any.
  const fields = textOf(`/proc/${pid}/stat`)?.replace(/^.*\)/s, '').trim().split(' ');
  return { pid, started: fields?.[19] ?? '', place: placeHere() };
}

function placeHere(): string {
  try {
    return `${textOf('/proc/sys/kernel/random/boot_id')?.trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return process.platform;
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** What ran in the build may have made folders that nobody may look into. */
function removeTree(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if (!['EACCES', 'EPERM', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    open(path);
    rmSync(path, { recursive: true, force: true });
  }
}

function open(folder: string): void {
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) open(join(folder, entry.name));
}
