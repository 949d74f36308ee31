import type { FileState } from './report.ts';

// The texts of /proc, taken apart (proc(5)).

/** What the line of a process says of it (proc_pid_stat(5)). */
export interface Stat {
  /** Clock ticks since boot. */
  readonly started: number;
  /** Whether it runs a program: the kernel's own threads run none, and what ended and waits for its parent none any more. */
  readonly runs: boolean;
}

/** Bit of the kernel's threads (include/linux/sched.h, `PF_KTHREAD`). */
const kernelThread = 0x0020_0000;

/**
 * Reads `stat`. The command in it stands in brackets and may hold brackets and spaces, so the last one counts. `undefined` for what
 * is no such line.
 */
export function readStat(stat: string): Stat | undefined {
  // The first is field 3, the state.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [flags, started] = [Number(fields[9 - 3]), Number(fields[22 - 3])];
  if (!Number.isSafeInteger(started) || started < 0 || !Number.isSafeInteger(flags)) return undefined;
  return { started, runs: (flags & kernelThread) === 0 && !/^[ZX]/i.test(fields[0] ?? '') };
}

/** A file that is mapped with code in it. */
export interface MappedFile {
  /** As the kernel writes it: ` (deleted)` behind what is unlinked. */
  readonly path: string;
  /** `MAJOR:MINOR:INODE` of it, which no other file has while it is mapped. */
  readonly file: string;
  /** Its addresses, as `map_files` calls them (proc_pid_map_files(5)). */
  readonly range: string;
}

/**
 * Files that are mapped with code in them, each once, in the kernel's order. Of the bytes, not of a text: a path that
 * is a slice of a text keeps all of it, and a process may have megabytes of mappings.
 */
export function codeIn(maps: Buffer): readonly MappedFile[] {
  const found = new Map<string, MappedFile>();
  for (let from = 0, end = 0; from < maps.length; from = end + 1) {
    end = maps.indexOf(newline, from);
    if (end === -1) end = maps.length;
    // Address, permissions, offset, device, inode, then the path with all its spaces.
    if (maps[maps.indexOf(space, from) + 3] !== executable) continue;
    const line = maps.toString('utf8', from, end);
    const match = /^([0-9a-f]+-[0-9a-f]+) ..(.). [0-9a-f]+ ([0-9a-f]+:[0-9a-f]+) (\d+)\s+(\/.*)$/.exec(line);
    if (match?.[2] !== 'x') continue;
    const [, range = '', , device, inode, text = ''] = match;
    const path = unescaped(text);
    const file = `${device}:${inode}`;
    const key = `${file} ${path}`;
    if (!found.has(key)) found.set(key, { path, file, range });
  }
  return [...found.values()];
}

const [newline, space, executable] = [0x0a, 0x20, 0x78];

const mark = ' (deleted)';

/** A path without the kernel's mark, and whether it had one. A file may be called so, which the caller tells by looking. */
export function unmarked(path: string): { readonly path: string; readonly isMarked: boolean } {
  return path.endsWith(mark)
    ? { path: path.slice(0, -mark.length), isMarked: true }
    : { path, isMarked: false };
}

/** How an unlinked file stands: programs unpack what they load to temporary files and to memory. */
export function stateOf(path: string, isThere: boolean): Exclude<FileState, 'present'> {
  if (/^\/(memfd:|dev\/shm\/|tmp\/|var\/tmp\/|dev\/zero|SYSV|anon_hugepage|run\/)/.test(path))
    return 'unpackaged';
  return isThere ? 'replaced' : 'deleted';
}

/** The kernel writes a newline in a path as `\012`. */
function unescaped(path: string): string {
  return path.replaceAll('\\012', '\n');
}
