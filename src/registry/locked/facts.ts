import { crateKey } from '../../cargo/index-path.ts';
import { advisoriesFact } from '../../facts/advisories/fact.ts';
import { codeFact } from '../../facts/code.ts';
import { unknown } from '../../facts/fact.ts';
import type { Facts } from '../../facts/map.ts';
import { standingFact } from '../../facts/standing.ts';
import type { ReleaseRecord } from '../../store/records.ts';
import type { MirrorContext } from '../context.ts';
import { RegistryError } from '../error.ts';
import { type ArchiveReading, currentReading } from '../judgement/bytes.ts';
import { circumstancesOf } from '../judgement/circumstances.ts';
import { crateName, gatherer } from '../judgement/gather.ts';
import type { Mirror } from '../serve/mirror.ts';
import { readIndexOf } from '../upstream/index-reader.ts';
import { bringIndex, dependenciesOf, type LineDependency, offline, type Reach } from './listing.ts';

/** A release that a lockfile names. */
export interface LockedRelease {
  /** Name of the upstream. */
  readonly registry: string;
  readonly crate: string;
  readonly version: string;
  /** Whether its archive is to be fetched where it was not read before. */
  readonly bytes: boolean;
  /** Nothing else is wanted than what its code can do. */
  readonly only?: 'code' | undefined;
}

/** What is known of a locked release. */
export interface LockedFacts {
  /** As the index spells it, where it has one of that name. */
  readonly crate: string;
  readonly facts: Facts;
  /**
   * Whether `facts` are all that there are to gather. Otherwise they are those that need no index line (it is not there, or
   * not known), or no archive (nobody wanted it fetched).
   */
  readonly extent: 'whole' | 'without-archive' | 'without-release';
  /** What its index line says that it needs. */
  readonly dependencies: readonly LineDependency[];
  /** That line, as the registry has it; absent where there is none. */
  readonly line?: string | undefined;
}

/** Facts that only the archive gives. */
export const archiveFacts = ['archive', 'license', 'contents', 'crev', 'std', 'code'] as const;

/**
 * The facts of a release that a lockfile names. Never throws for what the upstream does: then what is not known says so
 * with the reason.
 */
export async function lockedFacts(
  mirror: Mirror,
  asked: LockedRelease,
  { reading }: Reach,
): Promise<LockedFacts> {
  const { context } = mirror;
  const { registry, version } = asked;
  const key = crateKey(asked.crate);
  const kept = asked.only === 'code' ? await keptCode(context, asked, key) : undefined;
  if (kept !== undefined) return kept;
  const { absent, crate } = await bringIndex(mirror, registry, key, reading);
  if (absent !== undefined) return withoutRelease(context, asked, unknown(absent, registry, context.now()));
  let record = await findRecord(context, asked, key, reading);
  const at = crate?.checkedAt ?? context.now();
  if (record === undefined) {
    return withoutRelease(
      context,
      asked,
      standingFact({ presence: 'unheard-of', yanked: false }, registry, at),
    );
  }
  let failed: string | undefined;
  if (asked.bytes && isToRead(record, reading)) {
    failed = reading === 'never' ? offline : await fetchBytes(mirror, registry, key, version);
    record = (await context.store.release(registry, key, version)) ?? record;
  }
  const outlines = await context.store.releaseOutlines(registry, key);
  const circumstances = await circumstancesOf(context, registry, key, crateName([record]), outlines, crate);
  const { input } = gatherer(circumstances, context.now())(record);
  const presence = record.state === 'withdrawn' ? 'withdrawn' : 'here';
  const standing = { presence, yanked: record.yanked, checksum: record.checksum } as const;
  const isUnread = record.archive === null;
  const facts = isUnread ? withoutArchive(input.facts, failed, context.now()) : input.facts;
  return {
    crate: input.subject.crate,
    facts: { ...facts, standing: standingFact(standing, registry, at) },
    extent: isUnread && !asked.bytes ? 'without-archive' : 'whole',
    dependencies: dependenciesOf(record.line),
    line: record.line,
  };
}

/** What was read of its code, where it was, and its index line alone; what an archive holds never changes. */
async function keptCode(
  context: MirrorContext,
  { registry, crate, version }: LockedRelease,
  key: string,
): Promise<LockedFacts | undefined> {
  const record = await context.store.release(registry, key, version);
  if (record?.archive?.startsWith(currentReading) !== true) return undefined;
  const { code } = JSON.parse(record.archive) as ArchiveReading;
  if (code === undefined) return undefined;
  return {
    crate,
    facts: { code: codeFact(code, undefined, context.now()) },
    extent: 'whole',
    dependencies: [],
    line: record.line,
  };
}

/** Whether its archive was not read, or by an earlier version that saw less; without the network that has to do. */
function isToRead({ archive, state }: ReleaseRecord, reading: Reach['reading']): boolean {
  if (state === 'withdrawn') return false;
  return archive === null || (reading !== 'never' && !archive.startsWith(currentReading));
}

/** Looks again where a release is not recorded: it may have come out since the index file was read. */
async function findRecord(
  context: MirrorContext,
  { registry, version }: LockedRelease,
  key: string,
  reading: Reach['reading'],
): Promise<ReleaseRecord | undefined> {
  const record = await context.store.release(registry, key, version);
  if (record !== undefined || reading === 'never') return record;
  const checkedAt = (await context.store.crate(registry, key))?.checkedAt;
  if (checkedAt == null || checkedAt + minute > context.now()) return undefined;
  try {
    await readIndexOf(context, registry, key, 'check');
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
  }
  return await context.store.release(registry, key, version);
}

const minute = 60_000;

/** Returns why the bytes could not be had. */
async function fetchBytes(
  mirror: Mirror,
  registry: string,
  key: string,
  version: string,
): Promise<string | undefined> {
  try {
    await mirror.judge(registry, key, version, 'check');
    return undefined;
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return error.message;
  }
}

/** Where the archive should have been read, its facts are unknown with the reason; where not, they are left out. */
function withoutArchive(facts: Facts, failed: string | undefined, now: number): Facts {
  const left: Partial<Record<keyof Facts, unknown>> = { ...facts };
  for (const name of archiveFacts) {
    if (failed === undefined) delete left[name];
    else left[name] = unknown(failed, 'archive', now);
  }
  return left as Facts;
}

/** Without an index line there is what is known by the name alone. */
async function withoutRelease(
  context: MirrorContext,
  { crate, version }: LockedRelease,
  standing: NonNullable<Facts['standing']>,
): Promise<LockedFacts> {
  const advisories = advisoriesFact({ crate, version }, context.feeds.knowledge().advisories, context.now());
  return { crate, facts: { standing, advisories }, extent: 'without-release', dependencies: [] };
}
