import { readDpkgStatus } from '../../distribution/dpkg.ts';
import type { SystemPackage } from '../../distribution/package.ts';
import { isAbsent, type Root, TooLarge } from '../root.ts';
import type { PackageDatabase } from './database.ts';

const folder = '/var/lib/dpkg';
/** More than any system has: bytes of the list of packages, of a list of files, of all of those, and lists. */
const most = { status: 64 * 1024 * 1024, list: 32 * 1024 * 1024, all: 1024 * 1024 * 1024, lists: 200_000 };

/** dpkg's database: a file of all packages, and a list of files for each. */
export const dpkg: PackageDatabase = {
  path: `${folder}/status`,
  ownersOf: (root, paths) => {
    const status = root.text(`${folder}/status`, most.status) ?? '';
    const packages = readDpkgStatus(status);
    const diverted = diversionsOf(root.text(`${folder}/diversions`, most.list) ?? '');
    const wanted = new Set([...paths].flatMap((path) => [path, diverted.get(path)?.from ?? path]));
    const owners = new Map<string, string[]>();
    const lengths = new Set([...wanted].map((path) => path.length));
    for (const { name, text } of listsIn(root, `${folder}/info`, '.list'))
      for (const line of linesOf(text, lengths))
        if (wanted.has(line)) owners.set(line, [...(owners.get(line) ?? []), name]);
    const found = new Map<string, SystemPackage>();
    for (const path of paths) {
      const diversion = diverted.get(path);
      // What was put aside for another package's file lies under another name than its own list says.
      const names = (owners.get(diversion?.from ?? path) ?? []).filter((name) =>
        diversion === undefined ? true : (packages.get(name)?.name === diversion.by) === diversion.isBy,
      );
      const owner = names.map((name) => packages.get(name)).find((one) => one !== undefined);
      if (owner !== undefined) found.set(path, owner);
    }
    return found;
  },
};

/** What images without dpkg keep: a file for each package, with the digests of its files beside it (distroless). */
export const statusFolder: PackageDatabase = {
  path: `${folder}/status.d`,
  ownersOf: (root, paths) => {
    const found = new Map<string, SystemPackage>();
    const digests = new Map<string, string>();
    const packages = new Map<string, SystemPackage>();
    for (const { name, text } of listsIn(root, `${folder}/status.d`, '')) {
      if (name.endsWith('.md5sums')) digests.set(name.slice(0, -'.md5sums'.length), text);
      else for (const pkg of readDpkgStatus(text).values()) packages.set(name, pkg);
    }
    for (const [name, text] of digests) {
      const owner = packages.get(name);
      if (owner === undefined) continue;
      for (const line of text.split('\n')) {
        const path = `/${line.replace(/^[0-9a-f]{32} [ *]/, '').replace(/^\.?\//, '')}`;
        if (paths.has(path)) found.set(path, owner);
      }
    }
    return found;
  },
};

/** A file that another package's takes the place of (dpkg-divert(1)). */
interface Diversion {
  readonly from: string;
  /** Package that put it aside; `:` was the administrator. */
  readonly by: string;
  /** Whether the file here is that package's, or everybody else's. */
  readonly isBy: boolean;
}

/** Three lines each: the file, where others' are now, and who wanted it so. */
function diversionsOf(text: string): ReadonlyMap<string, Diversion> {
  const lines = text.split('\n');
  const found = new Map<string, Diversion>();
  for (let at = 0; at + 2 < lines.length; at += 3) {
    const [from = '', to = '', by = ''] = lines.slice(at, at + 3);
    found.set(from, { from, by, isBy: true });
    found.set(to, { from, by, isBy: false });
  }
  return found;
}

/** The files of a folder whose names end so, with their texts. What is too large or unreadable is left out. */
function* listsIn(
  root: Root,
  path: string,
  ending: string,
): Generator<{ readonly name: string; readonly text: string }> {
  const real = root.realOf(path);
  if (real === undefined) return;
  let [bytes, count] = [0, 0];
  for (const name of root.names(real)) {
    if (++count > most.lists || bytes > most.all) throw new TooLarge(path);
    if (!name.endsWith(ending)) continue;
    const text = textOf(root, `${real}/${name}`);
    if (text === undefined) continue;
    bytes += text.length;
    yield { name: name.slice(0, name.length - ending.length), text };
  }
}

/** The lines of a text that have one of these lengths: of hundreds of thousands hardly any is made a text of its own. */
function* linesOf(text: string, lengths: ReadonlySet<number>): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    if (lengths.has(end - start)) yield text.slice(start, end);
    start = end + 1;
  }
}

function textOf(root: Root, path: string): string | undefined {
  try {
    return root.text(path, most.list);
  } catch (error) {
    if (error instanceof TooLarge || isAbsent(error)) return undefined;
    throw error;
  }
}
