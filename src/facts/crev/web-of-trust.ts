import { type Review, type TrustLevel, trustLevels } from './content.ts';
import type { ProofStore } from './proofs.ts';

/** How far, and through whom, one trusts a reviewer. */
export interface Standing {
  /** The least trust on the best way to them. */
  readonly level: TrustLevel;
  /** The sum of the distances on the way; trust that is lower is farther. */
  readonly distance: number;
}

/** Whose reviews count, by id. */
export interface WebOfTrust {
  readonly trusted: ReadonlyMap<string, Standing>;
  readonly distrusted: ReadonlySet<string>;
  /** Whether someone who is trusted more than nobody asks to disregard this review. */
  isOverridden(review: Review): boolean;
}

/** How far each level of trust reaches, and how far is too far (crev-wot: `TrustDistanceParams`). */
export interface Distances extends Readonly<Record<TrustLevel, number>> {
  readonly max: number;
}

export const defaultDistances: Distances = { high: 0, medium: 1, low: 5, none: 11, distrust: 11, max: 10 };

/**
 * Walks from one's own ids to whom they trust, and on (crev-wot: trust_set.rs). Trust never grows on the way. Whoever
 * is reached may distrust another; then that one is left out and the walk starts again, so that nobody gets in by the
 * word of someone who is out. One's own ids cannot be distrusted.
 */
export function webOfTrust(
  store: Pick<ProofStore, 'trust' | 'reviews'>,
  own: readonly string[],
  distances: Distances = defaultDistances,
): WebOfTrust {
  let distrusted: ReadonlySet<string> = new Set();
  for (;;) {
    const walked = walk(store, own, distances, distrusted);
    if (walked.distrusted.size <= distrusted.size) {
      const overrides = reviewOverrides(store, walked.trusted);
      return { ...walked, isOverridden: (review) => overrides.has(overrideKey(review.from, review)) };
    }
    distrusted = walked.distrusted;
  }
}

/** Whether one level of trust is at least another. */
export function atLeast(level: TrustLevel, wanted: TrustLevel): boolean {
  return rank(level) >= rank(wanted);
}

interface Visit extends Standing {
  readonly id: string;
}

function walk(
  store: Pick<ProofStore, 'trust'>,
  own: readonly string[],
  distances: Distances,
  distrustedBefore: ReadonlySet<string>,
): Pick<WebOfTrust, 'trusted' | 'distrusted'> {
  const distrusted = new Set(distrustedBefore);
  const trusted = new Map<string, Standing>();
  const pending = new Map<string, Visit>();
  const overrides = new Map<string, TrustLevel>();
  for (const id of own) {
    trusted.set(id, { level: 'high', distance: 0 });
    pending.set(id, { id, level: 'high', distance: 0 });
  }
  let level: TrustLevel = 'high';
  for (let current = next(pending); current !== undefined; current = next(pending)) {
    // All who are trusted this much have spoken: if they distrust someone, what follows may be wrong.
    if (current.level !== level && distrusted.size > distrustedBefore.size) break;
    level = current.level;
    for (const [candidate, given] of store.trust.get(current.id) ?? []) {
      if (own.includes(candidate) || distrusted.has(candidate)) continue;
      const overriddenAt = overrides.get(pair(current.id, candidate));
      if (overriddenAt !== undefined && rank(current.level) < rank(overriddenAt)) continue;
      if (given.level === 'distrust') {
        distrusted.add(candidate);
        trusted.delete(candidate);
        continue;
      }
      for (const id of given.overrides) raise(overrides, pair(id, candidate), current.level);
      const effective = least(given.level, current.level);
      const distance = current.distance + distances[effective];
      if (distance > distances.max) continue;
      const there = trusted.get(candidate);
      const nearer = there === undefined || distance < there.distance;
      const higher = there === undefined || rank(effective) > rank(there.level);
      if (!nearer && !higher) continue;
      trusted.set(candidate, {
        level: higher ? effective : there.level,
        distance: nearer ? distance : there.distance,
      });
      pending.set(candidate, { id: candidate, level: effective, distance });
    }
  }
  return { trusted, distrusted };
}

/** Those trusted most come first, of them the nearest. */
function next(pending: Map<string, Visit>): Visit | undefined {
  const [first] = [...pending.values()].sort(
    (a, b) => rank(b.level) - rank(a.level) || a.distance - b.distance || (a.id < b.id ? -1 : 1),
  );
  if (first !== undefined) pending.delete(first.id);
  return first;
}

function reviewOverrides(
  { reviews }: Pick<ProofStore, 'reviews'>,
  trusted: ReadonlyMap<string, Standing>,
): ReadonlySet<string> {
  return new Set(
    [...reviews.values()]
      .flat()
      .filter(({ from }) => trusted.has(from))
      .flatMap((review) =>
        review.overrides
          .filter((id) => rank(trusted.get(id)?.level) < rank(trusted.get(review.from)?.level))
          .map((id) => overrideKey(id, review)),
      ),
  );
}

function overrideKey(from: string, { package: { name, version } }: Review): string {
  return JSON.stringify([from, name, version]);
}

function pair(from: string, to: string): string {
  return `${from} ${to}`;
}

function raise(map: Map<string, TrustLevel>, key: string, level: TrustLevel): void {
  if (rank(level) > rank(map.get(key))) map.set(key, level);
}

function least(a: TrustLevel, b: TrustLevel): TrustLevel {
  return rank(a) < rank(b) ? a : b;
}

function rank(level: TrustLevel | undefined): number {
  return level === undefined ? -1 : trustLevels.indexOf(level);
}
