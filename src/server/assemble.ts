import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { machineStopwatch } from '../facts/stopwatch.ts';
import { exploitedDuty } from '../inventory/exploited/duty.ts';
import { exposureDuty } from '../inventory/exposure/duty.ts';
import { uploadForgetter } from '../inventory/large/upload.ts';
import { parseAllowList } from '../policy/allow-list.ts';
import type { Policy } from '../policy/policy.ts';
import type { TomlSource } from '../policy/toml.ts';
import type { AnchorPlace } from '../registry/duties/anchors.ts';
import { promptDuty } from '../registry/duties/duty.ts';
import { RegistryError } from '../registry/error.ts';
import type { EventSettings, EventSourceName } from '../registry/events/delivery.ts';
import { eventSources } from '../registry/events/index.ts';
import { resolveSettings } from '../registry/events/settings.ts';
import { Notifier } from '../registry/notify/notifier.ts';
import { resolveTargets } from '../registry/notify/settings.ts';
import { Refusals } from '../registry/refusals.ts';
import type { Mirror } from '../registry/serve/mirror.ts';
import { Watch } from '../registry/watch.ts';
import type { Bucket } from '../store/s3/bucket.ts';
import { probeBucket } from '../store/s3/probe.ts';
import type { Store } from '../store/store.ts';
import { releasePage } from './address.ts';
import { buildApp, type Tls } from './app.ts';
import { openTrust } from './artefacts/settings.ts';
import { noteSettings } from './audit/settings.ts';
import { bucketOf } from './blobs-config.ts';
import { openCis } from './build-sessions/open-cis.ts';
import { BuildSessions } from './build-sessions/sessions.ts';
import { followConnections } from './connections.ts';
import { Guesses } from './identity/guesses.ts';
import { Provider } from './identity/oidc.ts';
import { TokenUses } from './identity/token-uses.ts';
import type { ServerLog } from './log.ts';
import { serverMetrics } from './metrics.ts';
import { type MirrorPlan, openMirror } from './open-mirror.ts';
import { sayPeople } from './people-plan.ts';
import type { PolicyFile } from './policy-file.ts';
import { Punctuality } from './punctuality.ts';
import type { Told } from './settings/effective.ts';
import { openSigning } from './signatures/settings.ts';
import { Signatures } from './signatures/signatures.ts';
import { SpanExporter } from './tracing/exporter.ts';
import { traceSettings } from './tracing/settings.ts';

/** What a server is made of. */
export interface ServerPlan extends MirrorPlan {
  readonly tls?: Tls | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: ServerLog;
  /** Where heads of the audit log are kept; absent: nowhere. */
  readonly anchorPlaces?: readonly AnchorPlace[] | undefined;
  /** Whether other replicas do what is due. */
  readonly onlyServes?: boolean | undefined;
  /** Where its policy stands; absent: it was named none. */
  readonly policyFile?: PolicyFile | undefined;
  /** What it was told, for whoever looks at its settings; absent: nothing but the environment. */
  readonly told?: Omit<Told, 'env'> | undefined;
  /** Called when something became due. */
  readonly wake: () => void;
  /** Milliseconds that clients have to get their answers when the server closes; absent: 2.5 s. */
  readonly patience?: number | undefined;
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
  /** Knows of loops that are started with it. */
  readonly punctuality: Punctuality;
  /** Whether other replicas do what is due, and tell people. */
  readonly onlyServes: boolean;
  /** Ends in a few seconds whatever is under way; what is cut short is taken up again at the next start. */
  close(): Promise<void>;
}

/**
 * Puts a server together: everything that can be wrong with its settings is found here, before anything is written.
 * Throws `PolicyError`, `RegistryError`, `FeedError`, `EventSettingsError`, `NotifySettingsError` or `StoreError`.
 */
export async function assemble(plan: ServerPlan): Promise<AssembledServer> {
  const events = eventSettings(plan);
  const targets = await resolveTargets(plan.config.notify, plan.env);
  const approvals = approvalsAt(plan.config.approvals);
  const provider = plan.config.oidc && new Provider(plan.config.oidc, plan.env);
  const cis = openCis(plan.config, plan.stopwatch ?? machineStopwatch);
  const signing = openSigning(plan.config.signing);
  const trust = openTrust(plan.config.artefacts, signing);
  const tracing = tracingOf(plan);
  const bucket = bucketOf(plan.config.blobs, plan.env, { clock: plan.clock });
  if (bucket !== undefined) await probe(bucket);
  const open = await openMirror({ ...plan, bucket }, [...targets.keys()]);
  const { mirror, store, policy, people, since } = open;
  await noteSettings(store, mirror.context.auditor, plan.config, plan.clock());
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
  const punctuality = new Punctuality(mirror.context.stopwatch, plan.config.limits.late);
  const refusals = new Refusals(store, plan.clock, (error) => plan.log.failure(error, 'counting refusals'));
  const tokenUses = new TokenUses(store, (error) => plan.log.failure(error, 'noting tokens’ uses'));
  const buildSessions = new BuildSessions(mirror.context, {
    cis,
    time: plan.config['session-time'],
    wake: plan.wake,
  });
  const signatures = new Signatures(mirror.context, { cis, signing, wake: plan.wake });
  const app = buildApp(
    {
      provider,
      tokenUses,
      guesses: new Guesses(mirror.context.now),
      buildSessions,
      signatures,
      isClosed: plan.config['auth-required'],
      punctuality,
      mirror,
      notifier,
      refusals,
      store,
      database: plan.database === undefined ? 'sqlite' : 'postgresql',
      bucket,
      tracing,
      log: plan.log,
      metrics: serverMetrics(store, punctuality, mirror.context.clock, plan.clock),
      events,
      defaultRegistry,
      publicUrl,
      trustedProxies: plan.config['trusted-proxies'],
      approvals,
      trust,
      uploads: {
        components: plan.config.artefacts.components,
        uses: 5 * plan.config.artefacts.components,
      },
      requestTime: plan.config.limits['request-time'],
      wake: plan.wake,
      policyFile: plan.policyFile,
      told: { ...(plan.told ?? { flags: {}, file: undefined }), env: plan.env },
      version: plan.version,
    },
    plan.tls,
  );
  const connections = followConnections(app);
  const { feeds, targets: told, now } = mirror.context;
  const exposures = exposureDuty({ store, feeds, targets: told, now });
  const exploited = exploitedDuty({ store, feeds, targets: told, now });
  const uploads = promptDuty('uploads', uploadForgetter(store.inventory, now));
  const more = [exposures, exploited, uploads];
  const watch = new Watch(mirror, since, people, plan.anchorPlaces, more, plan.onlyServes);
  return {
    app,
    mirror,
    watch,
    notifier,
    store,
    policy,
    people: sayPeople(people),
    punctuality,
    onlyServes: plan.onlyServes === true,
    close: async () => {
      notifier.stop();
      // Whoever waits for an upstream has a moment to get an answer; then the upstreams end, and with them all that waits.
      const answered = app.close();
      const worked = watch.stop();
      await within(plan.patience ?? patience, answered);
      await open.closeUpstreams();
      await within(patience, Promise.all([answered, worked, watch.idle()]));
      connections.cut();
      await within(patience, answered);
      await within(patience, Promise.all([refusals.close(), tokenUses.close()]));
      await within(patience, Promise.all(cis.map(({ keys }) => keys.close())));
      await within(patience, open.close());
      if (tracing !== undefined) await within(patience, tracing.sink.flush());
    },
  };
}

/** Where spans go, by the environment; `undefined`: nowhere. */
function tracingOf({ env, version, log }: ServerPlan) {
  const settings = traceSettings(env, version);
  if (settings === undefined) return undefined;
  return {
    sink: new SpanExporter(settings, (message) => log.trouble(message, {})),
    sampling: settings.sampling,
  };
}

/** A bucket that does not do what is asked of it is said before anything is written. */
async function probe(bucket: Bucket): Promise<void> {
  try {
    await probeBucket(bucket);
  } catch (error) {
    await bucket.close();
    throw error;
  }
}

/** How long each of the steps of closing may take: milliseconds. */
const patience = 2_500;

/** Whether it was done in that time. */
async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, milliseconds);
  try {
    await Promise.race([work.catch(() => undefined), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function eventSettings(plan: ServerPlan): ReadonlyMap<EventSourceName, EventSettings> {
  const upstreams = new Set(plan.upstreams.map(({ name }) => name));
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

/** The organisation's list of approvals, read anew each time: it may be a file of a repository that is pulled. */
function approvalsAt(file: string | undefined): () => TomlSource | undefined {
  const read = () => (file === undefined ? undefined : { file, text: readFileSync(file, 'utf8') });
  try {
    const list = read();
    if (list !== undefined) parseAllowList(list);
  } catch (cause) {
    throw new RegistryError('registry/bad-config', `approvals: ${(cause as Error).message}`, { cause });
  }
  return read;
}
