import { crateKey } from '../../cargo/index-path.ts';
import { advisoriesFact } from '../../facts/advisories/fact.ts';
import { codeFact } from '../../facts/code.ts';
import { unknown } from '../../facts/fact.ts';
import type { Facts } from '../../facts/map.ts';
import { standingFact } from '../../facts/standing.ts';
import type { ReleaseRecord, ReleaseState } from '../../store/records.ts';
import type { CrateReader, ReadAhead, ReleaseKey } from '../../store/store.ts';
import type { MirrorContext } from '../context.ts';
import { RegistryError } from '../error.ts';
import { isCurrent, isRead, readingOf } from '../judgement/bytes.ts';
import { circumstancesOfFew, comparedVersion } from '../judgement/circumstances.ts';
import { type Gathered, gatherer } from '../judgement/gather.ts';
import type { Mirror } from '../serve/mirror.ts';
import { readIndexOf } from '../upstream/index-reader.ts';
import { dependenciesOf, type LineDependency } from '../way-out/choice.ts';
import { bringIndex, offline, type Reach } from './listing.ts';

/** A release that a lockfile names. */
export interface LockedRelease {
  /** Name of the upstream. */
  readonly registry: string;
  readonly crate: string;
  readonly version: string;
  /** Whether its archive is to be fetched where it was not read before. */
  readonly bytes: boolean;
  /** The version that it is compared with: the one that the lockfile had before; absent: the one before it. */
  readonly base?: string | undefined;
  /** Nothing else is wanted than what its code can do. */
  readonly only?: 'code' | undefined;
}

/** What of a release runs at build time. */
export interface BuildTimeCode {
  readonly buildScript: boolean;
  readonly procMacro: boolean;
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
  /** Where it stands here, judged by its bytes; absent where they were not wanted, or nobody else is served from here. */
  readonly state?: ReleaseState | undefined;
  /**
   * What of it runs while others are compiled, where its archive was read: for whoever would read the archive for that alone,
   * and learn the same.
   */
  readonly runs?: BuildTimeCode | undefined;
  /** What its index line says that it needs. */
  readonly dependencies: readonly LineDependency[];
  /** That line, as the registry has it; absent where there is none. */
  readonly line?: string | undefined;
}

/** Facts that only the archive gives. */
export const archiveFacts = ['archive', 'license', 'contents', 'crev', 'std', 'code'] as const;

/** A release that a lockfile names, with all that asks the network done. */
export interface Brought {
  readonly asked: LockedRelease;
  readonly key: string;
  readonly known:
    | { readonly kind: 'code'; readonly facts: LockedFacts }
    | { readonly kind: 'absent'; readonly standing: NonNullable<Facts['standing']> }
    | {
        readonly kind: 'here';
        /** By the advisories of that moment. What was read of its archive is not kept beside them: a lockfile has thousands. */
        readonly facts: LockedFacts;
        /** By which advisories those are. */
        readonly by: unknown;
        readonly how: HowBrought;
      };
}

/** How bringing a release went. */
interface HowBrought {
  /** When its index file was last asked for: epoch milliseconds. */
  readonly at: number;
  /** Why its bytes could not be had. */
  readonly failed: string | undefined;
}

/**
 * Brings what the facts of a release are made of, as far as `reading` lets it. Never throws for what the upstream does: then what
 * is not known says so with the reason.
 */
export async function bringLocked(
  mirror: Mirror,
  asked: LockedRelease,
  reach: Reach,
  store: ReadAhead = mirror.context.store.readAhead(),
): Promise<Brought> {
  const { context } = mirror;
  const { reading, lasts } = reach;
  const { registry, version } = asked;
  const key = crateKey(asked.crate);
  const code = (facts: LockedFacts): Brought => ({ asked, key, known: { kind: 'code', facts } });
  const without = (standing: NonNullable<Facts['standing']>): Brought => ({
    asked,
    key,
    known: { kind: 'absent', standing },
  });
  const kept = asked.only === 'code' ? await keptCode(context, asked, key, store) : undefined;
  if (kept !== undefined) return code(kept);
  const { absent, crate } = await bringIndex(mirror, registry, key, reach, store);
  if (absent !== undefined) return without(unknown(absent, registry, context.now()));
  let record = await findRecord(context, asked, key, reach, store);
  const at = crate?.checkedAt ?? context.now();
  if (record === undefined)
    return without(standingFact({ presence: 'unheard-of', yanked: false }, registry, at));
  let by: unknown = context.feeds.knowledge().advisories;
  let failed: string | undefined;
  let gathered = await gather(context, record, asked, store);
  if (asked.bytes && isToRead(record, gathered, reading)) {
    if (reading !== 'never') lasts?.(0);
    failed = reading === 'never' ? offline : await fetchBytes(mirror, key, asked);
    store.forget(registry, key);
    record = (await store.release(registry, key, version)) ?? record;
    by = context.feeds.knowledge().advisories;
    gathered = await gather(context, record, asked, store);
    const read = asked.only === 'code' ? await keptCode(context, asked, key, store) : undefined;
    if (read !== undefined) return code(read);
  }
  const how = { at, failed };
  return {
    asked,
    key,
    known: { kind: 'here', facts: factsIn(context, asked, record, gathered, how), by, how },
  };
}

/** The facts of a release, by the feeds as they are now. Asks no network. */
export async function lockedFacts(
  { context }: Pick<Mirror, 'context'>,
  { asked, key, known }: Brought,
): Promise<LockedFacts> {
  if (known.kind === 'code') return known.facts;
  if (known.kind === 'absent') return withoutRelease(context, asked, known.standing);
  if (known.by === context.feeds.knowledge().advisories) return known.facts;
  // What feeds say came meanwhile.
  const record = await context.store.release(asked.registry, key, asked.version);
  if (record === undefined) return known.facts;
  return factsIn(context, asked, record, await gather(context, record, asked), known.how);
}

function factsIn(
  context: MirrorContext,
  asked: LockedRelease,
  record: ReleaseRecord,
  { input }: Gathered,
  { at, failed }: HowBrought,
): LockedFacts {
  const presence = record.state === 'withdrawn' ? 'withdrawn' : 'here';
  const standing = { presence, yanked: record.yanked, checksum: record.checksum } as const;
  // What was read once is left out where it is not wanted: a cache makes no difference.
  const facts =
    asked.bytes && isRead(record.archive) ? input.facts : withoutArchive(input.facts, failed, context.now());
  return {
    crate: input.subject.crate,
    facts: { ...facts, standing: standingFact(standing, asked.registry, at) },
    extent: asked.bytes ? 'whole' : 'without-archive',
    ...(asked.bytes && !context.isCache ? { state: record.state } : {}),
    ...runsOf(record),
    dependencies: dependenciesOf(record.line),
    line: record.line,
  };
}

async function gather(
  context: MirrorContext,
  record: ReleaseRecord,
  { base }: Pick<LockedRelease, 'base'>,
  store: CrateReader = context.store,
): Promise<Gathered> {
  const { registry, key } = record;
  const circumstances = await circumstancesOfFew(context, registry, key, [{ record, base }], store);
  return gatherer(circumstances, context.clock.judging())(record, { bytes: true, base });
}

/**
 * Reads together what `bringLocked` will ask of these releases. For a cache of one's own, where nobody else waits for the same
 * process: of crates with thousands of releases it takes a while.
 */
export async function readLocked(
  { lineages, store }: MirrorContext,
  asked: readonly LockedRelease[],
): Promise<ReadAhead> {
  const ahead = store.readAhead();
  const keyed = asked.map((one) => ({ ...one, key: crateKey(one.crate) }));
  await ahead.bring(keyed.map(({ registry, key, version }) => ({ registry, key, version })));
  const bases: ReleaseKey[] = [];
  for (const { registry, key, version, base, only } of keyed) {
    if (only === 'code') continue;
    const known = await lineages.of(ahead, registry, key);
    const record = await ahead.release(registry, key, version);
    const compared = known && record && comparedVersion(record, base, known.lineage);
    if (compared !== undefined) bases.push({ registry, key, version: compared });
  }
  await ahead.bring(bases);
  // It is only faster with it: a full disk is no matter.
  await ahead.keep().catch(() => undefined);
  return ahead;
}

function runsOf({ archive }: ReleaseRecord): Pick<LockedFacts, 'runs'> {
  const contents = archive === null ? undefined : readingOf(archive).contents;
  if (contents === undefined) return {};
  return { runs: { buildScript: contents.buildScript !== undefined, procMacro: contents.procMacro } };
}

/** What was read of its code, where it was, and its index line alone; what an archive holds never changes. */
async function keptCode(
  context: MirrorContext,
  { registry, crate, version }: LockedRelease,
  key: string,
  store: CrateReader,
): Promise<LockedFacts | undefined> {
  const record = await store.release(registry, key, version);
  if (record === undefined || !isCurrent(record.archive, 'whole')) return undefined;
  const { code } = readingOf(record.archive);
  if (code === undefined) return undefined;
  return {
    ...runsOf(record),
    crate,
    facts: { code: codeFact(code, undefined, context.now()) },
    extent: 'whole',
    dependencies: [],
    line: record.line,
  };
}

/** Whether its archive, or what it is compared with, is still to be read; without the network what is here has to do. */
function isToRead(
  { archive, judged, state }: ReleaseRecord,
  { wants }: Gathered,
  reading: Reach['reading'],
): boolean {
  if (state === 'withdrawn') return false;
  if (reading === 'never') return !isRead(archive);
  return judged === 'index' || !isCurrent(archive, 'whole') || wants !== undefined;
}

/** Looks again where a release is not recorded: it may have come out since the index file was read. */
async function findRecord(
  context: MirrorContext,
  { registry, version }: LockedRelease,
  key: string,
  { reading, lasts }: Reach,
  store: ReadAhead,
): Promise<ReleaseRecord | undefined> {
  const record = await store.release(registry, key, version);
  if (record !== undefined || reading === 'never') return record;
  const checkedAt = (await store.crate(registry, key))?.checkedAt;
  lasts?.(0);
  // A server is asked by many; a cache of one's own says what a fresh one would.
  if (checkedAt == null || (!context.isCache && checkedAt + minute > context.now())) return undefined;
  try {
    await readIndexOf(context, registry, key, 'check');
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
  }
  store.forget(registry, key);
  return await store.release(registry, key, version);
}

const minute = 60_000;

/** Returns why the bytes could not be had. */
async function fetchBytes(
  mirror: Mirror,
  key: string,
  { registry, version, base }: LockedRelease,
): Promise<string | undefined> {
  try {
    await mirror.judge(registry, key, version, 'check', base);
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
