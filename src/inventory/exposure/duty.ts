import type { AdvisoryFeed } from '../../facts/advisories/load.ts';
import type { FeedState } from '../../facts/feed/reading.ts';
import { type Duty, promptDuty } from '../../registry/duties/duty.ts';
import type { Feeds } from '../../registry/errands/feeds.ts';
import type { Store } from '../../store/store.ts';
import { evaluateExposures } from './evaluate.ts';
import { type Strike, Strikes, strikeKey, struckBody } from './strikes.ts';
import { keepTampered } from './tampered.ts';
import { tellWave } from './wave.ts';

/** What the duty stands on. */
export interface ExposureParts {
  readonly store: Store;
  readonly feeds: Pick<Feeds, 'names' | 'current' | 'areCurrent' | 'knowledge'>;
  /** Names of those who are told. */
  readonly targets: readonly string[];
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Releases that are held against the advisories at once. */
const page = 5000;
/** Hosts that are looked at in one transaction. */
const batch = 200;

/**
 * Keeps what is exposed as advisories, artefacts and sightings say: which releases advisories strike is worked out when
 * either is new, and hosts are looked at on which something changed. Nothing is scanned.
 */
export function exposureDuty(parts: ExposureParts): Duty {
  const anew = striker(parts);
  return promptDuty('exposures', async () => {
    while (await anew());
    await endExpired(parts);
    while (await evaluateDue(parts));
  });
}

/**
 * Gives what holds releases against the advisories: all of them where the advisories are others, else those that are
 * new. It says whether there is more to do.
 */
function striker({ store, feeds, targets, now }: ExposureParts): () => Promise<boolean> {
  const names = new Set(feeds.names().advisories);
  // Thousands of advisories are put in order once.
  let read: { readonly by: string; readonly strikes: Strikes } | undefined;
  return async () => {
    const current = new Map([...feeds.current()].filter(([name]) => names.has(name)));
    const { advisories } = feeds.knowledge();
    const known = readFeeds(advisories);
    // A database that cannot be read says nothing: what is known stays.
    if (known === undefined) return false;
    const readings = JSON.stringify([...current]);
    if (read?.by !== readings) read = { by: readings, strikes: new Strikes(known) };
    return await strikeAnew({ store, feeds, targets, now }, current, readings, read.strikes);
  };
}

async function strikeAnew(
  { store, feeds, targets, now }: ExposureParts,
  current: ReadonlyMap<string, string>,
  readings: string,
  strikes: Strikes,
): Promise<boolean> {
  const before = await store.exposures.state();
  const isSame = before.readings === readings;
  const found: Strike[] = [];
  let last = isSame ? before.lastComponent : 0;
  const first = last;
  for (;;) {
    const components = await store.exposures.componentsAfter(last, page);
    for (const component of components) found.push(...strikes.of(component));
    last = components.at(-1)?.id ?? last;
    if (components.length < page) break;
  }
  if (isSame && last === first) return false;
  return await store.write(async (tx) => {
    // Another replica may have read a newer one.
    if (!(await feeds.areCurrent(tx, current))) return false;
    return await tx.exposing(async (writer) => {
      const state = await writer.state();
      if (state.readings !== before.readings || state.lastComponent !== before.lastComponent) return true;
      const at = now();
      // Components that are new were held against nothing before.
      const old = new Map((isSame ? [] : await writer.struck()).map((one) => [strikeKey(one), one]));
      const fresh = found.filter((one) => !old.has(strikeKey(one)));
      const told = await tellWave(tx, fresh, { targets, now: at });
      const records = found.map(({ componentId, advisory, body }) => {
        const key = strikeKey({ componentId, advisory });
        const before = old.get(key);
        const toldAt = before === undefined ? undefined : struckBody(before.body).told;
        return {
          componentId,
          advisory,
          body: JSON.stringify({ ...body, told: told.has(key) ? at : toldAt }),
          since: before?.since ?? at,
        };
      });
      const struck = new Set(records.map(strikeKey));
      const gone = isSame ? [] : [...old.values()].filter((one) => !struck.has(strikeKey(one)));
      const changed = records.filter((one) => old.get(strikeKey(one))?.body !== one.body);
      await writer.putStruck(changed);
      await writer.dropStruck(gone);
      const idsOf = (list: readonly Pick<Strike, 'componentId'>[]) => [
        ...new Set(list.map(({ componentId }) => componentId)),
      ];
      // Those that are told of wait for this alone from now on: what they ran before was told of with it.
      await writer.markHostsWith(idsOf(fresh.filter((one) => told.has(strikeKey(one)))), at, { anew: true });
      await writer.markHostsWith(idsOf([...changed, ...gone]), at);
      await writer.putState({ id: 1, readings, lastComponent: last });
      return false;
    });
  });
}

/** Has the hosts looked at again on which a statement stopped an exposure whose time is over. */
async function endExpired({ store, now }: ExposureParts): Promise<void> {
  const at = now();
  if (!(await store.vex.isExpired(at))) return;
  await store.write(async (tx) => {
    const releases = await tx.stating((writer) => writer.endExpired(at));
    await tx.exposing((writer) => writer.markHostsWith(releases, at));
  });
}

/** Looks at some of the hosts that wait for it. Whether there may be more. */
async function evaluateDue({ store, targets, now }: ExposureParts): Promise<boolean> {
  if (!(await store.exposures.isDue())) return false;
  return await store.write(async (tx) => {
    const { hosts, deployments } = await tx.exposing(async (writer) => ({
      hosts: await writer.takeDue(batch),
      deployments: await writer.takeDueDeployments(batch),
    }));
    await keepTampered(
      tx,
      hosts.map(({ id }) => id),
      { targets, now: now() },
    );
    await evaluateExposures(tx, { hosts, deployments }, { targets, now: now() });
    return hosts.length === batch || deployments.length === batch;
  });
}

/** `undefined` where one of them was not read, or there is none. */
function readFeeds(states: readonly FeedState<AdvisoryFeed>[]): readonly AdvisoryFeed[] | undefined {
  const read = states.flatMap(({ feed }) => feed ?? []);
  const isMissing = states.some(({ feed, isDefault }) => feed === undefined && isDefault !== true);
  return read.length === 0 || isMissing ? undefined : read;
}
