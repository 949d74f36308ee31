import type { ArchiveFact } from '../../facts/archive.ts';
import { judge } from '../../policy/judge.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Verdict } from '../../policy/verdict.ts';
import type { DecisionRecord, ReleaseRecord, ReleaseState } from '../../store/records.ts';
import { inTurns } from '../../store/turns.ts';
import { type BaseRecord, retryAfterTries } from './base.ts';
import { type CrateCircumstances, decisionsOn, gatherer } from './gather.ts';
import type { Observed } from './reconcile.ts';

/** The circumstances of a crate whose releases are to be judged. */
export interface WholeCircumstances extends CrateCircumstances {
  /** Those that are given a state: all, or some of them. */
  readonly subjects: readonly Observed[];
  readonly previous: ReadonlyMap<string, ReleaseRecord>;
}

/** How long until bytes that could not be had, or were wrong, are asked for again. */
export const retryAfter = 10 * 60_000;

/**
 * Judges the releases of a crate at `now` and gives each its state; those that are not concerned keep the verdict that
 * the same policy gave them. The same input gives the same records; of thousands, others have turns between.
 */
export function assessCrate(
  circumstances: WholeCircumstances,
  policy: Policy,
  now: number,
  isConcerned: (release: Observed) => boolean,
): Promise<readonly ReleaseRecord[]> {
  const gather = gatherer(circumstances, now);
  return inTurns(circumstances.subjects, 50, (release) => {
    const before = circumstances.previous.get(release.version);
    if (before?.policy === policy.digest && !isConcerned(release))
      return { ...before, archive: release.archive, unread: release.unread };
    const { input, archive, wants } = gather(release);
    const verdict = judge(policy, input);
    const state = circumstances.lineage.listed.has(release.version) ? stateOf(verdict) : 'withdrawn';
    const until = state === 'held' && verdict.until !== undefined ? Date.parse(verdict.until) : null;
    return {
      ...release,
      state,
      until,
      verdict,
      policy: policy.digest,
      judgeAt: earliest(
        judgeAt({ state, until, release, archive, wants, before }, now),
        state === 'withdrawn' ? null : nextEnd(decisionsOn(release, circumstances.decisions), now),
      ),
      stateSince: before?.state === state ? before.stateSince : now,
    };
  });
}

/** The state of a release that is there, from its verdict. */
export function stateOf(verdict: Verdict): ReleaseState {
  switch (verdict.decision) {
    case 'allow':
      return 'promoted';
    case 'hold':
      return 'held';
    case 'review':
      return 'review';
    case 'deny':
      return 'blocked';
  }
}

/** When a release is looked at again by itself: its bytes first, then those that it is compared with, then the end of its hold. */
function judgeAt(
  {
    state,
    until,
    release,
    archive,
    wants,
    before,
  }: {
    readonly state: ReleaseState;
    readonly until: number | null;
    readonly release: Observed;
    readonly archive: ArchiveFact | undefined;
    readonly wants: BaseRecord | undefined;
    readonly before: ReleaseRecord | undefined;
  },
  now: number,
): number | null {
  if (state === 'withdrawn') return null;
  // Where its bytes were asked for a moment ago, and did not come, a change elsewhere in the crate hurries nothing.
  if (release.arrival === 'new' && archive === undefined) return Math.max(before?.judgeAt ?? now, now);
  if (archive !== undefined && archive.checksum !== release.checksum) return now + retryAfter;
  if (wants === undefined) return until;
  const retryAt =
    wants.unread === null ? now : Math.max(now, wants.unread.at + retryAfterTries(wants.unread.tries));
  return earliest(until, retryAt);
}

/** When the next decision ends by itself. */
function nextEnd(decisions: readonly DecisionRecord[], now: number): number | null {
  return decisions.reduce<number | null>(
    (next, { until }) => (until !== null && until > now ? earliest(next, until) : next),
    null,
  );
}

function earliest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}
