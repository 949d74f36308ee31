import {
  comparePrecedence,
  compareVersions,
  isPrerelease,
  parseVersion,
  type Version,
} from '../../cargo/version.ts';
import type { Base } from '../../facts/base.ts';
import { comparesCode, comparesContents } from '../../policy/compared.ts';
import type { ReleaseRecord } from '../../store/records.ts';
import { type ArchiveReading, type Extent, isCurrent, readingOf } from './bytes.ts';

/** A release that others may be compared with: what was read of its bytes, or why they could not be had. */
export type BaseRecord = Pick<ReleaseRecord, 'version' | 'checksum' | 'archive' | 'unread'>;

/**
 * The release that another one is compared with: the one before it by precedence among those that the registry lists, yanked
 * ones too. Pre-releases count only for pre-releases. `undefined`: it is the first. Pure; the versions are parsed once.
 */
export function basesAmong(listed: Iterable<string>): (version: string) => string | undefined {
  let parsed: readonly Version[] | undefined;
  let last: { readonly of: string; readonly base: string | undefined } | undefined;
  return (version) => {
    // Asked again for the same one: to read its base, and to compare with it.
    if (last?.of === version) return last.base;
    parsed ??= [...listed].map(parseVersion);
    last = { of: version, base: baseAmong(parsed, parseVersion(version)) };
    return last.base;
  };
}

function baseAmong(all: readonly Version[], own: Version): string | undefined {
  let found: Version | undefined;
  for (const other of all) {
    if (isPrerelease(other) && !isPrerelease(own)) continue;
    if (comparePrecedence(other, own) >= 0) continue;
    if (found === undefined || compareVersions(other, found) > 0) found = other;
  }
  return found?.text;
}

/** How much of the release before it one is compared with; `undefined`: nothing of it. */
export function comparedBy({ contents, code }: ArchiveReading): Extent | undefined {
  if (code !== undefined && comparesCode(code)) return 'whole';
  return contents !== undefined && comparesContents(contents) ? 'contents' : undefined;
}

/** Whether as much of the bytes of a release that another one is compared with is still to be read. */
export function isToBring({ archive, checksum }: BaseRecord, extent: Extent): boolean {
  return !isCurrent(archive, extent) || readingOf(archive).archive.checksum !== checksum;
}

/** What a release is compared with, as far as it was read; `record` is absent where the registry does not list it. */
export function baseFact<Name extends 'contents' | 'code'>(
  name: Name,
  version: string,
  record: BaseRecord | undefined,
): Base<NonNullable<ArchiveReading[Name]>> {
  if (record === undefined) return { version, unread: 'the registry does not list it' };
  const reading = record.archive === null ? undefined : readingOf(record.archive);
  if (reading === undefined || (reading.only !== undefined && reading.only !== name))
    return { version, unread: record.unread?.reason ?? 'it has not been fetched yet' };
  if (reading.archive.checksum !== record.checksum) return { version, unread: otherBytes };
  const read = reading[name];
  if (read !== undefined) return { version, read };
  return {
    version,
    unread:
      reading.contents === undefined
        ? 'its archive does not read'
        : 'its archive was read before this was looked at',
  };
}

/** Said of bytes that have another checksum than the index names. */
export const otherBytes = 'its bytes are not those that the index names';

/** Milliseconds until an archive is asked for again that could not be had. */
export function retryAfterTries(tries: number): number {
  return Math.min(longestRetry, firstRetry * 2 ** Math.min(tries - 1, 8));
}

const firstRetry = 10 * 60_000;
const longestRetry = 24 * 60 * 60_000;
