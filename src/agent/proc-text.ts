import type { FileState } from './report.ts';

// The texts of /proc, taken apart (proc(5)).

/**
 * When a process started, of its `stat`: clock ticks since boot. The command before it stands in brackets and may hold brackets and
 * spaces, so the last one counts. `undefined` for what is no such line.
 */
export function startOf(stat: string): number | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const started = Number(fields[22 - 3]);
  return Number.isSafeInteger(started) && started >= 0 && fields.length > 19 ? started : undefined;
}

/** Paths of files that are mapped with code in them, each once, as the kernel writes them: ` (deleted)` behind what is unlinked. */
export function codeIn(maps: string): readonly string[] {
  const paths = new Set<string>();
  for (const line of maps.split('\n')) {
    // Address, permissions, offset, device, inode, then the path with all its spaces.
    const match = /^[0-9a-f]+-[0-9a-f]+ ..(.). [0-9a-f]+ [0-9a-f]+:[0-9a-f]+ \d+\s+(\/.*)$/.exec(line);
    if (match?.[1] === 'x' && match[2] !== undefined) paths.add(unescaped(match[2]));
  }
  return [...paths];
}

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
