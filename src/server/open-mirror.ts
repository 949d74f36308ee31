import type { AuditKey } from '../audit/chain.ts';
import { machineStopwatch, type Stopwatch } from '../facts/stopwatch.ts';
import { transferLimits } from '../facts/transfer.ts';
import { loadPolicy, type Policy } from '../policy/policy.ts';
import type { TomlSource } from '../policy/toml.ts';
import { activate } from '../registry/activation.ts';
import { Auditor } from '../registry/auditor.ts';
import { heartbeatName, heartbeatOf } from '../registry/clock/duty.ts';
import { ClockGuard } from '../registry/clock/guard.ts';
import { Freshness } from '../registry/duties/freshness.ts';
import { OwnEntries } from '../registry/duties/own-entries.ts';
import { Feeds } from '../registry/errands/feeds.ts';
import { People } from '../registry/errands/people.ts';
import { RegistryError } from '../registry/error.ts';
import type { Journal } from '../registry/journal.ts';
import { archivePool } from '../registry/judgement/archive-pool.ts';
import { Lineages } from '../registry/judgement/lineages.ts';
import { CrateCache } from '../registry/serve/cache.ts';
import { Mirror } from '../registry/serve/mirror.ts';
import type { UpstreamAddress } from '../registry/upstream/address.ts';
import { Upstream } from '../registry/upstream/upstream.ts';
import type { PeoplePlan } from '../registry/watch.ts';
import { folderBlobs } from '../store/blobs-folder.ts';
import { withMemory } from '../store/blobs-memory.ts';
import { openStore } from '../store/open.ts';
import { bucketBlobs } from '../store/s3/blobs-bucket.ts';
import type { Bucket } from '../store/s3/bucket.ts';
import type { Store } from '../store/store.ts';
import type { ServerConfig } from './config.ts';
import type { ChosenAdvisories } from './default-advisories.ts';
import { feedPlans } from './feed-plans.ts';
import { peoplePlan } from './people-plan.ts';

/** What a mirror is made of. */
export interface MirrorPlan {
  /** Folder for blobs and, without `database`, the store. */
  readonly data: string;
  /** URL of a PostgreSQL database. */
  readonly database?: string | undefined;
  readonly upstreams: readonly UpstreamAddress[];
  readonly policy: TomlSource;
  readonly config: ServerConfig;
  /** Advisory databases; absent: those of the configuration. */
  readonly advisories?: ChosenAdvisories | undefined;
  /** Whether what is lost is only read again: then no write waits for the disk. */
  readonly isCache?: boolean;
  /** Folders of other caches of the same kind: what they know is taken over where it is more. */
  readonly seeds?: readonly string[];
  /** Folder whose blobs it has, which it may share with others; absent: `data`. */
  readonly blobs?: string;
  /** Where blobs are kept; absent: in that folder. */
  readonly bucket?: Bucket | undefined;
  /** How long a database that nobody named is waited for, milliseconds; absent: as any other. */
  readonly patience?: number | undefined;
  readonly log: Journal;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** What the clock is compared with, milliseconds; absent: the stopwatch. */
  readonly monotonic?: (() => number) | undefined;
  /** Absent: the machine's. */
  readonly stopwatch?: Stopwatch | undefined;
  readonly version: string;
  /** Who signs the audit log; absent: nobody decides here, and there is none. */
  readonly auditKey?: AuditKey | undefined;
  /** Resolves after so many milliseconds; absent: by the machine's clock. */
  readonly wait?: ((milliseconds: number) => Promise<void>) | undefined;
}

/** A mirror in this process: it answers whoever asks it, and does nothing by itself. */
export interface OpenMirror {
  readonly mirror: Mirror;
  readonly store: Store;
  readonly policy: Policy;
  readonly people: PeoplePlan;
  /** The end of the log from before anything was read into memory. */
  readonly since: number;
  /** Ends what is asked of upstreams. */
  closeUpstreams(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a mirror. `targets` are the names of those who are told of findings. What can be wrong with its settings is found before
 * anything is written. Throws `PolicyError`, `RegistryError`, `FeedError` or `StoreError`.
 */
export async function openMirror(plan: MirrorPlan, targets: readonly string[]): Promise<OpenMirror> {
  const { isCache = false, stopwatch = machineStopwatch } = plan;
  const policy = loadPolicy(plan.policy);
  const upstreams = openUpstreams(plan);
  const peopleFrom = peoplePlan(plan.config, { ...plan, upstreams: [...upstreams.keys()] });
  const store = await openStore(
    plan.database === undefined
      ? { folder: plan.data, isCache, seeds: plan.seeds ?? [] }
      : { url: plan.database },
  );
  const since = await store.lastSeq();
  const feeds = new Feeds(store, feedPlans(plan));
  await feeds.adopt();
  const sources = {
    dumpOf: peopleFrom.dump?.open && peopleFrom.dump.registry,
    apiOf: peopleFrom.api?.registry,
  };
  const people = new People(store, sources, () =>
    feeds.knowledge().advisories.flatMap(({ feed }) => (feed === undefined ? [] : [feed.database])),
  );
  await people.adopt();
  const clock = new ClockGuard({ wall: plan.clock, monotonic: plan.monotonic ?? stopwatch.now });
  clock.hear(heartbeatOf(await store.feed(heartbeatName)), '');
  const auditor = plan.auditKey && new Auditor(plan.auditKey);
  const archives = archivePool(2, plan.config.limits['reading-time']);
  const mirror = new Mirror({
    store,
    blobs: withMemory(
      plan.bucket === undefined
        ? folderBlobs(plan.blobs ?? plan.data, { isCache })
        : bucketBlobs(plan.bucket, plan.data, (plan.config.blobs?.cache ?? 1) * 1024 * 1024),
      plan.config['download-memory'] * 1024 * 1024,
    ),
    upstreams,
    lineages: new Lineages(),
    ownEntries: new OwnEntries(),
    cache: new CrateCache(plan.config['index-memory'] * 1024 * 1024),
    readArchive: archives.read,
    journal: plan.log,
    now: plan.clock,
    stopwatch,
    clock,
    // One process alone holds a folder's database.
    freshness: new Freshness(
      stopwatch,
      plan.database === undefined ? undefined : plan.config.limits.unfollowed,
    ),
    isCache,
    pollInterval: plan.config['poll-interval'],
    feeds,
    people,
    targets,
    auditor,
    policy: {
      policy,
      since: await store.write((tx) => activate(tx, policy, plan.clock(), auditor)),
      behind: false,
    },
  });
  const closeUpstreams = async () => {
    await Promise.all([...upstreams.values()].map((upstream) => upstream.close()));
  };
  return {
    mirror,
    store,
    policy,
    people: peopleFrom,
    since,
    closeUpstreams,
    close: async () => {
      await archives.close();
      await closeUpstreams();
      await store.close();
      await plan.bucket?.close();
    },
  };
}

function openUpstreams(plan: MirrorPlan): ReadonlyMap<string, Upstream> {
  const { 'transfer-rate': rate, 'transfer-time': total } = plan.config.limits;
  const transfer = { ...transferLimits, rate, total };
  const upstreams = new Map<string, Upstream>();
  for (const address of plan.upstreams) {
    if (upstreams.has(address.name)) {
      throw new RegistryError(
        'registry/bad-config',
        `two upstreams are named "${address.name}"; give each its own name`,
      );
    }
    const upstream = new Upstream(address, plan.clock, {
      limits: { transfer },
      stopwatch: plan.stopwatch,
      monotonic: plan.monotonic,
    });
    upstreams.set(address.name, upstream);
  }
  return upstreams;
}
