import type { ArchiveFact } from '../../facts/archive.ts';
import type { ContentsFact } from '../../facts/archive-contents/contents.ts';
import type { CodeFact } from '../../facts/code.ts';
import type { LicenseFact } from '../../facts/license/release.ts';
import type { StdFact } from '../../facts/std.ts';
import { parsedText } from '../../store/column.ts';
import { StoreError } from '../../store/error.ts';
import type { BlobHandle, BlobStore } from '../../store/store.ts';
import { RegistryError } from '../error.ts';
import type { Upstream } from '../upstream/upstream.ts';

/** A release whose bytes are wanted. */
export interface WantedBytes {
  readonly crate: string;
  readonly version: string;
  /** SHA-256 (hex) that the bytes must have. */
  readonly checksum: string;
}

/**
 * What is read of an archive: all of it, or what lies in it alone, by which most releases are compared. Its code takes
 * longest by far.
 */
export type Extent = 'whole' | 'contents';

/** Reads an archive away from this process. */
export type ArchiveReader = (
  blob: BlobHandle,
  release: WantedBytes,
  extent: Extent,
) => Promise<ArchiveReading>;

/**
 * Goes up whenever an archive would be read otherwise than before: what was kept by an earlier one is then read again. A test
 * holds it against what is read of some archives.
 */
export const readerVersion = 30;

/** What the bytes of a release say. Kept as JSON with the release, so that judging again needs no bytes. */
export interface ArchiveReading {
  /**
   * No more was read than `archive` and `contents`: enough to compare another release with, none to judge this one by.
   * It comes first.
   */
  readonly only?: 'contents';
  /** `readerVersion` of who read it. It comes before all else, so that it is known without parsing; early readings have none. */
  readonly reader?: number;
  readonly archive: ArchiveFact;
  /** Absent where the archive does not read. */
  readonly license?: LicenseFact;
  readonly contents?: ContentsFact;
  /** Absent also in earlier readings, until they are read again. */
  readonly std?: StdFact;
  /** Absent also in earlier readings. */
  readonly code?: CodeFact;
  /** What crev reviews call the contents by. Absent also in earlier readings. */
  readonly contentDigest?: string;
}

/** A reading as it was kept. The store has seen to it that it is an object, and several look at it one soon after the other. */
export function readingOf(kept: string): ArchiveReading {
  return parsedText(kept) as ArchiveReading;
}

/** How a whole reading by this version begins as JSON. */
export const currentReading = `{"reader":${readerVersion},`;

const partly = '{"only":';

/** Whether all was read of an archive, by this version or an earlier one. */
export function isRead(kept: string | null): kept is string {
  return kept !== null && !kept.startsWith(partly);
}

/** Whether it is a reading by this version that has as much. */
export function isCurrent(kept: string | null, extent: Extent): kept is string {
  if (kept === null) return false;
  return (
    kept.startsWith(currentReading) ||
    (extent === 'contents' && kept.startsWith(`${partly}"contents","reader":${readerVersion},`))
  );
}

/** Largest `.crate` that is taken, in bytes; crates.io's own limit is 10 MiB. */
export const maxCrateBytes = 256 * 1024 * 1024;

/**
 * Brings the bytes of a release into the blob store and reads as much of them. Bytes with another digest are asked for a second
 * time, since most of them are damaged on the way; if they stay wrong, the fact says so and nothing is kept.
 * Throws `RegistryError` where the upstream fails and `StoreError` where the store does.
 */
export async function fetchArchive(
  upstream: Upstream,
  blobs: BlobStore,
  read: ArchiveReader,
  release: WantedBytes,
  extent: Extent,
): Promise<ArchiveReading> {
  let wrong: ArchiveFact | undefined;
  for (let attempt = 0; attempt < 2; attempt++) {
    wrong = await bring(upstream, blobs, release);
    if (wrong === undefined) break;
  }
  if (wrong !== undefined) return { reader: readerVersion, archive: wrong };
  const blob = await blobs.open(release.checksum);
  if (blob === undefined)
    throw new StoreError('store/damaged', `${release.checksum} vanished from the blob store`);
  try {
    return await read(blob, release, extent);
  } finally {
    await blob.close();
  }
}

/** Stores the bytes; where they are not the wanted ones, says what they are instead. */
async function bring(
  upstream: Upstream,
  blobs: BlobStore,
  release: WantedBytes,
): Promise<ArchiveFact | undefined> {
  if (await blobs.has(release.checksum)) return undefined;
  try {
    await blobs.put(await upstream.download(release), {
      maxBytes: maxCrateBytes,
      expected: release.checksum,
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.code === 'store/blob-mismatch') {
      return {
        checksum: error.details.actual ?? 'unknown',
        size: 0,
        unpackedSize: 0,
        files: 0,
        problems: [],
      };
    }
    if (error.code === 'store/blob-too-large') {
      throw new RegistryError(
        'registry/too-large',
        `${release.crate} ${release.version} is larger than ${maxCrateBytes} bytes`,
        { cause: error },
      );
    }
    throw error;
  }
}
