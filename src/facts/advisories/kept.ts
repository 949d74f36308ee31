import { createHash } from 'node:crypto';
import type { FeedFile, FeedPorts, KeptForms } from '../feed/files.ts';
import type { FolderStamp } from '../feed/folder-stamp.ts';
import { type FeedContents, readFeed } from './files.ts';

/**
 * To be raised whenever the same files are read differently: what was kept by another version is read again. A test holds what
 * this one makes of some files.
 */
export const advisoryReaderVersion = 2;

interface Kept {
  /** Of the files that it was read from, byte for byte, and of who read them. */
  readonly digest: string;
  /** The folder that they are in, before they were read. */
  readonly stamp?: FolderStamp | undefined;
  /** `advisoryReaderVersion` of who read them. */
  readonly reader: number;
  readonly contents: FeedContents;
}

/**
 * As `readFeed`, but files that are the same as at the last reading of this `source` are not parsed again: a database has more than
 * a thousand.
 */
export async function readKeptFeed(
  source: string,
  files: readonly FeedFile[],
  forms: KeptForms | undefined,
  stamp?: FolderStamp | undefined,
): Promise<FeedContents> {
  if (forms === undefined) return readFeed(files);
  const digest = digestOf(files);
  const kept = parsed(await forms.read(nameOf(source)));
  const isSame = kept?.digest === digest && kept.reader === advisoryReaderVersion;
  const contents = isSame ? kept.contents : readFeed(files);
  if (!isSame || (stamp !== undefined && kept.stamp?.digest !== stamp.digest)) {
    const now: Kept = { digest, stamp, reader: advisoryReaderVersion, contents };
    await forms.write(nameOf(source), JSON.stringify(now));
  }
  return contents;
}

/** What was kept of a folder's files, where nothing in it has changed since: none of them is opened. */
export async function keptOfFolder(
  folder: string,
  { kept: forms, stamps }: Pick<FeedPorts, 'kept' | 'stamps'>,
): Promise<FeedContents | undefined> {
  if (forms === undefined || stamps === undefined) return undefined;
  const kept = parsed(await forms.read(nameOf(folder)));
  if (kept?.stamp === undefined || kept.reader !== advisoryReaderVersion) return undefined;
  return stamps.isCurrent(folder, kept.stamp) ? kept.contents : undefined;
}

function nameOf(source: string): string {
  return `advisories-${createHash('sha256').update(source).digest('hex').slice(0, 32)}.json`;
}

function digestOf(files: readonly FeedFile[]): string {
  const hash = createHash('sha256').update(`${advisoryReaderVersion}`);
  for (const { path, bytes } of files)
    hash.update(`\n${JSON.stringify(path)} ${bytes.length}\n`).update(bytes);
  return hash.digest('hex');
}

function parsed(text: string | undefined): Kept | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Kept;
  } catch {
    return undefined;
  }
}
