import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type IndexEntry, parseIndexLine, withYanked } from '../../cargo/index-entry.ts';
import { crateKey } from '../../cargo/index-path.ts';
import { StoreError } from '../../store/error.ts';
import type { ReleaseRecord, ReleaseState } from '../../store/records.ts';
import { inTurns } from '../../store/turns.ts';
import { stateOf } from '../judgement/assess.ts';
import { crateName } from '../judgement/gather.ts';

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

/**
 * Prepares the answers for a crate. Every index line is the upstream's, byte for byte, but for `yanked`. Throws
 * `StoreError` `store/damaged` for a record that contradicts itself. `isFresh`: the records were made of their lines just now, and
 * not read from a database.
 */
export async function serveCrate(
  registry: string,
  key: string,
  records: readonly ReleaseRecord[],
  { isFresh = false } = {},
): Promise<ServedCrate> {
  const lineOf = isFresh ? freshLine : servedLine;
  const lines = await inTurns(records, isFresh ? 1000 : 50, (record) => `${lineOf(record)}\n`);
  const body = Buffer.from(lines.join(''), 'utf8');
  const digest = createHash('sha256').update(body).digest('base64url');
  return {
    registry,
    key,
    name: crateName(records),
    gzipped: ownBytes(await compress(body, { level: 6 })),
    etag: `"${digest.slice(0, 32)}"`,
    releases: servedReleases(records),
  };
}

/** The bytes without the rest of the block that zlib wrote them into: it is 16 KiB, and most index files are small. */
function ownBytes(bytes: Buffer): Buffer {
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}

/** The same crate with other decisions on some releases, which its index file does not show. Throws as above. */
export function amended(crate: ServedCrate, changed: readonly ReleaseRecord[]): ServedCrate {
  for (const record of changed) soundEntry(record);
  return { ...crate, releases: new Map([...crate.releases, ...servedReleases(changed)]) };
}

/** Whether both records of a release give the same line in the same place. */
export function servesSameLine(before: ReleaseRecord | undefined, after: ReleaseRecord): boolean {
  return (
    before !== undefined &&
    before.position === after.position &&
    before.line === after.line &&
    showsYanked(before) === showsYanked(after)
  );
}

function showsYanked(record: ReleaseRecord): boolean {
  return record.yanked || !isAdmitted(record);
}

/** Of a record whose `yanked` is what its line says. */
function freshLine(record: ReleaseRecord): string {
  const yanked = showsYanked(record);
  return record.yanked === yanked ? record.line : withYanked(record.line, yanked);
}

function servedLine(record: ReleaseRecord): string {
  const yanked = showsYanked(record);
  return soundEntry(record).yanked === yanked ? record.line : withYanked(record.line, yanked);
}

/**
 * What the line says. A record whose parts do not fit each other was changed by something else than a settlement: it
 * decides nothing.
 */
function soundEntry(record: ReleaseRecord): IndexEntry {
  const entry = entryOrProblem(record);
  if (typeof entry !== 'string') return entry;
  const { registry, key, version } = record;
  const row = `registry="${registry}", key="${key}", version="${version}"`;
  throw new StoreError(
    'store/damaged',
    `The row of table "releases" with ${row} is damaged: ${entry}. ` +
      'Correct the row or restore the database from a backup; nothing is served by a damaged row.',
    { details: { table: 'releases', key: row } },
  );
}

function entryOrProblem({
  state,
  verdict,
  line,
  key,
  version,
  checksum,
}: ReleaseRecord): IndexEntry | string {
  if (state !== 'withdrawn' && state !== stateOf(verdict)) {
    return `its state is ${state} and its verdict says ${verdict.decision}`;
  }
  try {
    const entry = parseIndexLine(line);
    const isOwn = crateKey(entry.name) === key && entry.vers === version && entry.cksum === checksum;
    return isOwn ? entry : 'its line is of another release';
  } catch {
    return 'its line does not read';
  }
}

function servedReleases(records: readonly ReleaseRecord[]): ReadonlyMap<string, ServedRelease> {
  return new Map(
    records.map(({ version, checksum, state, yanked, judged }) => [
      version,
      { version, checksum, state, yanked, judged },
    ]),
  );
}

/** Bytes that a served crate holds in memory, for a cache that is bounded by them. */
export function servedSize(crate: ServedCrate): number {
  return crate.gzipped.length + crate.releases.size * 300 + 500;
}
