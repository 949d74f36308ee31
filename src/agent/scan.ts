import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FileIdentities, type FileIdentity } from './file-identity.ts';
import { codeIn, readStat, stateOf, unmarked } from './proc-text.ts';
import type { Look, SeenProcess, StaleObject } from './report.ts';

/** Processes and stale objects of each that are told of; more than any host has. */
const maxProcesses = 20_000;
const maxStale = 200;

/** One look at all processes. `proc` is where the kernel shows them: `/proc`. Throws what the system says of that folder. */
export function scan(proc: string, files: FileIdentities = new FileIdentities()): Look {
  const bootId = readFileSync(join(proc, 'sys/kernel/random/boot_id'), 'utf8').trim();
  const pids = readdirSync(proc).filter((name) => /^\d+$/.test(name));
  const processes: SeenProcess[] = [];
  let unread = 0;
  for (const pid of pids.slice(0, maxProcesses)) {
    const seen = look(join(proc, pid), Number(pid), files);
    if (seen === 'unread') unread++;
    else if (seen !== undefined) processes.push(seen);
  }
  files.forgetUnused();
  return { bootId, processes, unread: unread + Math.max(0, pids.length - maxProcesses) };
}

/** A process; `undefined` for the kernel's own threads and for what ended meanwhile. */
function look(folder: string, pid: number, files: FileIdentities): SeenProcess | 'unread' | undefined {
  try {
    const stat = readStat(readFileSync(join(folder, 'stat'), 'utf8'));
    if (stat === undefined || !stat.runs) return undefined;
    const { started } = stat;
    const exe = readlinkSync(join(folder, 'exe'));
    const maps = readFileSync(join(folder, 'maps'), 'utf8');
    // The link leads to the bytes that run, wherever their file is now.
    const identity = identityOf(join(folder, 'exe'), files);
    const { path, isMarked } = markOf(folder, exe);
    const stale = codeIn(maps)
      .filter((object) => object !== exe)
      .flatMap((object) => staleObject(folder, object));
    // A pid may have been given again while it was read.
    if (readStat(readFileSync(join(folder, 'stat'), 'utf8'))?.started !== started) return undefined;
    return {
      pid,
      started,
      path,
      ...(identity === undefined ? {} : { sha256: identity.sha256 }),
      ...(identity?.buildId === undefined ? {} : { buildId: identity.buildId }),
      state: isMarked ? stateOf(path, isThere(folder, path)) : 'present',
      stale: stale.slice(0, maxStale),
    };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM') return 'unread';
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}

function identityOf(path: string, files: FileIdentities): FileIdentity | undefined {
  try {
    return files.of(path);
  } catch (error) {
    // A disk that does not answer hides one executable, not the host.
    if ((error as NodeJS.ErrnoException).code === 'EIO') return undefined;
    throw error;
  }
}

/** A file may itself be called `x (deleted)`: it is, where that very file is at that path. */
function markOf(folder: string, exe: string): ReturnType<typeof unmarked> {
  const found = unmarked(exe);
  if (!found.isMarked || !isThere(folder, exe)) return found;
  const [one, other] = [statSync(join(folder, 'exe')), statSync(join(folder, 'root', exe))];
  return one.ino === other.ino && one.dev === other.dev ? { path: exe, isMarked: false } : found;
}

function staleObject(folder: string, object: string): readonly StaleObject[] {
  const { path, isMarked } = unmarked(object);
  if (!isMarked || isThere(folder, object)) return [];
  return [{ path, state: stateOf(path, isThere(folder, path)) }];
}

/** Whether something is at a path of the process's own root. */
function isThere(folder: string, path: string): boolean {
  try {
    lstatSync(join(folder, 'root', path));
    return true;
  } catch {
    return false;
  }
}
