import { CargoError } from '../../cargo/error.ts';
import { gunzipFirstMember } from '../../cargo/gzip.ts';
import { tarEntries } from '../../cargo/tar.ts';
import { type AdvisoryDatabase, databaseOf } from './database.ts';
import { AdvisoryError } from './error.ts';
import { type FeedFile, type FileProblem, formatOf, readFeed } from './files.ts';
import { type FeedSource, sourceText } from './source.ts';

/** One reading of a feed. */
export interface AdvisoryFeed {
  readonly database: AdvisoryDatabase;
  readonly provenance: FeedProvenance;
  /** Files that were skipped, and why. */
  readonly problems: readonly FileProblem[];
}

/** Where the advisories came from. */
export interface FeedProvenance {
  readonly source: string;
  /** The commit that was read, where the source has commits. */
  readonly commit?: string;
  /** RFC 3339. */
  readonly readAt: string;
}

/** What loading needs of the world. Each port throws `AdvisoryError`. */
export interface FeedPorts {
  /** Files below a folder for which `wanted` says yes. */
  readonly folder: (path: string, wanted: (path: string) => boolean) => Promise<readonly FeedFile[]>;
  /** The commit that a folder's files are exactly those of; `undefined` when it is none, or there are changes. */
  readonly commitOf: (path: string) => Promise<string | undefined>;
  /** The files of a repository's newest commit: of a remote's, fetched first, or of a bare repository in a folder. */
  readonly repository: (url: string, wanted: (path: string) => boolean) => Promise<Repository>;
  readonly isBareRepository: (path: string) => Promise<boolean>;
  /** The bytes at an http(s) address. */
  readonly download: (url: string) => Promise<Uint8Array>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

export interface Repository {
  readonly commit: string;
  readonly files: readonly FeedFile[];
}

/**
 * Reads a feed. Throws `AdvisoryError` when it cannot be had, and when it holds no advisory at all: a wrong folder
 * must not read as "nothing is known against this".
 */
export async function loadFeed(source: FeedSource, ports: FeedPorts): Promise<AdvisoryFeed> {
  const { files, commit } = await filesOf(source, ports);
  const { advisories, problems } = readFeed(files);
  const database = databaseOf(advisories);
  if (database.advisories.length === 0) {
    const skipped = problems.length === 0 ? '' : ` (${problems.length} files could not be read)`;
    throw new AdvisoryError('advisories/empty', `${sourceText(source)} holds no advisory${skipped}`);
  }
  const readAt = new Date(ports.clock()).toISOString();
  const provenance = { source: sourceText(source), ...(commit === undefined ? {} : { commit }), readAt };
  return { database, provenance, problems };
}

/** Bounds of a tarball that no honest feed meets: the RustSec database has 2 MB packed, 8 MB unpacked. */
const maxUnpackedBytes = 512 * 1024 * 1024;

interface Files {
  readonly files: readonly FeedFile[];
  readonly commit?: string | undefined;
}

async function filesOf(source: FeedSource, ports: FeedPorts): Promise<Files> {
  switch (source.kind) {
    case 'folder': {
      if (await ports.isBareRepository(source.path)) return await ports.repository(source.path, isAdvisory);
      const files = await ports.folder(source.path, isAdvisory);
      return { files, commit: await ports.commitOf(source.path) };
    }
    case 'git':
      return await ports.repository(source.url, isAdvisory);
    case 'tarball':
      return unpack(await ports.download(source.url), sourceText(source));
  }
}

function isAdvisory(path: string): boolean {
  return formatOf(path) !== undefined;
}

/** A git host's tarball names its commit in a global pax header, which git writes first. */
function unpack(bytes: Uint8Array, source: string): Files {
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  try {
    const tar = packed ? gunzipFirstMember(bytes, maxUnpackedBytes).bytes : bytes;
    const entries = [...tarEntries(tar, () => {})];
    const comment = entries.find(({ what }) => what === 'a global pax header');
    const commit =
      comment && /\bcomment=([0-9a-f]{40}|[0-9a-f]{64})\n/.exec(latin1.decode(comment.bytes))?.[1];
    // Oddities of the archive do not matter here: nothing is unpacked to a disk, and only advisories are read.
    return { files: entries.filter(({ kind, path }) => kind === 'file' && isAdvisory(path)), commit };
  } catch (cause) {
    if (!(cause instanceof CargoError)) throw cause;
    throw new AdvisoryError('advisories/unreachable', `${source} is no tarball: ${cause.message}`, cause);
  }
}

const latin1 = new TextDecoder('latin1');
