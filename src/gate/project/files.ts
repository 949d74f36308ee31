import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { GateError } from '../error.ts';

/** A project's files, wherever they are: on disk, in a revision, in a request. Paths are absolute. */
export interface ProjectFiles {
  /** A file's text; `undefined` where there is no such file. */
  readonly read: (path: string) => string | undefined;
  /** What a folder holds; nothing where there is no such folder. */
  readonly list: (folder: string) => readonly FolderEntry[];
  /** `false` where source files are not among them. */
  readonly hasSources?: boolean;
}

export interface FolderEntry {
  readonly name: string;
  readonly folder: boolean;
}

/** The files of this machine. Throws `GateError('gate/file')` for what is too large, or no UTF-8. */
export const diskFiles: ProjectFiles = {
  read: (path) => {
    const size = sizeOf(path);
    if (size === undefined) return undefined;
    if (size > maxBytes) {
      throw new GateError('gate/file', `the file has more than ${maxBytes} bytes.`, {
        at: { file: path },
        next: 'No manifest or lockfile of a project is that large: see what put it there.',
      });
    }
    try {
      return utf8.decode(readFileSync(path));
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      const reason = code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'it is not UTF-8' : String(code);
      throw new GateError('gate/file', `the file could not be read: ${reason}.`, {
        at: { file: path },
        next: 'Cargo reads UTF-8 only; mend the file or its permissions.',
        cause,
      });
    }
  },
  list: (folder) => {
    try {
      return readdirSync(folder, { withFileTypes: true }).map((entry) => ({
        name: entry.name,
        folder: entry.isDirectory() || (entry.isSymbolicLink() && isFolder(`${folder}/${entry.name}`)),
      }));
    } catch {
      return [];
    }
  },
};

/** The largest lockfiles have two megabytes. */
const maxBytes = 64 * 1024 * 1024;
const utf8 = new TextDecoder('utf-8', { fatal: true });

function sizeOf(path: string): number | undefined {
  const stats = statOf(path);
  return stats?.isFile() === true ? stats.size : undefined;
}

function isFolder(path: string): boolean {
  return statOf(path)?.isDirectory() === true;
}

/** `undefined` for what is not there, or cannot be told, such as a link that leads to itself. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
