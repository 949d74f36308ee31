import { setImmediate as turn } from 'node:timers/promises';
import type { AdvisoryFeed } from '../../facts/advisories/load.ts';
import type { Policy } from '../../policy/policy.ts';
import type { ReleaseRecord } from '../../store/records.ts';
import type { StoreReader } from '../../store/store.ts';
import { firstPartyOf } from '../errands/people.ts';
import { crateName } from '../judgement/gather.ts';
import type { Knowledge } from '../judgement/knowledge.ts';
import { type Dated, factsOfPast, feedsByCrate } from './past.ts';
import { type Outcome, replay } from './replay.ts';

export interface ComparisonPlan {
  /** The policy in force, and the one that is tried. */
  readonly before: Policy;
  readonly after: Policy;
  readonly registry: string;
  readonly feeds: readonly AdvisoryFeed[];
  readonly namespace: Knowledge['namespace'];
  /** Epoch milliseconds: what came out between them is replayed. */
  readonly since: number;
  readonly until: number;
  /** At most so many crates, and so many releases that differ are named. */
  readonly most: { readonly crates: number; readonly differing: number };
}

/** What another policy would have done otherwise. */
export interface Comparison {
  readonly crates: number;
  /** Whether there were more crates than were looked at. */
  readonly isPart: boolean;
  readonly releases: number;
  /** How many releases ended how, under each policy. */
  readonly before: Outcomes;
  readonly after: Outcomes;
  /** Those that would have ended otherwise, or later; the newest first. */
  readonly differing: readonly DifferingRelease[];
  /** All of those. */
  readonly count: number;
}

/** Releases by what became of them. */
export type Outcomes = Readonly<Record<'atOnce' | 'later' | 'held' | 'review' | 'denied', number>>;

export interface DifferingRelease {
  readonly crate: string;
  readonly version: string;
  /** Epoch milliseconds. */
  readonly published: number;
  readonly before: Outcome;
  readonly after: Outcome;
  /** Rules whose findings are not the same under both. */
  readonly rules: readonly string[];
}

/**
 * Judges what came out in a time under two policies, as of its own days, by the same engine as ever. What people decided, and
 * what nobody dated, is left out of both. Only reads, and lets others have their turn after each crate.
 */
export async function comparePolicies(
  store: Pick<StoreReader, 'publishedSince' | 'releases'>,
  plan: ComparisonPlan,
): Promise<Comparison> {
  const { registry, since, until, most } = plan;
  const keys = await store.publishedSince(registry, since, most.crates + 1);
  const advisories = feedsByCrate(plan.feeds);
  const [before, after] = [none(), none()];
  const differing: DifferingRelease[] = [];
  let releases = 0;
  for (const key of keys.slice(0, most.crates)) {
    const records = await store.releases(registry, key);
    const name = crateName(records) || key;
    const dated = records.filter((record): record is ReleaseRecord & Dated => record.published !== null);
    const past = { name, releases: dated, advisories: advisories(name), namespace: plan.namespace };
    const of = (policy: Policy) => factsOfPast({ ...past, firstParty: firstPartyOf(policy) });
    const [factsBefore, factsAfter] = [of(plan.before), of(plan.after)];
    for (const release of dated) {
      const { version, published } = release;
      if (published < since || published > until) continue;
      const was = replay(plan.before, (now) => factsBefore(release, now), published, until);
      const is = replay(plan.after, (now) => factsAfter(release, now), published, until);
      releases++;
      before[endOf(was.outcome, published)]++;
      after[endOf(is.outcome, published)]++;
      if (JSON.stringify(was.outcome) === JSON.stringify(is.outcome)) continue;
      const rules = changedRules(was.first.findings, is.first.findings);
      differing.push({ crate: name, version, published, before: was.outcome, after: is.outcome, rules });
    }
    await turn();
  }
  differing.sort((a, b) => b.published - a.published);
  return {
    crates: Math.min(keys.length, most.crates),
    isPart: keys.length > most.crates,
    releases,
    before,
    after,
    differing: differing.slice(0, most.differing),
    count: differing.length,
  };
}

function none(): Record<keyof Outcomes, number> {
  return { atOnce: 0, later: 0, held: 0, review: 0, denied: 0 };
}

/** What of an end counts: whether a release was let in at its publication, or when a hold was over. */
function endOf(outcome: Outcome, published: number): keyof Outcomes {
  if (outcome.kind === 'admitted') return outcome.at <= published ? 'atOnce' : 'later';
  return outcome.kind;
}

type Found = readonly { readonly rule: string; readonly effect: string; readonly waived?: unknown }[];

function changedRules(before: Found, after: Found): readonly string[] {
  const of = (findings: Found) =>
    new Map(findings.map((one) => [one.rule, `${one.effect} ${one.waived === undefined}`]));
  const [was, is] = [of(before), of(after)];
  const rules = [...new Set([...was.keys(), ...is.keys()])].filter((rule) => was.get(rule) !== is.get(rule));
  // A setting of time leaves the effect as it was: then it is what holds.
  return rules.length > 0
    ? rules
    : [...new Set(after.filter(({ effect }) => effect !== 'warn').map(({ rule }) => rule))];
}
