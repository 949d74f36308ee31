import { z } from 'zod';
import type { MaintainersFact } from '../facts/maintainers/fact.ts';
import type { AuditYes } from './audit-yes.ts';

/** What a release can be trusted for, as far as the people behind it go. */
export interface TrustScore {
  /** 0–100, whole. */
  readonly score: number;
  readonly lines: readonly TrustLine[];
}

/** One part of the score. */
export interface TrustLine {
  readonly part: TrustPart;
  /** Points out of `of`; both are shares of 100 and are rounded for people only. */
  readonly points: number;
  readonly of: number;
  readonly known: boolean;
  readonly says: string;
}

export type TrustPart = keyof TrustWeights;

const weight = (value: number, what: string) => z.number().min(0).max(1000).default(value).describe(what);

/** How much each part counts. */
export const trustWeights = z
  .strictObject({
    owners: weight(10, 'How many own the crate.'),
    ownership: weight(15, 'How long they have owned it.'),
    registered: weight(10, 'How long the publisher has been on the registry.'),
    history: weight(25, 'How often the publisher has published this crate before.'),
    'trusted-publishing': weight(10, 'Whether it takes releases from trusted publishers only.'),
    'other-crates': weight(15, 'How used the publisher’s other crates are.'),
    'stable-owners': weight(10, 'How long before the release an owner was last added.'),
    'no-takedowns': weight(5, 'Whether nothing of the publisher’s was taken down as malicious.'),
    audits: weight(15, 'Whether somebody whose audits the policy counts read the release and was content.'),
  })
  .prefault({})
  .meta({ stricter: 'outer' })
  .describe('How much each part of the score counts; see docs/trust-score.md.');

export type TrustWeights = z.output<typeof trustWeights>;

/** What the score is made of. What is absent is not known and gives no points. */
export interface TrustInputs {
  readonly ownerUsers?: number | undefined;
  readonly ownerTeams?: number | undefined;
  /** Milliseconds that each owner had owned the crate when the release came out. */
  readonly ownedFor?: readonly (number | undefined)[] | undefined;
  /** Milliseconds since the last owner was added, when the release came out. */
  readonly ownersUnchangedFor?: number | undefined;
  readonly trustedPublishingOnly?: boolean | undefined;
  readonly trustedPublishing?: boolean | undefined;
  /** What people say who read the release and were content; nobody takes nothing away. */
  readonly audits?: readonly string[] | undefined;
  /** `null`: a trusted publisher's workflow; parts about a person then do not apply. */
  readonly publisher?: PublisherInputs | null | undefined;
}

export interface PublisherInputs {
  /** Milliseconds. */
  readonly registeredFor?: number | undefined;
  readonly earlierReleases?: number | undefined;
  readonly otherCrates?: number | undefined;
  readonly otherDownloads?: number | undefined;
  readonly takedowns?: number | undefined;
}

/** A score that something of the publisher's was taken down as malicious never exceeds. */
const afterTakedown = 10;
/** Spans that give all points. */
const day = 24 * 60 * 60 * 1000;
const fullOwnership = 730 * day;
const fullRegistration = 1095 * day;
const fullStability = 90 * day;
const fullHistory = 5;
/** Downloads of a publisher's other crates that give all points; their number of digits counts. */
const fullDownloads = 1e8;

/** The score that a maintainers fact gives, with what counted audits say in favour. */
export function trustOf(
  fact: MaintainersFact,
  yes: readonly Pick<AuditYes, 'says'>[],
  weights: TrustWeights,
  now: number,
): TrustScore {
  const audits = yes.map(({ says }) => says);
  return trustScore(trustInputs(fact, now, audits), weights);
}

/** A line of the score in words, without its part. */
export function sayTrustLine({ points, of, says }: Pick<TrustLine, 'points' | 'of' | 'says'>): string {
  return `${Math.round(points)} of ${Math.round(of)}: ${says}`;
}

/** The inputs that a maintainers fact gives. */
export function trustInputs(fact: MaintainersFact, now: number, audits: readonly string[] = []): TrustInputs {
  const at = fact.published ?? now;
  const span = (since: number | undefined) => (since === undefined ? undefined : at - since);
  // An owner added after the release did not stand behind it.
  const owners = fact.owners.filter(({ since }) => since === undefined || since <= at);
  const added = owners.map(({ since }) => since);
  const last = added.includes(undefined) ? undefined : Math.max(...added.map((since) => since ?? 0));
  const { publisher } = fact;
  return {
    ownerUsers: owners.filter(({ kind }) => kind === 'user').length,
    ownerTeams: owners.filter(({ kind }) => kind === 'team').length,
    ownedFor: owners.map(({ since }) => span(since)),
    ownersUnchangedFor: owners.length === 0 ? undefined : span(last),
    trustedPublishingOnly: fact.trustedPublishingOnly,
    trustedPublishing: fact.trustedPublishing,
    audits,
    publisher:
      publisher === undefined || publisher === null
        ? publisher
        : {
            registeredFor: span(publisher.registered),
            earlierReleases: publisher.earlierReleases,
            otherCrates: publisher.otherCrates,
            otherDownloads: publisher.otherDownloads,
            takedowns: publisher.takedowns,
          },
  };
}

/**
 * The score: of every part a grade between 0 and 1, weighed. More of anything good never lowers it, more of anything
 * bad never raises it, and what is not known counts as the worst.
 */
export function trustScore(inputs: TrustInputs, weights: TrustWeights): TrustScore {
  const graded = grades(inputs).filter((line) => line.grade !== 'does not apply');
  const total = graded.reduce((sum, { part }) => sum + weights[part], 0);
  const lines = graded.map(({ part, grade, says }): TrustLine => {
    const of = total === 0 ? 0 : (100 * weights[part]) / total;
    const known = typeof grade === 'number';
    return { part, points: known ? of * grade : 0, of, known, says: known ? says : `${says}: no points` };
  });
  const sum = lines.reduce((points, line) => points + line.points, 0);
  const takedowns = number(inputs.publisher?.takedowns) ?? 0;
  const capped = takedowns > 0 ? Math.min(sum, afterTakedown) : sum;
  return { score: Math.min(100, Math.max(0, Math.round(capped))), lines };
}

type Grade = number | undefined | 'does not apply';
interface GradedPart {
  readonly part: TrustPart;
  readonly grade: Grade;
  readonly says: string;
}

function grades(inputs: TrustInputs): readonly GradedPart[] {
  const { publisher } = inputs;
  const ofPerson = (grade: (person: PublisherInputs) => Grade): Grade =>
    publisher === null ? 'does not apply' : publisher === undefined ? undefined : grade(publisher);
  return [
    ownersPart(inputs),
    ownershipPart(inputs),
    {
      part: 'registered',
      grade: ofPerson(({ registeredFor }) => share(registeredFor, fullRegistration)),
      says: `the publisher’s time on the registry: ${sayDays(publisher?.registeredFor)}`,
    },
    {
      part: 'history',
      grade: ofPerson(({ earlierReleases }) => share(earlierReleases, fullHistory)),
      says: `releases of this crate that the publisher published before: ${sayCount(publisher?.earlierReleases)}`,
    },
    trustedPublishingPart(inputs),
    {
      part: 'other-crates',
      grade: ofPerson(otherCrates),
      says:
        `other crates of the publisher: ${sayCount(publisher?.otherCrates)}, ` +
        `downloads of those: ${sayCount(publisher?.otherDownloads)}`,
    },
    {
      part: 'stable-owners',
      grade: share(inputs.ownersUnchangedFor, fullStability),
      says: `time since an owner was last added: ${sayDays(inputs.ownersUnchangedFor)}`,
    },
    {
      part: 'no-takedowns',
      grade: ofPerson(({ takedowns }) => {
        const count = number(takedowns);
        return count === undefined ? undefined : count > 0 ? 0 : 1;
      }),
      says: `crates of the publisher taken down as malicious: ${sayCount(publisher?.takedowns)}`,
    },
    auditsPart(inputs),
  ];
}

/** All points or none of this part: a grade in between could lower a score that is better than it. */
function auditsPart({ audits = [] }: TrustInputs): GradedPart {
  return { part: 'audits', grade: audits.length === 0 ? 'does not apply' : 1, says: audits.join(' ') };
}

function ownersPart({ ownerUsers, ownerTeams }: TrustInputs): GradedPart {
  const users = number(ownerUsers);
  const teams = number(ownerTeams);
  // A team is several people, and outlives each of them.
  const grade = users === undefined || teams === undefined ? undefined : share(users + 2 * teams, 3);
  return {
    part: 'owners',
    grade,
    says: `owners: ${sayCount(users)} of them users, ${sayCount(teams)} teams`,
  };
}

function ownershipPart({ ownedFor }: TrustInputs): GradedPart {
  const shares = ownedFor?.map((span) => share(span, fullOwnership));
  const sum = shares?.reduce<number>((total, one) => total + (one ?? 0), 0) ?? 0;
  const isKnown = shares !== undefined && shares.length > 0 && shares.some((one) => one !== undefined);
  return {
    part: 'ownership',
    grade: isKnown ? sum / shares.length : undefined,
    says: `owned for: ${ownedFor === undefined || ownedFor.length === 0 ? 'not known' : ownedFor.map(sayDays).join(', ')}`,
  };
}

function trustedPublishingPart({ trustedPublishingOnly, trustedPublishing }: TrustInputs): GradedPart {
  const isKnown = trustedPublishingOnly !== undefined || trustedPublishing !== undefined;
  const says =
    trustedPublishingOnly === true
      ? 'it takes releases from trusted publishers only'
      : trustedPublishing === true
        ? 'this release came from a trusted publisher; others need not'
        : isKnown
          ? 'releases need no trusted publisher'
          : 'whether releases need a trusted publisher: not known';
  const grade = trustedPublishingOnly === true ? 1 : trustedPublishing === true ? 0.6 : 0;
  return { part: 'trusted-publishing', grade: isKnown ? grade : undefined, says };
}

function otherCrates({ otherCrates: count, otherDownloads }: PublisherInputs): Grade {
  const downloads = number(otherDownloads);
  const crates = number(count);
  if (downloads === undefined || crates === undefined) return undefined;
  const used = Math.log10(1 + downloads) / Math.log10(1 + fullDownloads);
  return 0.2 * Math.min(1, crates / 5) + 0.8 * Math.min(1, used);
}

/** A part of a full measure, between 0 and 1; `undefined` for what is no number. */
function share(value: number | undefined, full: number): number | undefined {
  const count = number(value);
  return count === undefined ? undefined : Math.min(1, count / full);
}

/** A number from 0; what is below counts as 0, and what is none as not known. */
function number(value: number | undefined): number | undefined {
  return value === undefined || Number.isNaN(value) ? undefined : Math.max(0, value);
}

function sayCount(value: number | undefined): string {
  const count = number(value);
  return count === undefined ? 'not known' : count.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

function sayDays(value: number | undefined): string {
  const span = number(value);
  return span === undefined ? 'not known' : `${Math.floor(span / day).toLocaleString('en-US')} days`;
}
