import type { ArchiveFact } from '../../facts/archive.ts';
import { judge } from '../../policy/judge.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Verdict } from '../../policy/verdict.ts';
import type { ReleaseRecord, ReleaseState } from '../../store/records.ts';
import { type CrateCircumstances, gatherer } from './gather.ts';
import type { Observed } from './reconcile.ts';

/** The circumstances of a crate whose every release is to be judged. */
export interface WholeCircumstances extends CrateCircumstances {
  readonly releases: readonly Observed[];
  readonly previous: ReadonlyMap<string, ReleaseRecord>;
}

/** How long until bytes that could not be had, or were wrong, are asked for again. */
export const retryAfter = 10 * 60_000;

/**
 * Judges the releases of a crate at `now` and gives each its state; those that are not concerned keep the verdict that
 * the same policy gave them. Pure: the same input gives the same records.
 */
export function assessCrate(
  circumstances: WholeCircumstances,
  present: ReadonlySet<string>,
  policy: Policy,
  now: number,
  isConcerned: (release: Observed) => boolean,
): readonly ReleaseRecord[] {
  const gather = gatherer(circumstances, now);
  return circumstances.releases.map((release) => {
    const before = circumstances.previous.get(release.version);
    if (before?.policy === policy.digest && !isConcerned(release)) return before;
    const { input, archive } = gather(release);
    const verdict = judge(policy, input);
    const state = present.has(release.version) ? stateOf(verdict) : 'withdrawn';
    const until = state === 'held' && verdict.until !== undefined ? Date.parse(verdict.until) : null;
    return {
      ...release,
      state,
      until,
      verdict,
      policy: policy.digest,
      judgeAt: judgeAt(state, until, release, archive, before, now),
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

/** When a release is looked at again by itself: bytes first, then the end of its hold. */
function judgeAt(
  state: ReleaseState,
  until: number | null,
  release: Observed,
  archive: ArchiveFact | undefined,
  before: ReleaseRecord | undefined,
  now: number,
): number | null {
  if (state === 'withdrawn') return null;
  // Where its bytes were asked for a moment ago, and did not come, a change elsewhere in the crate hurries nothing.
  if (release.arrival === 'new' && archive === undefined) return Math.max(before?.judgeAt ?? now, now);
  if (archive !== undefined && archive.checksum !== release.checksum) return now + retryAfter;
  return until;
}
