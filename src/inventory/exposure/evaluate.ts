import { type Alarm, tellAlarm } from '../../registry/notify/alarm.ts';
import type { DeploymentRecord } from '../../store/deployments/records.ts';
import type { DueHost, ExposureRecord, FoundRunning, StruckRecord } from '../../store/exposures/records.ts';
import type { StoreWriter } from '../../store/store.ts';
import { isRuledOut } from '../affected/platforms.ts';
import { placeText } from '../place.ts';
import { isSettled, saidText } from '../vex/holds.ts';
import { listed, remedy } from './alarm-text.ts';
import { sayingOf } from './saying.ts';
import { type StruckBody, strikeKey, struckBody } from './strikes.ts';

type Begun = Omit<ExposureRecord, 'id'>;

/** What waits to be looked at: hosts, and places to which something is stated to be deployed, by id. */
export interface Due {
  readonly hosts: readonly DueHost[];
  readonly deployments: readonly number[];
}

/**
 * Opens and closes the exposures of some hosts and deployments by what is there now, and has it told, in the
 * transaction that is open.
 */
export async function evaluateExposures(
  tx: StoreWriter,
  { hosts: due, deployments }: Due,
  { targets, now }: { readonly targets: readonly string[]; readonly now: number },
): Promise<void> {
  const hosts = due.map(({ id }) => id);
  const { struck, before, running, retired, stated } = await tx.exposing(async (writer) => ({
    struck: await writer.struck(),
    before: [...(await writer.open(hosts)), ...(await writer.openStated(deployments))],
    running: [...(await writer.onHosts(hosts)), ...(await writer.stated(deployments))],
    retired: await writer.retired(hosts),
    stated: await writer.deployments(deployments),
  }));
  const exposed = await spared(tx, exposedBy(running, struck), now);
  const { found } = exposed;
  const bodies = new Map(struck.map((one) => [strikeKey(one), one.body]));
  const open = new Map(before.map((one) => [keyOf(one), one]));
  const begun = [...found.values()]
    .filter((one) => !open.has(keyOf(one)))
    .map((one): Begun => ({ ...one, openedAt: now, closedAt: null, endedBy: null, endedWhy: null }));
  const changed = before.flatMap((one): readonly ExposureRecord[] => {
    const is = found.get(keyOf(one));
    if (is === undefined)
      return [
        {
          ...one,
          // A clock may have been ahead when it began.
          closedAt: Math.max(now, one.openedAt),
          ...endOf(one, { stated: exposed.stated, bodies, retired, deployments: stated }),
        },
      ];
    // From when it is seen to run on, it is said since when that is; and since when it is installed where it runs no more.
    const isSeenAlike = (one.way === 'installed') === (is.way === 'installed');
    const runningSince = isSeenAlike ? one.runningSince : is.runningSince;
    const next = { ...one, ...is, knownSince: one.knownSince, runningSince };
    return JSON.stringify(next) === JSON.stringify(one) ? [] : [next];
  });
  await tx.exposing((writer) => writer.put(begun, changed));
  await tell(
    tx,
    { bodies, deployments: stated },
    {
      begun: untold(begun, bodies, due),
      ended: changed.filter(({ closedAt }) => closedAt !== null),
    },
    { targets, now },
  );
}

type Exposed = Omit<ExposureRecord, 'id' | 'openedAt' | 'closedAt' | 'endedBy' | 'endedWhy'>;

/** What some programs run of what is struck: one for each build of a program, advisory and release. */
function exposedBy(running: readonly FoundRunning[], struck: readonly StruckRecord[]): readonly Found[] {
  const byComponent = Map.groupBy(struck, ({ componentId }) => componentId);
  return running.flatMap(({ target, ...one }) =>
    (byComponent.get(one.componentId) ?? []).flatMap(({ advisory, body, since }): readonly Found[] => {
      const read = struckBody(body);
      if (read.platforms !== undefined && target !== null && isRuledOut(read.platforms, target)) return [];
      return [{ exposed: { ...one, advisory, knownSince: since }, body: read }];
    }),
  );
}

interface Found {
  readonly exposed: Exposed;
  readonly body: StruckBody;
}

/** What is exposed, by its key, and what is not as somebody says that it is not struck, with what was said. */
interface Spared {
  readonly found: ReadonlyMap<string, Exposed>;
  readonly stated: ReadonlyMap<string, string>;
}

async function spared(tx: StoreWriter, all: readonly Found[], now: number): Promise<Spared> {
  const saidOfFound = await sayingOf(
    tx,
    all.map(({ exposed }) => exposed),
  );
  const found = new Map<string, Exposed>();
  const stated = new Map<string, string>();
  for (const { exposed, body } of all) {
    const key = keyOf(exposed);
    const said = saidOfFound(exposed, [body.id, ...body.aliases], now);
    if (isSettled(said)) {
      stated.set(key, saidText(said));
      continue;
    }
    const other = found.get(key);
    // Where a process of another build runs, that one is what is seen.
    const known = other?.way === 'installed' && exposed.way !== 'installed' ? undefined : other;
    // Several builds of one program may run: only where all of them wait for it does a restart end it.
    found.set(key, {
      ...exposed,
      restart: exposed.restart && (other?.restart ?? true),
      runningSince: Math.min(exposed.runningSince, known?.runningSince ?? exposed.runningSince),
    });
  }
  return { found, stated };
}

/** Why one is over. */
function endOf(
  one: ExposureRecord,
  {
    stated,
    bodies,
    retired,
    deployments,
  }: Pick<Spared, 'stated'> & {
    readonly bodies: ReadonlyMap<string, string>;
    readonly retired: ReadonlyMap<number, string>;
    readonly deployments: ReadonlyMap<number, DeploymentRecord>;
  },
): Pick<ExposureRecord, 'endedBy' | 'endedWhy'> {
  const by = retired.get(one.hostId);
  if (by !== undefined) return { endedBy: 'retired', endedWhy: `${by} took its host out of service` };
  const over = deployments.get(one.deploymentId ?? 0)?.endedWhy;
  if (typeof over === 'string') return { endedBy: 'gone', endedWhy: over };
  const said = stated.get(keyOf(one));
  if (said !== undefined) return { endedBy: 'stated', endedWhy: said };
  return { endedBy: bodies.has(strikeKey(one)) ? 'gone' : 'withdrawn', endedWhy: null };
}

/** Those that were not told of for all hosts at once when their advisory came. */
function untold(
  begun: readonly Begun[],
  bodies: ReadonlyMap<string, string>,
  due: readonly DueHost[],
): readonly Begun[] {
  const dueAt = new Map(due.map((one) => [one.id, one.dueAt]));
  return begun.filter((one) => {
    // What is stated or installed was counted with no hosts.
    if (one.way === 'stated' || one.way === 'installed') return true;
    const body = bodies.get(strikeKey(one));
    const at = body === undefined ? undefined : struckBody(body).told;
    return at === undefined || dueAt.get(one.hostId) !== at || one.runningSince > at;
  });
}

async function tell(
  tx: StoreWriter,
  {
    bodies,
    deployments,
  }: {
    readonly bodies: ReadonlyMap<string, string>;
    readonly deployments: ReadonlyMap<number, DeploymentRecord>;
  },
  { begun, ended }: { readonly begun: readonly Begun[]; readonly ended: readonly ExposureRecord[] },
  { targets, now }: { readonly targets: readonly string[]; readonly now: number },
): Promise<void> {
  if (targets.length === 0 || begun.length + ended.length === 0) return;
  const names = await tx.exposing((writer) =>
    writer.hostNames([...new Set([...begun, ...ended].map(({ hostId }) => hostId))]),
  );
  for (const [isBegun, list] of [
    [true, begun],
    [false, ended],
  ] as const)
    for (const [key, group] of Map.groupBy(
      list,
      (one) => `${strikeKey(one)} ${one.endedBy ?? ''} ${seenBy(one)}`,
    )) {
      const [first] = group;
      if (first === undefined) continue;
      const body = bodies.get(strikeKey(first));
      const seen = seenBy(first);
      const hosts = [
        ...new Set(
          group.map(({ hostId, deploymentId }) => {
            const deployment = deployments.get(deploymentId ?? 0);
            return deployment === undefined ? (names.get(hostId) ?? '') : placeText(deployment);
          }),
        ),
      ].sort();
      const text = {
        body: body === undefined ? undefined : struckBody(body),
        advisory: first.advisory,
        hosts,
        seen,
      };
      const alarm = isBegun
        ? begunAlarm(text, group.length)
        : endedAlarm(
            text,
            first,
            await tx.exposing((writer) => writer.countOpen(first.advisory, first.componentId)),
          );
      // Of what ran before anybody knew, nobody should hear later than need be.
      const atOnce = isBegun && group.some(({ knownSince, runningSince }) => knownSince >= runningSince);
      await tellAlarm(
        tx,
        targets,
        alarm,
        `${key} ${now} ${first.hostId} ${first.deploymentId ?? 0} ${first.path}`,
        now,
        { atOnce },
      );
    }
}

interface Text {
  /** `undefined`: the advisory was withdrawn, or its database is not read any more. */
  readonly body: StruckBody | undefined;
  readonly advisory: string;
  readonly hosts: readonly string[];
  readonly seen: Seen;
}

/** Whether processes were seen, or a program that none runs; or whether somebody says so of places that nobody saw. */
type Seen = 'running' | 'installed' | 'stated';

function seenBy({ way }: Pick<ExposureRecord, 'way'>): Seen {
  if (way === 'installed') return 'installed';
  return way === 'stated' ? 'stated' : 'running';
}

const isThere: Readonly<Record<Seen, string>> = {
  running: 'runs on',
  installed: 'is installed, and was not seen running, on',
  stated: 'is stated to be deployed to',
};

const isThereNoMore: Readonly<Record<Seen, string>> = {
  running: 'runs no more on',
  installed: 'is installed no more on',
  stated: 'is stated to be deployed no more to',
};

function begunAlarm({ body, advisory, hosts, seen }: Text, programs: number): Alarm {
  const id = body?.id ?? advisory;
  const what = body === undefined ? '' : ` (${body.title})`;
  return {
    alarm: 'exposure-began',
    message: `${body?.release ?? 'A release'} with ${id}${what} ${isThere[seen]} ${listed(hosts)}, in ${programs === 1 ? '1 program' : `${programs} programs`}.`,
    next: remedy({ id, fixed: body?.fixed }),
  };
}

/** `left` is how many are open of it now. */
function endedAlarm(
  { body, advisory, hosts, seen }: Text,
  { endedBy, endedWhy }: Pick<Begun, 'endedBy' | 'endedWhy'>,
  left: number,
): Alarm {
  const id = body?.id ?? advisory;
  const what = `${body?.release ?? 'What was struck'} with ${id}`;
  return {
    alarm: 'exposure-ended',
    message:
      endedBy === 'stated'
        ? `${what} is still on ${listed(hosts)}, and is said not to be exposed: ${endedWhy}.`
        : endedBy === 'withdrawn'
          ? `${id} strikes nothing any more that is on ${listed(hosts)}.`
          : `${what} ${isThereNoMore[seen]} ${listed(hosts)}.`,
    next:
      left === 0
        ? 'It is over everywhere.'
        : `It is still open ${left === 1 ? 'once' : `${left} times`}; see \`safeguard affected ${id}\`.`,
  };
}

function keyOf({
  hostId,
  deploymentId,
  path,
  componentId,
  advisory,
}: Pick<ExposureRecord, 'hostId' | 'deploymentId' | 'path' | 'componentId' | 'advisory'>): string {
  return JSON.stringify([hostId, deploymentId, path, componentId, advisory]);
}
