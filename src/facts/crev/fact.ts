import { tryParseVersion } from '../../cargo/version.ts';
import { type Fact, known, unknown } from '../fact.ts';
import type { Level, Rating, Review, TrustLevel } from './content.ts';
import { type OpenIssue, openIssues } from './issues.ts';
import type { ProofStore } from './proofs.ts';
import { atLeast, type Standing, type WebOfTrust } from './web-of-trust.ts';

/** What the reviewers that one trusts say of one release. */
export interface CrevFact {
  /** By reviewers within the web of trust; the most trusted and nearest first. */
  readonly reviews: readonly CrevReview[];
  /** Problems that they know of in it, told of it or of another version. */
  readonly issues: readonly CrevIssue[];
  /** Whether one of them calls the crate unmaintained. */
  readonly unmaintained: boolean;
  /** Reviews of it by people outside: anybody can write one, so they count for nothing. */
  readonly strangers: number;
  /** Why a configured source has no say in this, one clause each; absent when all of them have. */
  readonly missing?: readonly string[];
}

export interface CrevReview extends Standing {
  /** The reviewer's id. */
  readonly reviewer: string;
  readonly url?: string;
  readonly date: string;
  readonly rating: Rating;
  readonly thoroughness: Level;
  readonly understanding: Level;
  /** Whether they looked at what the archive holds. */
  readonly contents: 'same' | 'other' | 'unchecked';
  /** Only the difference to this version was looked at … */
  readonly base?: string;
  /** … and whether someone in the web of trust was content with that one. */
  readonly baseReviewed?: boolean;
  /** The program that did it, if no person did. */
  readonly agent?: string;
  readonly comment?: string;
}

export interface CrevIssue extends Omit<OpenIssue, 'mendedIn' | 'reporters'> {
  readonly mendedIn?: string;
  readonly reporters: readonly { readonly reviewer: string; readonly level: TrustLevel }[];
}

/**
 * The crev fact of one release. `digest` is `contentDigest` of its archive; `undefined` before that is in hand. A
 * reviewer who is trusted less than `low` counts as a stranger.
 */
export function crevFact(
  store: ProofStore,
  web: WebOfTrust,
  release: { readonly crate: string; readonly version: string; readonly digest?: string | undefined },
  at: number,
): Fact<CrevFact> {
  if (tryParseVersion(release.version) === undefined)
    return unknown('its version cannot be read', 'crev', at);
  const all = (store.reviews.get(release.crate) ?? []).filter((review) => !web.isOverridden(review));
  const counted = all.filter(({ from }) => standing(web, from) !== undefined);
  const ofVersion = (reviews: readonly Review[]) =>
    reviews.filter((review) => review.package.version === release.version);
  const reviews = ofVersion(counted)
    .filter(saysSomething)
    .map((review) => describe(review, counted, web, release.digest))
    .sort(mostTrustedFirst);
  const issues = openIssues(counted, release.version).map(
    ({ id, severity, reporters, mendedIn }): CrevIssue => ({
      id,
      severity,
      reporters: reporters.map((reviewer) => ({
        reviewer,
        level: standing(web, reviewer)?.level ?? 'none',
      })),
      ...(mendedIn === undefined ? {} : { mendedIn }),
    }),
  );
  const strangers = ofVersion(all).length - ofVersion(counted).length;
  const unmaintained = latestFlags(counted).includes(true);
  return known({ reviews, issues, unmaintained, strangers }, 'crev', at);
}

function describe(
  review: Review,
  counted: readonly Review[],
  web: WebOfTrust,
  digest: string | undefined,
): CrevReview {
  const { from, url, rating, thoroughness, understanding, base, agent, comment } = review;
  const { level, distance } = standing(web, from) ?? { level: 'none', distance: 0 };
  return {
    reviewer: from,
    ...(url === undefined ? {} : { url }),
    level,
    distance,
    date: new Date(review.date).toISOString(),
    rating,
    thoroughness,
    understanding,
    contents: digest === undefined ? 'unchecked' : digest === review.digest ? 'same' : 'other',
    ...(base === undefined ? {} : { base: base.version, baseReviewed: isReviewed(base.version, counted) }),
    ...(agent === undefined ? {} : { agent }),
    ...(comment === '' ? {} : { comment }),
  };
}

/** Whether someone was content with the whole of a version, be it step by step. */
function isReviewed(
  version: string,
  counted: readonly Review[],
  seen: ReadonlySet<string> = new Set(),
): boolean {
  if (seen.has(version)) return false;
  const below = new Set([...seen, version]);
  return counted.some(
    ({ package: of, rating, base }) =>
      of.version === version &&
      (rating === 'positive' || rating === 'strong') &&
      (base === undefined || isReviewed(base.version, counted, below)),
  );
}

/** A proof that only reports a problem rates nothing. */
function saysSomething({ rating, thoroughness, understanding }: Review): boolean {
  return rating !== 'neutral' || thoroughness !== 'none' || understanding !== 'none';
}

/** Flags are about the crate: of each author the last word counts, whatever version it was said of. */
function latestFlags(reviews: readonly Review[]): boolean[] {
  const latest = new Map<string, Review>();
  for (const review of reviews) {
    const there = latest.get(review.from);
    if (there === undefined || there.date < review.date) latest.set(review.from, review);
  }
  return [...latest.values()].map(({ unmaintained }) => unmaintained);
}

function standing(web: WebOfTrust, id: string): Standing | undefined {
  const found = web.trusted.get(id);
  return found !== undefined && atLeast(found.level, 'low') ? found : undefined;
}

function mostTrustedFirst(a: CrevReview, b: CrevReview): number {
  if (a.level !== b.level) return atLeast(a.level, b.level) ? -1 : 1;
  return a.distance - b.distance || (a.reviewer < b.reviewer ? -1 : 1);
}
