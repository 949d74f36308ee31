import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { clockOf, stagesOf, standingOf } from '../inventory/exploited/clock.ts';
import { keptClocks } from '../inventory/exploited/kept.ts';
import type { ClockGuard } from '../registry/clock/guard.ts';
import type { Store } from '../store/store.ts';
import { agentVersions } from './agent-versions.ts';
import { releaseStates } from './contract.ts';
import type { Punctuality } from './punctuality.ts';

/** What a monitoring system may ask, in Prometheus' text format. */
export interface Metrics {
  readonly registry: Registry;
  /** Answers by route and status class. */
  readonly answers: Counter<'route' | 'status'>;
  /** Deliveries by source and outcome. */
  readonly events: Counter<'source' | 'outcome'>;
}

const month = 30 * 24 * 60 * 60 * 1000;

/** Makes the metrics; the gauges ask the store when they are read. */
export function serverMetrics(
  store: Store,
  punctuality: Punctuality,
  clock: ClockGuard,
  now: () => number,
): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const failing = new Gauge({
    name: 'safeguard_crates_failing',
    help: 'Crates whose last poll failed.',
    registers: [registry],
  });
  new Gauge({
    name: 'safeguard_releases',
    help: 'Releases by state.',
    labelNames: ['state'],
    registers: [registry],
    // Counted once for both gauges: over many releases it takes a while.
    async collect() {
      const counts = await store.counts();
      for (const state of releaseStates) this.set({ state }, counts.releases[state]);
      failing.set(counts.failing);
    },
  });
  new Gauge({
    name: 'safeguard_loop_lateness_seconds',
    help: 'By how much each loop is late: since its last turn, or since the oldest work that waits for it was due.',
    labelNames: ['loop'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { loop, by } of punctuality.all()) this.set({ loop }, by / 1000);
    },
  });
  new Gauge({
    name: 'safeguard_clock_doubted',
    help: '1 while the clock of this server is not believed, and nothing is promoted.',
    registers: [registry],
    collect() {
      this.set(clock.doubt() === undefined ? 0 : 1);
    },
  });
  // Each gauge asks for itself: those that are written first are read while others are still asking.
  const exposures = () => store.exposures.counts(now() - month);
  new Gauge({
    name: 'safeguard_exposures',
    help: 'Programs of hosts that run something an advisory strikes, or have it installed; restart: those that a restart ends; installed: those that were not seen running; ended: in the last 30 days.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      const { open, restart, installed, closed } = await exposures();
      this.set({ state: 'open' }, open);
      this.set({ state: 'restart' }, restart);
      this.set({ state: 'installed' }, installed);
      this.set({ state: 'ended' }, closed);
    },
  });
  new Gauge({
    name: 'safeguard_exposure_seconds',
    help: 'Seconds, in all, from when it was known and ran until it was found (stage found; open ones and those ended in the last 30 days) and until it was over (stage ended).',
    labelNames: ['stage'],
    registers: [registry],
    async collect() {
      const { fixTime, findTime } = await exposures();
      this.set({ stage: 'found' }, findTime / 1000);
      this.set({ stage: 'ended' }, fixTime / 1000);
    },
  });
  const clocks = async () => (await keptClocks(store.exploited)).flatMap(({ acts }) => clockOf(acts) ?? []);
  new Gauge({
    name: 'safeguard_exploited_clocks',
    help: 'Vulnerabilities in artefacts that are actively exploited; open: a stage is to be submitted; done: all were; stopped: it was taken back.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      const standings = (await clocks()).map(standingOf);
      for (const state of ['open', 'done', 'stopped'] as const)
        this.set({ state }, standings.filter((one) => one === state).length);
    },
  });
  new Gauge({
    name: 'safeguard_exploited_due_seconds',
    help: 'Seconds until the next deadline of each stage that is to be submitted for what is actively exploited; below 0: it is over.',
    labelNames: ['stage'],
    registers: [registry],
    async collect() {
      this.reset();
      const at = now();
      const open = (await clocks())
        .flatMap((clock) => stagesOf(clock, at))
        .flatMap(({ stage, due, state }) =>
          due === undefined || (state !== 'due' && state !== 'overdue') ? [] : [{ stage, left: due - at }],
        );
      for (const [stage, list] of Map.groupBy(open, (one) => one.stage))
        this.set({ stage }, Math.min(...list.map(({ left }) => left)) / 1000);
    },
  });
  new Gauge({
    name: 'safeguard_tampered',
    help: 'Binaries of hosts that run, or are installed, with the build id of a signed artefact and other code or data.',
    registers: [registry],
    async collect() {
      this.set(await store.exposures.countTampered());
    },
  });
  new Gauge({
    name: 'safeguard_agents',
    help: 'Hosts in service by the version of their agents: the server’s, an older one, or a newer one, of which it leaves out what it does not know.',
    labelNames: ['version'],
    registers: [registry],
    async collect() {
      for (const [version, count] of Object.entries(await agentVersions(store.sightings)))
        this.set({ version }, count);
    },
  });
  new Gauge({
    name: 'safeguard_notifications',
    help: 'Notifications of the last 30 days by target and outcome.',
    labelNames: ['target', 'outcome'],
    registers: [registry],
    async collect() {
      this.reset();
      for (const { target, outcome, count } of await store.deliveryCounts()) {
        this.set({ target, outcome }, count);
      }
    },
  });
  return {
    registry,
    answers: new Counter({
      name: 'safeguard_answers_total',
      help: 'HTTP answers by route and status.',
      labelNames: ['route', 'status'],
      registers: [registry],
    }),
    events: new Counter({
      name: 'safeguard_events_total',
      help: 'Webhook deliveries by source and outcome.',
      labelNames: ['source', 'outcome'],
      registers: [registry],
    }),
  };
}
