import { randomUUID } from 'node:crypto';
import type { FeedRecord } from '../../store/records.ts';
import type { StoreWriter } from '../../store/store.ts';
import type { Actor } from '../auditor.ts';
import type { MirrorContext } from '../context.ts';
import { type Duty, promptDuty } from '../duties/duty.ts';
import { digestOf } from '../errands/claim.ts';
import type { Errands } from '../errands/errands.ts';
import { retryAfter } from '../judgement/assess.ts';
import { type Heartbeat, isAgreed } from './guard.ts';

const minute = 60_000;
const hour = 60 * minute;
/** Milliseconds between two heartbeats of a replica. */
const beatEvery = 5_000;
/** Milliseconds between two looks for times that are too far ahead. */
const reinEvery = minute;
/** Milliseconds between two questions for an upstream's time, while the clock is in doubt. */
const askEvery = 10_000;
/** The record of the heartbeat. */
const name = 'clock';
/** How long work may be claimed for, or a feed be left alone, at most. */
const longestLease = 30 * minute;

/** Keeps the heartbeat of the wall clock in the store, and sees to it that a doubt about it ends when it may. */
export function clockDuty(context: MirrorContext, errands: Errands): Duty {
  const { store, clock, journal, upstreams } = context;
  const own = randomUUID();
  let beatAt = Number.NEGATIVE_INFINITY;
  let askedAt = Number.NEGATIVE_INFINITY;
  let reinedAt = Number.NEGATIVE_INFINITY;
  clock.onDoubt = ({ reason }) => {
    context.freshness.distrust();
    journal.alarm(reason, {});
  };
  return promptDuty('clock', async () => {
    const elapsed = clock.elapsed();
    const wasDoubted = clock.doubt() !== undefined;
    clock.hear(heartbeatOf(await store.feed(name)), own);
    const doubt = clock.doubt();
    if (doubt !== undefined) {
      const told = [...upstreams.values()].flatMap(({ told }) => told ?? []);
      if (isAgreed(doubt, told)) clock.agree();
      else if (elapsed - askedAt >= askEvery) {
        askedAt = elapsed;
        for (const upstream of upstreams.values())
          errands.start(`the time of ${upstream.name}`, () => upstream.probe());
      }
    }
    const isBelieved = clock.doubt() === undefined;
    if (isBelieved && wasDoubted) journal.trouble('the clock of this server is believed again', {});
    if (isBelieved && (wasDoubted || elapsed - beatAt >= beatEvery)) {
      const wall = context.now();
      await store.write((tx) => writeHeartbeat(tx, wall, own));
      clock.hear({ wall, by: own }, own);
      beatAt = elapsed;
    }
    if (wasDoubted || elapsed - reinedAt >= reinEvery) {
      await reinIn(context);
      reinedAt = elapsed;
    }
  });
}

/** A person says that the clock of this server is right. */
export async function trustClock(context: MirrorContext, actor: Actor, reason: string): Promise<void> {
  const { store, clock, policy } = context;
  const by = actor.name;
  const at = context.now();
  await store.write(async (tx) => {
    await writeHeartbeat(tx, at, by);
    const about = { registry: '', key: '', version: '', from: null, to: null, verdict: null };
    const entry = { at, event: 'clock-trusted', actor: by, policy: policy.policy.digest, ...about } as const;
    await tx.append([{ ...entry, details: { reason } }]);
    const after = { reason, clock: new Date(at).toISOString() };
    await context.auditor?.noteOf(tx, actor, {
      at,
      action: 'clock.trusted',
      subject: '',
      before: null,
      after,
    });
  });
  clock.agree();
  await reinIn(context);
}

/** What the store last heard of the time. */
export function heartbeatOf(record: FeedRecord | undefined): Heartbeat | undefined {
  if (record === undefined) return undefined;
  return { wall: record.at, by: (JSON.parse(record.body) as { by: string }).by };
}

/** The name of the heartbeat's record. */
export const heartbeatName = name;

async function writeHeartbeat(tx: StoreWriter, at: number, by: string): Promise<void> {
  const body = JSON.stringify({ by });
  await tx.putFeed({ name, digest: digestOf(body), body, at, triedAt: at, alarm: null });
}

/** What is further ahead than it is ever put was put there by a clock that was ahead: it is due. */
async function reinIn({ store, now, pollInterval }: MirrorContext): Promise<void> {
  const at = now();
  const limits = {
    poll: at + Math.max(pollInterval, hour) + longestLease,
    judge: at + retryAfter + longestLease,
    people: at + 25 * hour,
    deliver: at + hour + longestLease,
  };
  if (await store.isAhead(limits)) await store.write((tx) => tx.reinIn(at, limits));
}
