/** The folder of a file; empty for one at the root of its package. */
export function folderOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
}

/** Joins as a file system would; a path that leaves the package keeps its `..` and so names no file. */
export function joined(folder: string, path: string): string {
  if (!uneven.test(path) && (folder === '' || !uneven.test(folder)))
    return folder === '' ? path : `${folder}/${path}`;
  const parts: string[] = [];
  for (const part of `${folder}/${path.replaceAll('\\', '/')}`.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

/** A path with parts that say nothing, or go up. */
const uneven = /(?:^|[\\/])\.{0,2}(?:[\\/]|$)|\\/;

/** Whether a path, which `joined` made that of, begins at the root of a file system or leads above the package. */
export function leavesPackage(written: string, joinedPath: string): boolean {
  return /^(?:[\\/]|[A-Za-z]:)/.test(written) || /^\.\.(?:\/|$)/.test(joinedPath);
}
