import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { PackageFiles } from '../../rust/inputs/package-files.ts';

/** Folders that no package has: what is built, and what git keeps. */
const passed: ReadonlySet<string> = new Set(['.git', 'target', 'node_modules']);
const maxFiles = 50_000;
const maxBytes = 64 * 1024 * 1024;

/** The files of a package that is unpacked on this machine; links to folders are not followed. */
export function folderFiles(folder: string): PackageFiles {
  const paths: string[] = [];
  const queue = [''];
  for (const below of queue) {
    if (paths.length > maxFiles) break;
    for (const entry of entriesOf(join(folder, below))) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!passed.has(entry.name)) queue.push(path);
      } else if (entry.isFile() || entry.isSymbolicLink()) paths.push(path);
    }
  }
  return { paths: paths.sort(), bytes: (path) => bytesOf(join(folder, path)) };
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function bytesOf(path: string): Uint8Array | undefined {
  try {
    const stats = statSync(path);
    return stats.isFile() && stats.size <= maxBytes ? readFileSync(path) : undefined;
  } catch {
    return undefined;
  }
}
