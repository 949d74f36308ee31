import { CargoError } from '../../cargo/error.ts';
import { gunzipFirstMember } from '../../cargo/gzip.ts';
import { tarEntries } from '../../cargo/tar.ts';
import { FeedError } from './error.ts';
import type { FolderStamp } from './folder-stamp.ts';
import { type FeedSource, sourceText } from './source.ts';

/** One file of a feed. */
export interface FeedFile {
  /** Relative to the feed, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What loading needs of the world. Each port throws `FeedError`. */
export interface FeedPorts {
  /** Files below a folder for which `wanted` says yes. */
  readonly folder: (path: string, wanted: (path: string) => boolean) => Promise<readonly FeedFile[]>;
  /** The bytes of one file. */
  readonly file: (path: string) => Promise<Uint8Array>;
  /** The commit that a folder's files are exactly those of; `undefined` when it is none, or there are changes. */
  readonly commitOf: (path: string) => Promise<string | undefined>;
  /** The files of a repository's newest commit: of a remote's, fetched first, or of a bare repository in a folder. */
  readonly repository: (url: string, wanted: (path: string) => boolean) => Promise<Repository>;
  readonly isBareRepository: (path: string) => Promise<boolean>;
  /** What was made of a feed's files before, by a name of that feed's own; absent: nothing is kept. */
  readonly kept?: KeptForms;
  /**
   * Tells whether a folder has changed since it was read, by a look at each file instead of its bytes; absent: its
   * files are read.
   */
  readonly stamps?: FolderStamps;
  /** The bytes at an http(s) address. */
  readonly download: (url: string) => Promise<Uint8Array>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/** Texts that are kept from one run to the next; what is lost is only made again. */
export interface KeptForms {
  readonly read: (name: string) => Promise<string | undefined>;
  readonly write: (name: string, text: string) => Promise<void>;
}

export interface FolderStamps {
  /** Of the files for which `wanted` says yes, to be taken before they are read; `undefined`: there is none now. */
  readonly of: (folder: string, wanted: (path: string) => boolean) => FolderStamp | undefined;
  readonly isCurrent: (folder: string, stamp: FolderStamp) => boolean;
}

export interface Repository {
  readonly commit: string;
  readonly files: readonly FeedFile[];
}

/** The files of a feed, of one moment. */
export interface FeedFiles {
  readonly files: readonly FeedFile[];
  readonly commit?: string | undefined;
}

/** Bounds of a tarball that no honest feed meets: the RustSec database has 2 MB packed, 8 MB unpacked. */
const maxUnpackedBytes = 512 * 1024 * 1024;

/** Fetches a feed's files for which `wanted` says yes. Throws `FeedError`. */
export async function filesOf(
  source: FeedSource,
  ports: FeedPorts,
  wanted: (path: string) => boolean,
): Promise<FeedFiles> {
  switch (source.kind) {
    case 'folder': {
      if (await ports.isBareRepository(source.path)) return await ports.repository(source.path, wanted);
      const files = await ports.folder(source.path, wanted);
      return { files, commit: await ports.commitOf(source.path) };
    }
    case 'git':
      return await ports.repository(source.url, wanted);
    case 'tarball':
      return unpack(await ports.download(source.url), sourceText(source), wanted);
  }
}

/** A git host's tarball names its commit in a global pax header, which git writes first. */
function unpack(bytes: Uint8Array, source: string, wanted: (path: string) => boolean): FeedFiles {
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  try {
    const tar = packed ? gunzipFirstMember(bytes, maxUnpackedBytes).bytes : bytes;
    const entries = [...tarEntries(tar, () => {})];
    const comment = entries.find(({ what }) => what === 'a global pax header');
    const commit =
      comment && /\bcomment=([0-9a-f]{40}|[0-9a-f]{64})\n/.exec(latin1.decode(comment.bytes))?.[1];
    // Oddities of the archive do not matter here: nothing is unpacked to a disk, and only wanted files are read.
    return { files: entries.filter(({ kind, path }) => kind === 'file' && wanted(path)), commit };
  } catch (cause) {
    if (!(cause instanceof CargoError)) throw cause;
    throw new FeedError('feed/unreachable', `${source} is no tarball: ${cause.message}`, cause);
  }
}

const latin1 = new TextDecoder('latin1');
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A file's text; `undefined` where it is not UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
