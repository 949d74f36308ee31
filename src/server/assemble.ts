import type { FastifyInstance } from 'fastify';
import { loadPolicy, type Policy } from '../policy/policy.ts';
import type { TomlSource } from '../policy/toml.ts';
import { archivePool } from '../registry/archive-pool.ts';
import { CrateCache } from '../registry/cache.ts';
import type { MirrorContext } from '../registry/context.ts';
import { RegistryError } from '../registry/error.ts';
import type { EventSettings, EventSourceName } from '../registry/events/delivery.ts';
import { eventSources } from '../registry/events/index.ts';
import { resolveSettings } from '../registry/events/settings.ts';
import { Feeds } from '../registry/feeds.ts';
import { Mirror } from '../registry/mirror.ts';
import { Notifier } from '../registry/notify/notifier.ts';
import { resolveTargets } from '../registry/notify/settings.ts';
import { People } from '../registry/people.ts';
import { Upstream, type UpstreamAddress } from '../registry/upstream.ts';
import { Watch } from '../registry/watch.ts';
import { folderBlobs } from '../store/blobs-folder.ts';
import { withMemory } from '../store/blobs-memory.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import { releasePage } from './address.ts';
import { buildApp, type Tls } from './app.ts';
import type { ServerConfig } from './config.ts';
import { feedPlans } from './feed-plans.ts';
import type { ServerLog } from './log.ts';
import { serverMetrics } from './metrics.ts';
import { peoplePlan, sayPeople } from './people-plan.ts';

/** What a server is made of. */
export interface ServerPlan {
  /** Folder for blobs and, without `database`, the store. */
  readonly data: string;
  /** URL of a PostgreSQL database. */
  readonly database?: string | undefined;
  readonly upstreams: readonly UpstreamAddress[];
  readonly policy: TomlSource;
  readonly config: ServerConfig;
  /** Advisory databases beside those of the configuration: folders or addresses. */
  readonly advisoryDatabases?: readonly string[] | undefined;
  readonly tls?: Tls | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: ServerLog;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly version: string;
  /** Resolves after so many milliseconds; absent: by the machine's clock. */
  readonly wait?: ((milliseconds: number) => Promise<void>) | undefined;
  /** Called when something became due. */
  readonly wake: () => void;
}

/** A server in parts: not listening, and doing nothing by itself yet. */
export interface AssembledServer {
  readonly app: FastifyInstance;
  readonly mirror: Mirror;
  readonly watch: Watch;
  readonly notifier: Notifier;
  readonly store: Store;
  readonly policy: Policy;
  /** Where owners and publishers are known from, in one line. */
  readonly people: string;
  close(): Promise<void>;
}

/**
 * Puts a server together: everything that can be wrong with its settings is found here, before anything is written.
 * Throws `PolicyError`, `RegistryError`, `FeedError`, `EventSettingsError`, `NotifySettingsError` or `StoreError`.
 */
export async function assemble(plan: ServerPlan): Promise<AssembledServer> {
  const policy = loadPolicy(plan.policy);
  const upstreams = openUpstreams(plan);
  const events = eventSettings(plan, upstreams);
  const peopleFrom = peoplePlan(plan.config, { ...plan, upstreams: [...upstreams.keys()] });
  const targets = await resolveTargets(plan.config.notify, plan.env);
  const store = await openStore(plan.database === undefined ? { folder: plan.data } : { url: plan.database });
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
  const archives = archivePool(2);
  const context: MirrorContext = {
    store,
    blobs: withMemory(folderBlobs(plan.data), plan.config['download-memory'] * 1024 * 1024),
    upstreams,
    cache: new CrateCache(plan.config['index-memory'] * 1024 * 1024),
    readArchive: archives.read,
    journal: plan.log,
    now: plan.clock,
    pollInterval: plan.config['poll-interval'],
    feeds,
    people,
    targets: [...targets.keys()],
    policy: await activate(store, policy, plan.clock()),
  };
  const mirror = new Mirror(context);
  const publicUrl = plan.config['public-url']?.replace(/\/$/, '');
  const defaultRegistry = plan.upstreams[0]?.name ?? '';
  const notifier = new Notifier({
    store,
    journal: plan.log,
    now: plan.clock,
    targets,
    pageOf: (release) =>
      publicUrl === undefined ? undefined : releasePage(publicUrl, defaultRegistry, release),
  });
  const app = buildApp(
    {
      mirror,
      notifier,
      store,
      database: plan.database === undefined ? 'sqlite' : 'postgresql',
      log: plan.log,
      metrics: serverMetrics(store),
      events,
      defaultRegistry,
      publicUrl,
      wake: plan.wake,
      version: plan.version,
    },
    plan.tls,
  );
  const watch = new Watch(mirror, since, peopleFrom);
  return {
    app,
    mirror,
    watch,
    notifier,
    store,
    policy,
    people: sayPeople(peopleFrom),
    close: async () => {
      notifier.stop();
      await watch.errands.stop();
      await app.close();
      await archives.close();
      await Promise.all([...upstreams.values()].map((upstream) => upstream.close()));
      await store.close();
    },
  };
}

function openUpstreams(plan: ServerPlan): ReadonlyMap<string, Upstream> {
  const upstreams = new Map<string, Upstream>();
  for (const address of plan.upstreams) {
    if (upstreams.has(address.name)) {
      throw new RegistryError(
        'registry/bad-config',
        `two upstreams are named "${address.name}"; give each its own name`,
      );
    }
    upstreams.set(address.name, new Upstream(address, plan.clock));
  }
  return upstreams;
}

function eventSettings(
  plan: ServerPlan,
  upstreams: ReadonlyMap<string, Upstream>,
): ReadonlyMap<EventSourceName, EventSettings> {
  const settings = new Map<EventSourceName, EventSettings>();
  for (const source of Object.values(eventSources)) {
    const section = plan.config.events[source.name];
    if (section === undefined) continue;
    if (!upstreams.has(section.upstream)) {
      const message = `[events.${source.name}] names the upstream "${section.upstream}", and there is none of that name`;
      throw new RegistryError('registry/bad-config', message);
    }
    settings.set(source.name, resolveSettings(source, section, plan.env));
  }
  return settings;
}

/** Puts a policy in force, with its text, so that every replica on the same database can take it over. */
async function activate(store: Store, policy: Policy, now: number): Promise<MirrorContext['policy']> {
  const since = await store.write(async (tx) => {
    const inForce = await tx.policyInForce();
    if (inForce?.digest === policy.digest) return inForce.at;
    const { digest, text } = policy;
    await tx.putPolicy({ digest, text, at: now });
    const nothing = {
      registry: '',
      key: '',
      version: '',
      from: null,
      to: null,
      verdict: null,
      details: null,
    };
    await tx.append([{ at: now, event: 'policy-activated', actor: 'serve', policy: digest, ...nothing }]);
    return now;
  });
  return { policy, since, behind: false };
}
