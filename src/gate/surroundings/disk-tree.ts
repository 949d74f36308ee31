import type { Dirent } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { ProjectTree } from './read-side.ts';

/** A work tree. What git and cargo make (`.git`, `target`) is passed over, and no link is followed out of the folder. */
export function diskTree(root: string): ProjectTree {
  return {
    list: async () => {
      const files: string[] = [];
      await walk(root, '', files);
      return files.sort();
    },
    read: async (path) => {
      try {
        const real = await realpath(join(root, path));
        const inside = real.startsWith((await realpath(root)) + sep);
        return inside && (await stat(real)).isFile() ? await readFile(real) : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

async function walk(root: string, folder: string, files: string[]): Promise<void> {
  for (const entry of await entriesOf(join(root, folder))) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (entry.name === '.git' || entry.name === 'node_modules') continue;
      if (entry.name === 'target' && (await isCargosOwn(join(root, path)))) continue;
      await walk(root, path, files);
    } else if (entry.isSymbolicLink() && entry.name === '.cargo') {
      // Cargo goes through such a link. Where it leads out, its file is there and cannot be read.
      files.push(`${path}/config.toml`);
    } else files.push(path);
  }
}

/** Cargo marks the folder that it builds in. */
async function isCargosOwn(folder: string): Promise<boolean> {
  return (await entriesOf(folder)).some(({ name }) => name === 'CACHEDIR.TAG');
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
