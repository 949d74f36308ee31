import { canonicalName } from '../../cargo/index-path.ts';
import type { PackageAdvisory } from '../../distribution/advisory/advisory.ts';
import { FeedError } from '../feed/error.ts';
import { type FeedPorts, type FolderStamps, filesOf } from '../feed/files.ts';
import { type FolderStamp, stampOf as folderStamp } from '../feed/folder-stamp.ts';
import type { FeedKind, FeedReading } from '../feed/reading.ts';
import { type FeedSource, sourceText } from '../feed/source.ts';
import type { Advisory } from './advisory.ts';
import { type AdvisoryDatabase, databaseOf } from './database.ts';
import { type FeedContents, formatOf } from './files.ts';
import { keptOfFolder, readKeptFeed } from './kept.ts';

/** One reading of a feed. */
export interface AdvisoryFeed extends FeedReading {
  readonly database: AdvisoryDatabase;
  /** What it says of packages of Linux distributions. */
  readonly packages: readonly PackageAdvisory[];
}

/** What is kept of a reading. Those of before there were any have no `packages`. */
interface Said {
  readonly advisories: readonly Advisory[];
  readonly packages?: readonly PackageAdvisory[];
}

/** How advisory databases are kept and compared. */
export const advisoryFeeds: FeedKind<AdvisoryFeed, Said> = {
  noun: 'advisories',
  size: ({ database }) => database.advisories.length,
  said: ({ database: { advisories }, packages }) => ({
    advisories,
    ...(packages.length === 0 ? {} : { packages }),
  }),
  restore: ({ advisories, packages = [], provenance, problems }) => ({
    database: databaseOf(advisories),
    packages,
    provenance,
    problems,
  }),
  byCrate: ({ database }) => {
    const groups = Map.groupBy(database.advisories, (advisory) => canonicalName(advisory.package));
    return new Map([...groups].map(([crate, advisories]) => [crate, JSON.stringify(advisories)]));
  },
  shared: () => '',
};

/**
 * Reads a feed. Throws `FeedError` when it cannot be had, and when it holds no advisory at all: a wrong folder must not
 * read as "nothing is known against this".
 */
export async function loadFeed(source: FeedSource, ports: FeedPorts): Promise<AdvisoryFeed> {
  const { contents, commit } = await contentsOf(source, ports);
  const { advisories, packages, problems } = contents;
  const database = databaseOf(advisories);
  if (database.advisories.length === 0 && packages.length === 0) {
    const skipped = problems.length === 0 ? '' : ` (${problems.length} files could not be read)`;
    throw new FeedError('feed/empty', `${sourceText(source)} holds no advisory${skipped}`);
  }
  const readAt = new Date(ports.clock()).toISOString();
  const provenance = { source: sourceText(source), ...(commit === undefined ? {} : { commit }), readAt };
  return { database, packages, provenance, problems };
}

async function contentsOf(
  source: FeedSource,
  ports: FeedPorts,
): Promise<{ readonly contents: FeedContents; readonly commit?: string | undefined }> {
  const folder =
    source.kind === 'folder' && !(await ports.isBareRepository(source.path)) ? source.path : undefined;
  const kept = folder === undefined ? undefined : await keptOfFolder(folder, ports);
  if (folder !== undefined && kept !== undefined)
    return { contents: kept, commit: await ports.commitOf(folder) };
  const stamp =
    folder === undefined || ports.stamps === undefined ? undefined : stampBefore(folder, ports.stamps.of);
  const { files, commit } = await filesOf(source, ports, isAdvisoryFile);
  return { contents: await readKeptFeed(sourceText(source), files, ports.kept, stamp), commit };
}

/** Whether a file of a feed, by its path, holds advisories. */
function isAdvisoryFile(path: string): boolean {
  return formatOf(path) !== undefined;
}

/** The state of an advisory database's folder, before it is read. One that cannot be looked into says why when it is read. */
export function stampBefore(
  folder: string,
  stampOf: FolderStamps['of'] = folderStamp,
): FolderStamp | undefined {
  try {
    return stampOf(folder, isAdvisoryFile);
  } catch {
    return undefined;
  }
}
