import type { Stopwatch } from '../facts/stopwatch.ts';
import { traced } from '../facts/tracing.ts';
import type { Policy } from '../policy/policy.ts';
import type { BlobStore, Store, StoreWriter } from '../store/store.ts';
import type { Auditor } from './auditor.ts';
import type { ClockGuard } from './clock/guard.ts';
import type { Freshness } from './duties/freshness.ts';
import type { OwnEntries } from './duties/own-entries.ts';
import type { Feeds } from './errands/feeds.ts';
import { firstPartyOf, type People } from './errands/people.ts';
import { wantPeople } from './errands/wanted-people.ts';
import { RegistryError } from './error.ts';
import { type Journal, writeDecisions } from './journal.ts';
import type { ArchiveReader } from './judgement/bytes.ts';
import { crateName } from './judgement/gather.ts';
import type { Knowledge } from './judgement/knowledge.ts';
import type { Lineages } from './judgement/lineages.ts';
import { settle } from './judgement/settle.ts';
import type { Settled, SettleInput } from './judgement/update.ts';
import type { CrateCache, Watch } from './serve/cache.ts';
import { amended, type ServedCrate, serveCrate } from './serve/served.ts';
import type { Upstream } from './upstream/upstream.ts';

/** What every part of the mirror works with. */
export interface MirrorContext {
  readonly store: Store;
  readonly blobs: BlobStore;
  /** By name; the first is the default one. */
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly cache: CrateCache;
  readonly lineages: Lineages;
  /** What this replica need not follow. */
  readonly ownEntries: OwnEntries;
  readonly readArchive: ArchiveReader;
  readonly journal: Journal;
  /** Writes down who decided what; a cache that nobody decides in has none. */
  readonly auditor: Auditor | undefined;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly stopwatch: Stopwatch;
  /** Whether `now` is believed; judgements go by its time. */
  readonly clock: ClockGuard;
  /** Whether what the other replicas decided is known. */
  readonly freshness: Freshness;
  /**
   * Whether this is a cache that somebody looks into now and then: nobody watches there, so that what it sees later is new to it
   * alone, and its age is that of its publication.
   */
  readonly isCache: boolean;
  /** Milliseconds between two looks at a crate's index file. */
  readonly pollInterval: number;
  readonly feeds: Feeds;
  readonly people: People;
  /** Names of those who are told of findings on releases that had been handed out. */
  readonly targets: readonly string[];
  /** The policy in force; replaced when another one is activated. */
  policy: PolicyInForce;
}

export interface PolicyInForce {
  readonly policy: Policy;
  /** Epoch milliseconds. */
  readonly since: number;
  /**
   * Whether another replica put a policy in force that this program reads differently (it runs newer rules). This one
   * then judges what it must, but leaves the others' judgements alone.
   */
  readonly behind: boolean;
}

/** The upstream of that name. Throws `RegistryError` `registry/unknown-upstream`. */
export function upstreamOf(context: MirrorContext, registry: string): Upstream {
  const upstream = context.upstreams.get(registry);
  if (upstream !== undefined) return upstream;
  const names = [...context.upstreams.keys()].join(', ');
  throw new RegistryError(
    'registry/unknown-upstream',
    `there is no upstream "${registry}" here; there is ${names}`,
  );
}

/** What a crate is judged by beside its own records, as it is now. Reads the store; no network. */
export async function knowledgeOf(
  { feeds, people, upstreams }: MirrorContext,
  policy: Policy,
  registry: string,
  key: string,
): Promise<Knowledge> {
  const [cratesIo = ''] = upstreams.keys();
  const namespace = people.namespace(policy);
  return {
    ...feeds.knowledge(),
    cratesIo,
    namespace,
    people: await people.of(registry, key, namespace.names),
    firstParty: firstPartyOf(policy),
  };
}

/** What is done in the transaction of a settlement, before it and after it. */
export interface Around {
  readonly before: (tx: StoreWriter, now: number) => Promise<void>;
  readonly after: (tx: StoreWriter, now: number, settled: Settled) => Promise<void>;
}

/** What is to be settled; by what and when, the mirror knows. */
type SettlementInput = Omit<SettleInput, 'policy' | 'knowledge' | 'targets' | 'now' | 'seenAt' | 'isWatched'>;

/** Runs one settlement in a transaction, with what is done around it, and tells cache and log about it once it is on disk. */
export function settleNow(context: MirrorContext, input: SettlementInput, around?: Around): Promise<Settled> {
  const said = () => ({ crate: input.key, update: input.update.kind });
  return traced('settle', said, () => settleIt(context, input, around));
}

async function settleIt(context: MirrorContext, input: SettlementInput, around?: Around): Promise<Settled> {
  const watch = context.cache.watch(input.registry, input.key);
  try {
    return await settleWatched(context, input, around, watch);
  } finally {
    watch.end();
  }
}

async function settleWatched(
  context: MirrorContext,
  input: SettlementInput,
  around: Around | undefined,
  watch: Watch,
): Promise<Settled> {
  const { cache, feeds } = context;
  const { registry, key } = input;
  const served = cache.peek(registry, key);
  // Where another replica has read feeds anew meanwhile, what it judged by them is not judged by older ones.
  let settled: Settled | undefined;
  for (let tries = 1; settled === undefined; tries++) {
    settled = await trySettling(context, input, around, tries === maxTries);
    if (settled === undefined) await feeds.adopt();
  }
  if (settled.entries.length > 0 || input.update.kind === 'index') {
    const amend = (crate: ServedCrate) => amended(crate, settled.changed);
    // What another replica wrote after this was on disk may have been followed before this is told.
    const isNewest = !watch.isForgotten;
    // Writes come one after another: those who waited with this one may have amended the crate first.
    if (served === undefined || !settled.sameFile || !cache.amend(served, amend)) cache.forget(registry, key);
    // Somebody waits for it, but in a cache that serves nobody: it is made of what was written. Another policy may have
    // come between.
    const isByPolicy = settled.releases.every(({ policy }) => policy === context.policy.policy.digest);
    if (settled.isFirst && isNewest && isByPolicy && input.actor === 'request' && !context.isCache)
      cache.begin(registry, key, () => serveCrate(registry, key, settled.releases, { isFresh: true }));
  }
  context.ownEntries.note(settled.firstSeq, settled.entries.length);
  writeDecisions(context.journal, settled.entries);
  tellUntaken(context.journal, input, settled.untaken);
  return settled;
}

/** Feeds change by the hour: to find other ones several times over is no reason to leave a release unjudged. */
const maxTries = 4;

/**
 * `undefined` where it would be judged by feeds that the store has anew, unless that `counts` all the same; then
 * nothing is written.
 */
async function trySettling(
  context: MirrorContext,
  input: SettlementInput,
  around: Around | undefined,
  counts: boolean,
): Promise<Settled | undefined> {
  const now = context.clock.judging();
  const seenAt = context.clock.seeing();
  const { policy } = context.policy;
  const { registry, key } = input;
  const readings = context.feeds.current();
  const knowledge = await knowledgeOf(context, policy, registry, key);
  let isAgain = false;
  const work = async (tx: StoreWriter) => {
    // What was kept of its releases in a transaction that failed never was.
    if (isAgain) context.lineages.forget(registry, key);
    isAgain = true;
    if (!counts && !(await context.feeds.areCurrent(tx, readings))) return undefined;
    await around?.before(tx, now);
    const judgedBy = { policy, knowledge, targets: context.targets, isWatched: !context.isCache };
    const done = await settle(tx, { ...input, ...judgedBy, now, seenAt }, context.lineages);
    // Bytes make no release new, and a judgement by them reads no other.
    if (registry === context.people.sources.apiOf && input.update.kind !== 'archives')
      await wantPeople(tx, { registry, key, name: crateName(done.releases) }, done.releases, policy, now);
    await around?.after(tx, now, done);
    return done;
  };
  try {
    // What a person does has a transaction of its own; of what many clients ask for at once, each would wait for the disk.
    return await (around === undefined ? context.store.writeTogether(work) : context.store.write(work));
  } catch (error) {
    context.lineages.forget(registry, key);
    throw error;
  }
}

/** Names the lines that were not taken, a few of them. One of a later schema is nobody's fault. */
function tellUntaken(
  journal: Journal,
  { registry, key }: Pick<SettleInput, 'registry' | 'key'>,
  untaken: Settled['untaken'],
): void {
  for (const { number, reason, kind } of untaken.filter((line) => line.kind !== 'later').slice(0, 5)) {
    const message = `line ${number} of the index file of ${key} is not taken: ${reason}`;
    // What the crate itself says as long as it is so.
    if (kind === 'hidden') journal.standing(message, { registry });
    else journal.alarm(message, { registry });
  }
}
