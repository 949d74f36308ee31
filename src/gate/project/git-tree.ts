import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { GateError } from '../error.ts';
import type { ProjectTree } from '../surroundings/read-side.ts';
import { folderOf, inFolder } from '../surroundings/side.ts';
import { type GitPlace, git, startGit } from './git.ts';

/** The files of a commit, as they are stored. `close` when the work is done. */
export interface CommitTree extends ProjectTree {
  /** Whether a file of the commit has just these bytes. */
  readonly has: (path: string, bytes: Uint8Array) => boolean;
  /** Whether it is to be run as it lies. */
  readonly isExecutable: (path: string) => boolean;
  readonly close: () => void;
}

interface Entry {
  readonly id: string;
  readonly isLink: boolean;
  readonly isExecutable?: boolean;
}

/** The largest list of files that is taken, in bytes; the largest repositories have some tens of millions. */
const maxList = 256 * 1024 * 1024;
/** Larger files decide no build; they count as unreadable. Bytes. */
const maxFile = 16 * 1024 * 1024;

/** A commit as git lists it. */
export interface ListedCommit {
  readonly place: GitPlace;
  readonly commit: string;
  readonly entries: ReadonlyMap<string, Entry>;
  /** Commits of other repositories that belong into folders of it (submodules), by the folder. */
  readonly gitlinks: ReadonlyMap<string, string>;
}

/** A commit in the folder of a tree that it belongs to: empty for the tree's own. */
export interface TreePart {
  readonly at: string;
  readonly listed: ListedCommit;
}

/** Lists a commit of the repository that is there. Throws `GateError('gate/git')` where git cannot. */
export async function commitTree(place: GitPlace, commit: string): Promise<CommitTree> {
  return treeOf([{ at: '', listed: await listCommit(place, commit) }]);
}

/** The same, not read yet. Throws `GateError('gate/git')`. */
export async function listCommit(place: GitPlace, commit: string): Promise<ListedCommit> {
  const listed = await git(place, ['ls-tree', '-r', '-z', '-l', '--full-tree', commit], {
    maxBytes: maxList,
  });
  if (listed.code !== 0) {
    const reason = listed.said.trim().split('\n')[0] || 'the list is too long';
    throw new GateError('gate/git', `the files of ${commit.slice(0, 12)} cannot be listed: ${reason}.`);
  }
  return { place, commit, ...entriesOf(listed.text) };
}

/** The files of commits in the folders of one tree. Links lead from one into another, as they would on disk. */
export function treeOf(parts: readonly TreePart[]): CommitTree {
  const entries: Entries = new Map();
  return treeFrom(entries, placed(parts, entries));
}

/** The same with the files below links that lead to folders, as whoever has it on disk finds them; `linked` are those links. */
export async function followedTree(
  parts: readonly TreePart[],
): Promise<{ readonly tree: CommitTree; readonly linked: ReadonlySet<string> }> {
  const entries: Entries = new Map();
  const readers = placed(parts, entries);
  const linked = new Set<string>();
  // A link below a link is there only once that was followed.
  for (let known = -1; known !== linked.size && entries.size < maxFollowed; ) {
    known = linked.size;
    for (const [path, entry] of [...entries].filter(([, { isLink }]) => isLink)) {
      const target = linked.has(path) ? undefined : await targetOf(entry);
      if (target === undefined || entries.get(target)?.isLink === false) continue;
      if (path.startsWith(`${target}/`)) continue;
      const below = target === '' ? [] : [...entries].filter(([file]) => file.startsWith(`${target}/`));
      if (below.length === 0) continue;
      linked.add(path);
      for (const [file, other] of below) entries.set(path + file.slice(target.length), other);
    }
  }
  return { tree: treeFrom(entries, readers), linked };
}

/** Whoever nests links into links gets no further files. */
const maxFollowed = 500_000;

/** `path` is where it really is: what a link says counts from there. */
type Entries = Map<string, Entry & { readonly blobs: BlobReader; readonly path: string }>;

function placed(parts: readonly TreePart[], entries: Entries): readonly BlobReader[] {
  return parts.map(({ at, listed }) => {
    const blobs = blobReader(listed.place);
    for (const [inner, entry] of listed.entries) {
      const path = at === '' ? inner : `${at}/${inner}`;
      entries.set(path, { ...entry, blobs, path });
    }
    return blobs;
  });
}

type Placed = NonNullable<ReturnType<Entries['get']>>;

/** Where a link leads; `undefined` where that is not known, or outside. */
async function targetOf({ id, blobs, path }: Placed): Promise<string | undefined> {
  const bytes = await blobs.read(id);
  return bytes === undefined ? undefined : inFolder(folderOf(path), Buffer.from(bytes).toString('utf8'));
}

/** As many links as systems go through. */
const maxLinks = 40;

function treeFrom(entries: Entries, readers: readonly BlobReader[]): CommitTree {
  return {
    list: () => Promise.resolve([...entries.keys()]),
    read: async (path) => {
      let entry = entries.get(path);
      for (let i = 0; entry?.isLink === true && i < maxLinks; i++) {
        const target = await targetOf(entry);
        entry = target === undefined ? undefined : entries.get(target);
      }
      return entry === undefined || entry.isLink ? undefined : await entry.blobs.read(entry.id);
    },
    has: (path, bytes) => {
      const id = entries.get(path)?.id;
      return id !== undefined && id === blobId(bytes, id.length);
    },
    isExecutable: (path) => entries.get(path)?.isExecutable === true,
    close: () => {
      for (const blobs of readers) blobs.close();
    },
  };
}

/** By path; what is larger than anybody writes has an id that no object has. */
function entriesOf(list: string): Pick<ListedCommit, 'entries' | 'gitlinks'> {
  const entries = new Map<string, Entry>();
  const gitlinks = new Map<string, string>();
  for (const line of list.split('\0')) {
    const [, mode, kind, id = '', size, path = ''] =
      /^(\d+) (\w+) ([0-9a-f]+) +(\d+|-)\t(.*)$/s.exec(line) ?? [];
    if (kind === 'commit') gitlinks.set(path, id);
    if (kind !== 'blob') continue;
    const isLink = mode === '120000';
    // Cargo goes through a `.cargo` that is a link: its file is there, and what it says is not known.
    if (isLink && /(^|\/)\.cargo$/.test(path)) entries.set(`${path}/config.toml`, { id: '', isLink: false });
    else entries.set(path, { id: Number(size) > maxFile ? '' : id, isLink, isExecutable: mode === '100755' });
  }
  return { entries, gitlinks };
}

type BlobReader = ReturnType<typeof blobReader>;

/** One git for all files of a commit, started with the first. */
function blobReader(place: GitPlace) {
  let running: ReturnType<typeof startGit> | undefined;
  let heard = Buffer.alloc(0);
  const more = async (child: ReturnType<typeof startGit>): Promise<boolean> => {
    const piece = child.stdout.read() as Buffer | null;
    if (piece !== null) {
      heard = Buffer.concat([heard, piece]);
      return true;
    }
    if (child.stdout.readableEnded || child.exitCode !== null) return false;
    await readable(child.stdout);
    return true;
  };
  const take = async (child: ReturnType<typeof startGit>): Promise<Buffer | undefined> => {
    let end = heard.indexOf('\n');
    for (; end === -1; end = heard.indexOf('\n')) if (!(await more(child))) return undefined;
    const size = /^[0-9a-f]+ blob (\d+)$/.exec(heard.subarray(0, end).toString('latin1'))?.[1];
    if (size === undefined) {
      heard = heard.subarray(end + 1);
      return undefined;
    }
    const whole = end + 1 + Number(size) + 1;
    while (heard.length < whole) if (!(await more(child))) return undefined;
    const bytes = heard.subarray(end + 1, whole - 1);
    heard = heard.subarray(whole);
    return bytes;
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    read: (id: string): Promise<Buffer | undefined> => {
      if (id === '') return Promise.resolve(undefined);
      const answer = last.then(async () => {
        running ??= started(place);
        running.stdin.write(`${id}\n`);
        return await take(running);
      });
      last = answer.catch(() => undefined);
      return answer;
    },
    close: () => {
      running?.stdin.end();
      running?.kill();
    },
  };
}

/** Waits until a stream has more to read, or nothing more. Whichever comes first, nobody goes on listening. */
function readable(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    const events = ['readable', 'end', 'close', 'error'] as const;
    const done = () => {
      for (const event of events) stream.off(event, done);
      resolve();
    };
    for (const event of events) stream.on(event, done);
  });
}

/** Whatever keeps it from going on ends its output, and the files that are still asked for are not to be had. */
function started(place: GitPlace) {
  const child = startGit(place, ['cat-file', '--batch']);
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.stderr.resume();
  return child;
}

/** A blob's name in git; repositories use SHA-1 or SHA-256. */
function blobId(bytes: Uint8Array, digits: number): string {
  const hash = createHash(digits === 64 ? 'sha256' : 'sha1');
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
