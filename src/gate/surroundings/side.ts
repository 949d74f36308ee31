import type { Difference } from '../../facts/surroundings.ts';

/** A project's files at one time, as far as they matter here: a work tree, or a revision. */
export interface Side {
  /** Every path, below the project's folder, with `/`. */
  readonly paths: ReadonlySet<string>;
  /** The content of those that were read. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** A file's text without a byte order mark; `undefined` where it is not there, is no UTF-8 or larger than anybody writes. */
export function textOf(side: Side | undefined, file: string): string | undefined {
  const bytes = side?.files.get(file);
  if (bytes === undefined || bytes.length > maxBytes) return undefined;
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Why a file that is there has no text. */
export function whyNoText(side: Side, file: string): string {
  const size = side.files.get(file)?.length;
  if (size === undefined) return 'it was not to be had, or is a link that leads out of the project';
  return size > maxBytes ? `it has more than ${maxBytes} bytes` : 'it is not UTF-8';
}

/** The paths whose file name fits, in a fixed order. */
export function filesNamed(side: Side | undefined, fits: (path: string) => boolean): readonly string[] {
  return [...(side?.paths ?? [])].filter(fits).sort();
}

/** How a value that is there compares with the one before; `undefined` where it is the same. */
export function differenceOf(
  hasBefore: boolean,
  before: string | undefined,
  after: string | undefined,
): Difference | undefined {
  if (before === after) return undefined;
  if (after === undefined) return 'removed';
  if (before === undefined) return hasBefore ? 'added' : 'present';
  return 'changed';
}

/** The folder of a path, without the slash; empty for the project's own. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A folder and those that it is in, up to the project's own. */
export function foldersUp(folder: string): readonly string[] {
  return folder === '' ? [''] : [folder, ...foldersUp(folderOf(folder))];
}

/** A path in a folder, `.` and `..` resolved; `undefined` where it leads out of the project. */
export function inFolder(folder: string, path: string): string | undefined {
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return undefined;
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of path.replaceAll('\\', '/').split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}

const maxBytes = 4 * 1024 * 1024;
const utf8 = new TextDecoder('utf-8', { fatal: true });
