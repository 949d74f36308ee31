import type { Effect } from '../../policy/effect.ts';
import type { Verdict } from '../../policy/verdict.ts';
import type { Attack } from './attacks.ts';
import type { Outcome, Replay } from './replay.ts';

/** What a policy would have done. Plain JSON; lengths of time are milliseconds. */
export interface BacktestReport {
  /** Digest of the policy. */
  readonly policy: string;
  /** RFC 3339, like every time here. */
  readonly since: string;
  readonly until: string;
  readonly crates: number;
  readonly releases: {
    readonly replayed: number;
    /** Judged by their index line alone, since their bytes were never here. */
    readonly byIndexLine: number;
    /** Left out: the registry gives no publication time. */
    readonly undated: number;
  };
  /** Releases that no advisory calls malicious. */
  readonly good: GoodReleases;
  /** Releases that an advisory calls malicious, with what the mirror's records say of them. */
  readonly bad: readonly BadRelease[];
  /** One for every advisory on malicious code, judged as if nobody had found out. */
  readonly attacks: readonly JudgedAttack[];
}

export interface GoodReleases {
  readonly atOnce: number;
  readonly delayed: number;
  readonly delay: Delay | null;
  readonly stillHeld: number;
  readonly heldWithoutEnd: number;
  readonly review: number;
  readonly denied: number;
  /** For each rule that said something at publication: releases by its strictest effect. */
  readonly rules: Readonly<Record<string, Readonly<Record<Effect, number>>>>;
  /** Those for which a person was needed, or that were denied. */
  readonly stopped: readonly StoppedRelease[];
}

/** How long those waited that were let in later. */
export interface Delay {
  readonly median: number;
  readonly percentile90: number;
  readonly percentile99: number;
  readonly longest: number;
}

interface StoppedRelease {
  readonly release: string;
  readonly published: string;
  readonly decision: Verdict['decision'];
  readonly rules: readonly string[];
}

export interface BadRelease {
  readonly release: string;
  readonly advisory: string;
  readonly published: string;
  readonly first: Verdict['decision'];
  /** When it would have been let in; absent: never. */
  readonly letIn?: string;
}

export interface JudgedAttack {
  readonly advisory: string;
  readonly crate: string;
  readonly kind: Attack['kind'];
  readonly decision: Verdict['decision'];
  /** Rules that stood against it at publication. */
  readonly rules: readonly string[];
  /** How long it would have had to go unnoticed to be let in; absent: it never is without a person. */
  readonly letInAfter?: number;
}

/** A release as it was replayed. */
export interface ReplayedRelease extends Replay {
  readonly release: string;
  readonly published: number;
  readonly byIndexLine: boolean;
  /** Advisories that call it malicious, whenever they were written. */
  readonly malicious: readonly string[];
}

/** Counts while releases are replayed, so that they need not be kept. */
export class Tally {
  readonly #counts = { atOnce: 0, stillHeld: 0, heldWithoutEnd: 0, review: 0, denied: 0 };
  readonly #delays: number[] = [];
  readonly #rules: Record<string, Record<Effect, number>> = {};
  readonly #stopped: StoppedRelease[] = [];
  readonly #bad: BadRelease[] = [];
  readonly #attacks: JudgedAttack[] = [];
  #replayed = 0;
  #byIndexLine = 0;

  add(replayed: ReplayedRelease): void {
    this.#replayed++;
    if (replayed.byIndexLine) this.#byIndexLine++;
    if (replayed.malicious.length > 0) this.#addBad(replayed);
    else this.#addGood(replayed);
  }

  addAttack({ advisory, crate, kind, release }: Attack, { first, outcome }: Replay): void {
    const judged = { advisory, crate, kind, decision: first.decision, rules: rulesAgainst(first) };
    const letInAfter = outcome.kind === 'admitted' ? { letInAfter: outcome.at - release.published } : {};
    this.#attacks.push({ ...judged, ...letInAfter });
  }

  /** What is counted so far. */
  counts(): Pick<BacktestReport, 'good' | 'bad' | 'attacks'> & {
    readonly replayed: number;
    readonly byIndexLine: number;
  } {
    const good = {
      ...this.#counts,
      delayed: this.#delays.length,
      delay: delayOf(this.#delays),
      rules: Object.fromEntries(Object.entries(this.#rules).sort(([a], [b]) => (a < b ? -1 : 1))),
      stopped: this.#stopped,
    };
    const { replayed, byIndexLine } = { replayed: this.#replayed, byIndexLine: this.#byIndexLine };
    return { replayed, byIndexLine, good, bad: this.#bad, attacks: this.#attacks };
  }

  #addGood({ release, published, first, last, outcome }: ReplayedRelease): void {
    this.#countOutcome(outcome, published);
    for (const [rule, effect] of strictestByRule(first)) {
      this.#rules[rule] ??= { warn: 0, hold: 0, review: 0, deny: 0 };
      this.#rules[rule][effect]++;
    }
    if (outcome.kind === 'review' || outcome.kind === 'denied') {
      const said = { decision: last.decision, rules: rulesAgainst(last) };
      this.#stopped.push({ release, published: new Date(published).toISOString(), ...said });
    }
  }

  #countOutcome(outcome: Outcome, published: number): void {
    switch (outcome.kind) {
      case 'admitted':
        if (outcome.at === published) this.#counts.atOnce++;
        else this.#delays.push(outcome.at - published);
        break;
      case 'held':
        this.#counts[outcome.until === undefined ? 'heldWithoutEnd' : 'stillHeld']++;
        break;
      case 'review':
      case 'denied':
        this.#counts[outcome.kind]++;
    }
  }

  #addBad({ release, published, malicious, first, outcome }: ReplayedRelease): void {
    this.#bad.push({
      release,
      advisory: malicious.join(', '),
      published: new Date(published).toISOString(),
      first: first.decision,
      ...(outcome.kind === 'admitted' ? { letIn: new Date(outcome.at).toISOString() } : {}),
    });
  }
}

function delayOf(delays: readonly number[]): Delay | null {
  const sorted = delays.toSorted((a, b) => a - b);
  const longest = sorted.at(-1);
  if (longest === undefined) return null;
  // Nearest rank: the least delay that this part of the releases did not exceed.
  const percentile = (part: number) => sorted[Math.ceil(part * sorted.length) - 1] ?? longest;
  return { median: percentile(0.5), percentile90: percentile(0.9), percentile99: percentile(0.99), longest };
}

/** Rules whose findings count and are more than a remark. */
function rulesAgainst({ findings }: Verdict): readonly string[] {
  const against = findings.filter(({ effect, waived }) => effect !== 'warn' && waived === undefined);
  return [...new Set(against.map(({ rule }) => rule))];
}

function strictestByRule({ findings }: Verdict): ReadonlyMap<string, Effect> {
  const strictest = new Map<string, Effect>();
  // A verdict has its strictest findings first.
  for (const { rule, effect, waived } of findings) {
    if (waived === undefined && !strictest.has(rule)) strictest.set(rule, effect);
  }
  return strictest;
}
