import { posix } from 'node:path';
import type { FolderEntry, ProjectFiles } from './files.ts';

/** Files by their paths below a folder (`/` between parts), as a project of which nothing lies on disk. */
export interface FilesInMemory {
  /** The folder that they are in; absolute. */
  readonly root: string;
  /** The texts of those that are read. */
  readonly texts: ReadonlyMap<string, string>;
  /** Paths of those that are only there. */
  readonly others: Iterable<string>;
}

/** What is known of them answers as a disk would; whatever lies outside of the folder is not there. */
export function memoryFiles({ root, texts, others }: FilesInMemory): ProjectFiles {
  const folders = foldersOf([...texts.keys(), ...others]);
  const below = (path: string) => {
    const inside = posix.relative(root, path);
    return inside === '..' || inside.startsWith('../') ? undefined : inside;
  };
  return {
    read: (path) => {
      const inside = below(path);
      return inside === undefined ? undefined : texts.get(inside);
    },
    list: (folder) => {
      const inside = below(folder);
      return inside === undefined ? [] : (folders.get(inside) ?? []);
    },
  };
}

/** What each folder holds. */
export function foldersOf(paths: Iterable<string>): ReadonlyMap<string, readonly FolderEntry[]> {
  const found = new Map<string, Map<string, FolderEntry>>();
  for (const path of paths) {
    const parts = path.split('/');
    for (let i = 0; i < parts.length; i++) {
      const folder = parts.slice(0, i).join('/');
      const name = parts[i] ?? '';
      const entries = found.get(folder) ?? new Map<string, FolderEntry>();
      entries.set(name, { name, folder: i < parts.length - 1 });
      found.set(folder, entries);
    }
  }
  return new Map([...found].map(([folder, entries]) => [folder, [...entries.values()]]));
}
