import { createHash } from 'node:crypto';
import { GateError } from '../error.ts';
import type { ProjectFiles } from './files.ts';

/** What was asked of a project's files, with a digest of each answer. */
export interface FileTrace {
  /** By path: of the text; `null` where there was no such file. */
  readonly read: ReadonlyMap<string, string | null>;
  /** By folder: of the entries, in their order. */
  readonly listed: ReadonlyMap<string, string>;
}

/** Files that remember what they were asked. */
export function tracedFiles(files: ProjectFiles): {
  readonly files: ProjectFiles;
  readonly trace: FileTrace;
} {
  const read = new Map<string, string | null>();
  const listed = new Map<string, string>();
  return {
    trace: { read, listed },
    files: {
      ...files,
      read: (path) => {
        const text = files.read(path);
        read.set(path, digestOfText(text));
        return text;
      },
      list: (folder) => {
        const entries = files.list(folder);
        listed.set(folder, digestOfEntries(entries));
        return entries;
      },
    },
  };
}

/** Whether files would answer all that was asked as they did. */
export function isAsTraced({ read, listed }: FileTrace, files: ProjectFiles): boolean {
  try {
    for (const [path, digest] of read) if (digestOfText(files.read(path)) !== digest) return false;
    for (const [folder, digest] of listed) if (digestOfEntries(files.list(folder)) !== digest) return false;
    return true;
  } catch (error) {
    if (error instanceof GateError) return false;
    throw error;
  }
}

function digestOfText(text: string | undefined): string | null {
  return text === undefined ? null : createHash('sha256').update(text).digest('base64');
}

function digestOfEntries(entries: ReturnType<ProjectFiles['list']>): string {
  return createHash('sha256')
    .update(JSON.stringify(entries.map(({ name, folder }) => [name, folder])))
    .digest('base64');
}
