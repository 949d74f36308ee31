import {
  dependenciesDigest,
  type IndexEntry,
  parseIndexLine,
  splitIndexFile,
  withYanked,
} from '../../cargo/index-entry.ts';
import { crateKey } from '../../cargo/index-path.ts';
import { type Arrival, parsePubtime } from '../../facts/age.ts';
import type { LogEvent, ReleaseRecord } from '../../store/records.ts';
import { inTurns } from '../../store/turns.ts';
import { RegistryError } from '../error.ts';
import { hidesRelease, isOfThisCrate, type UntakenLine, untakenLine } from './untaken-line.ts';

/** A release as the upstream has it now, before it is judged. */
export type Observed = Omit<
  ReleaseRecord,
  'state' | 'until' | 'verdict' | 'policy' | 'judgeAt' | 'stateSince'
>;

/** What changed about one release between the records and the upstream's file. */
export interface Change {
  readonly version: string;
  readonly event: LogEvent;
  readonly details: Readonly<Record<string, unknown>> | null;
}

export interface Reconciled {
  /** Every release that is or was in the file, in its order; those that are gone keep their record. */
  readonly releases: readonly { readonly observed: Observed; readonly present: boolean }[];
  readonly changes: readonly Change[];
  /** Lines that were not taken. */
  readonly untaken: readonly UntakenLine[];
  /** Whether the name was deleted whole and registered anew: nothing of what was there before is there now. */
  readonly isAnew: boolean;
}

export interface IndexFile {
  readonly registry: string;
  readonly key: string;
  readonly bytes: Uint8Array;
  /** `back-catalogue` for the first file of a crate. */
  readonly arrival: Arrival;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * Compares an index file with the records of its crate: what appeared, was yanked or un-yanked, altered, taken away or
 * put back. A line that does not read is named and left out. The release that it names is not taken away by that; and
 * while there is one that names none, nothing is, since it may be the missing release. Throws `RegistryError`
 * `registry/bad-index` where no line is one of this crate: a page of some proxy, say. Lines that are as they were recorded are not
 * read again; of thousands, others have turns between.
 */
export async function reconcile(file: IndexFile, known: readonly ReleaseRecord[]): Promise<Reconciled> {
  const { entries, untaken } = await readLines(file, known);
  const [first] = untaken;
  if (entries.length === 0 && first !== undefined && !untaken.some(isOfThisCrate)) {
    const message = `what came as the index file of ${file.key} is none: line ${first.number}: ${first.reason}`;
    throw new RegistryError('registry/bad-index', message);
  }
  const byVersion = new Map(known.map((record) => [record.version, record]));
  const isAnew =
    known.length > 0 && untaken.length === 0 && !entries.some(({ entry }) => isSame(byVersion, entry));
  const changes: Change[] = [];
  const releases = await inTurns(entries, 500, ({ entry, line }, position) => {
    const before = byVersion.get(entry.vers);
    byVersion.delete(entry.vers);
    const fresh = { line, position, entry };
    if (before === undefined) {
      changes.push({ version: entry.vers, event: 'appeared', details: null });
      return { observed: appeared(file, fresh), present: true };
    }
    const after = updated(before, fresh, file.now);
    changes.push(...differences(before, after));
    return { observed: after, present: true };
  });
  const hidesOne = untaken.some(hidesRelease);
  const named = new Set(untaken.flatMap((line) => (isOfThisCrate(line) ? (line.version ?? []) : [])));
  let position = entries.length;
  for (const gone of byVersion.values()) {
    const present = gone.state !== 'withdrawn' && (hidesOne || named.has(gone.version));
    if (!present && gone.state !== 'withdrawn')
      changes.push({ version: gone.version, event: 'withdrawn', details: null });
    releases.push({ observed: { ...gone, position: position++ }, present });
  }
  return { releases, changes, untaken, isAnew };
}

/** Whether one of the entries is a release that was there before: the same bytes, published at the same time. */
function isSame(known: ReadonlyMap<string, ReleaseRecord>, { vers, cksum, pubtime }: Entry): boolean {
  const before = known.get(vers);
  if (before === undefined || before.checksum !== cksum) return false;
  const published = parsePubtime(pubtime);
  return before.published === null || published === undefined || before.published === published;
}

/** What is asked of a line that may be as it was recorded. */
type Entry = Pick<IndexEntry, 'vers' | 'cksum' | 'yanked' | 'pubtime'>;

interface Fresh {
  readonly line: string;
  readonly position: number;
  readonly entry: Entry;
}

async function readLines(
  file: IndexFile,
  known: readonly ReleaseRecord[],
): Promise<{ entries: { entry: Entry; line: string }[]; untaken: UntakenLine[] }> {
  const { lines, malformed } = splitIndexFile(file.bytes);
  const recorded = new Map(known.filter(isAsItsLine).map((record) => [record.line, record]));
  const entries: { entry: Entry; line: string }[] = [];
  const untaken: UntakenLine[] = malformed.map((line) => ({ ...line, kind: 'hidden' }));
  const seen = new Set<string>();
  await inTurns(lines, 50, ({ text, number }) => {
    const reason = takeLine(text);
    if (reason !== undefined) untaken.push(untakenLine({ number, reason }, text, file.key));
  });
  return { entries, untaken };

  function entryOf(text: string): Entry | undefined {
    const before = recorded.get(text);
    if (before !== undefined)
      return { vers: before.version, cksum: before.checksum, yanked: before.yanked, pubtime: undefined };
    const entry = parseIndexLine(text);
    return crateKey(entry.name) === file.key ? entry : undefined;
  }

  function takeLine(text: string): string | undefined {
    try {
      const entry = entryOf(text);
      if (entry === undefined) return 'it is a line of another crate';
      if (seen.has(entry.vers)) return `version ${entry.vers} stands in the file twice`;
      seen.add(entry.vers);
      entries.push({ entry, line: text });
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

/** Whether what is recorded of a release is what its recorded line says, and not a later one's. */
function isAsItsLine({ checksum, lineChecksum }: ReleaseRecord): boolean {
  return checksum === lineChecksum;
}

function appeared(file: IndexFile, { line, position, entry }: Fresh): Observed {
  return {
    registry: file.registry,
    key: file.key,
    version: entry.vers,
    position,
    line,
    checksum: entry.cksum,
    lineChecksum: entry.cksum,
    published: parsePubtime(entry.pubtime) ?? null,
    firstSeen: file.now,
    arrival: file.arrival,
    dependenciesChangedAt: null,
    yanked: entry.yanked,
    yankedAt: null,
    judged: 'index',
    archive: null,
    unread: null,
  };
}

/**
 * A release whose checksum changed keeps the line and the checksum that were recorded first: cargo then reaches the
 * refusal that explains, and the bytes that were judged are never mixed up with others.
 */
function updated(before: ReleaseRecord, { line, position, entry }: Fresh, now: number): Observed {
  const tampered = entry.cksum !== before.checksum;
  const same =
    tampered ||
    line === before.line ||
    dependenciesDigest(parseIndexLine(line)) === dependenciesDigest(parseIndexLine(before.line));
  return {
    ...before,
    position,
    line: tampered ? before.line : line,
    lineChecksum: entry.cksum,
    published: before.published ?? (before.arrival === 'new' ? null : (parsePubtime(entry.pubtime) ?? null)),
    dependenciesChangedAt: same ? before.dependenciesChangedAt : now,
    yanked: entry.yanked,
    yankedAt: entry.yanked ? (before.yanked ? before.yankedAt : now) : null,
  };
}

function differences(before: ReleaseRecord, after: Observed): Change[] {
  const changes: Change[] = [];
  const note = (event: LogEvent, details: Change['details'] = null) =>
    changes.push({ version: after.version, event, details });
  if (before.state === 'withdrawn') note('restored');
  if (before.yanked !== after.yanked) note(after.yanked ? 'yanked' : 'unyanked');
  if (before.lineChecksum !== after.lineChecksum) {
    const [first, isBack] = [before.lineChecksum, after.lineChecksum === after.checksum];
    note('altered', {
      what: 'checksum',
      before: first,
      after: after.lineChecksum,
      ...(isBack && { isBack }),
    });
  }
  if (before.dependenciesChangedAt !== after.dependenciesChangedAt) {
    note('altered', { what: 'dependencies', before: before.line, after: after.line });
  } else if (before.line !== after.line && withYanked(before.line, false) !== withYanked(after.line, false)) {
    note('altered', { what: 'line', before: before.line, after: after.line });
  }
  return changes;
}
