import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { withYanked } from '../cargo/index-entry.ts';
import type { ReleaseRecord, ReleaseState } from '../store/records.ts';
import { crateName } from './assess.ts';

/** A crate as it is served: its index file, prepared once, and what is needed to answer a download. */
export interface ServedCrate {
  readonly registry: string;
  readonly key: string;
  /** As the index spells it. */
  readonly name: string;
  /** The index file, compressed: cargo asks for it so, and a tenth of the memory holds it. */
  readonly gzipped: Buffer;
  /** Strong: over the bytes of the index file. */
  readonly etag: string;
  readonly releases: ReadonlyMap<string, ServedRelease>;
}

/** One release of a served crate. */
export interface ServedRelease {
  readonly version: string;
  /** SHA-256 (hex) of the only bytes that may be served. */
  readonly checksum: string;
  readonly state: ReleaseState;
  readonly yanked: boolean;
  readonly judged: 'index' | 'release';
}

/**
 * Whether the mirror hands a release out. This is the one place that decides it: the index file, the download, the
 * search and the advice on what to use instead all ask here.
 */
export function isAdmitted(release: Pick<ServedRelease, 'state'>): boolean {
  return release.state === 'promoted';
}

const compress = promisify(gzip);

/** Prepares the answers for a crate. Every index line is the upstream's, byte for byte, but for `yanked`. */
export async function serveCrate(
  registry: string,
  key: string,
  records: readonly ReleaseRecord[],
): Promise<ServedCrate> {
  const body = Buffer.from(records.map((record) => `${servedLine(record)}\n`).join(''), 'utf8');
  const digest = createHash('sha256').update(body).digest('base64url');
  return {
    registry,
    key,
    name: crateName(records),
    gzipped: await compress(body, { level: 6 }),
    etag: `"${digest.slice(0, 32)}"`,
    releases: new Map(records.map((record) => [record.version, servedRelease(record)])),
  };
}

function servedLine(record: ReleaseRecord): string {
  return withYanked(record.line, record.yanked || !isAdmitted(record));
}

function servedRelease({ version, checksum, state, yanked, judged }: ReleaseRecord): ServedRelease {
  return { version, checksum, state, yanked, judged };
}

/** Bytes that a served crate holds in memory, for a cache that is bounded by them. */
export function servedSize(crate: ServedCrate): number {
  return crate.gzipped.length + crate.releases.size * 300 + 500;
}
