/** What a path in an archive may be. */
export interface PathLimits {
  /** UTF-8 bytes. */
  readonly maxPathBytes: number;
  /** Folders and file together. */
  readonly maxDepth: number;
}

/**
 * Why a path must not be unpacked: the end of a sentence that starts with the path; `undefined` when it may.
 * A folder's path comes without its final slash.
 */
export function pathProblem(path: string, limits: PathLimits): string | undefined {
  if (plain.test(path) && path.length <= limits.maxPathBytes && !isDeeper(path, limits.maxDepth))
    return undefined;
  if (path === '') return 'is empty';
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'is an absolute path';
  if (path.includes('\\')) return 'has a backslash';
  if (path.includes('\0')) return 'has a NUL';
  if (/\p{Cc}/u.test(path)) return 'has a control character';
  if (Buffer.byteLength(path) > limits.maxPathBytes) return `is longer than ${limits.maxPathBytes} bytes`;
  const parts = path.split('/');
  if (isDeeper(path, limits.maxDepth)) return `is deeper than ${limits.maxDepth} folders`;
  if (parts.includes('..')) return 'has `..`';
  if (parts.includes('.') || parts.includes('')) return 'has an empty or `.` part';
  return undefined;
}

function isDeeper(path: string, maxDepth: number): boolean {
  let depth = 1;
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) depth++;
  return depth > maxDepth;
}

/**
 * A key that is equal for paths which some file system takes for the same: case folded (macOS, Windows),
 * Unicode composed (macOS), dots and spaces at the end and everything from `:` dropped (Windows).
 */
export function foldedPath(path: string): string {
  if (plain.test(path)) return path.toLowerCase();
  const parts = path.normalize('NFC').toUpperCase().toLowerCase().split('/');
  return parts.map((part) => part.replace(/(?<=.):.*$/, '').replace(/(?<=[^. ])[. ]+$/, '')).join('/');
}

/**
 * Nothing is wrong with these but, perhaps, their length, and only the case of their letters is folded: no part ends
 * with a dot.
 */
const plain = /^\.?[A-Za-z0-9_-]+(?:(?:[/.]|\/\.)[A-Za-z0-9_-]+)*$/;

/** The path among some that is one which cargo looks for by itself, as it is written, if only to a file system that folds names. */
export function pathTakenFor(wanted: 'build.rs' | 'src/lib.rs', paths: Iterable<string>): string | undefined {
  let folded: string | undefined;
  for (const path of paths) {
    if (path === wanted) return path;
    if (path.length < maxSpelled && foldedPath(path) === wanted) folded ??= path;
  }
  return folded;
}

/** Longest spelling of a name that is looked at, in UTF-16 units. */
const maxSpelled = 64;
