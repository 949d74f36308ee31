import { readdirSync, readFileSync, readlinkSync, type Stats, statSync } from 'node:fs';

/**
 * Bytes on the disk of `folder` that have no name any more, since a process that this one started, or one below, holds
 * them open. 0 where there is no `/proc`. proc(5): the link of an open file without a name ends in ` (deleted)`.
 */
export function unlinkedBytes(folder: string): number {
  const device = attempt(() => statSync(folder).dev);
  const blocks = new Map<number, number>();
  for (const pid of descendants(process.pid)) {
    const open = `/proc/${pid}/fd`;
    for (const descriptor of attempt(() => readdirSync(open)) ?? []) {
      const path = `${open}/${descriptor}`;
      if (attempt(() => readlinkSync(path))?.endsWith(' (deleted)') !== true) continue;
      const file: Stats | undefined = attempt(() => statSync(path));
      if (file?.isFile() === true && file.dev === device) blocks.set(file.ino, file.blocks);
    }
  }
  return [...blocks.values()].reduce((sum, count) => sum + count * 512, 0);
}

/**
 * All that a process started, and what those did. What loses its parent in a PID namespace stays below the first
 * process of that.
 */
function descendants(root: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of attempt(() => readdirSync('/proc')) ?? []) {
    if (!/^\d+$/.test(name)) continue;
    // proc_pid_stat(5): the name in parentheses may hold anything; its parent is the second word behind it.
    const stat = attempt(() => readFileSync(`/proc/${name}/stat`, 'utf8'));
    const parent = Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found: number[] = [];
  const waiting = [root];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const own = children.get(at) ?? [];
    found.push(...own);
    waiting.push(...own);
  }
  return found;
}

/** What a process takes with it when it ends meanwhile is not there. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
