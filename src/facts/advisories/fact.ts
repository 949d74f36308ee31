import { canonicalName } from '../../cargo/index-path.ts';
import { type Fact, known, unknown } from '../fact.ts';
import { type FeedState, feedText, whyMissing } from '../feed/reading.ts';
import type { ReleaseSubject } from '../subject.ts';
import type { AdvisoryKind, Severity } from './advisory.ts';
import { scoreOf } from './cvss.ts';
import { advisoriesOf, type Match, type MatchOptions } from './database.ts';
import type { AdvisoryFeed } from './load.ts';
import { sayVersions } from './say.ts';

/** The advisories that a release is affected by. */
export interface AdvisoriesFact {
  /** In the order of their ids. */
  readonly matches: readonly AdvisoryMatch[];
  /** Why a configured feed has no say in this, one clause each; empty when all of them have. */
  readonly missing: readonly string[];
  /** Advisories about the crate that cannot be read, one clause each. */
  readonly unread?: readonly string[];
}

/** One advisory, without the prose that a verdict does not need. */
export interface AdvisoryMatch {
  readonly id: string;
  readonly kind: AdvisoryKind;
  readonly title: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** Where to read it; may be empty. */
  readonly url: string;
  readonly aliases: readonly string[];
  readonly categories: readonly string[];
  /** The word of an informational advisory, whatever its feed calls it. */
  readonly informational?: string;
  /** The CVSS score, where there is a vector that can be read. */
  readonly score?: number;
  /** By the score; else the feed's own word. */
  readonly severity?: Severity;
  /** Releases that fix it, for people: `1.2.3 or later`. Absent when none does. */
  readonly fixed?: string;
  /** Releases that never had it, for people. */
  readonly unaffected?: string;
  readonly patchedVersions: readonly string[];
  readonly unaffectedVersions: readonly string[];
  /** Platforms that alone are affected, if it names any. */
  readonly platforms: { readonly arch: readonly string[]; readonly os: readonly string[] };
  readonly functions: readonly string[];
  /** Why it cannot matter in the graph that names the release, as a clause; only the gate knows of one. */
  readonly ruledOut?: string;
}

/** The reason of the fact where nobody named a feed. Rules tell it from a feed that cannot be had. */
export const notConfigured = 'no advisory database is configured';

/**
 * The advisories fact of one release. `unknown` where no feed is configured and where none could be read; one that
 * is missing among others is named, and hides nothing that the others say. `at` dates an unknown fact.
 */
export function advisoriesFact(
  subject: Pick<ReleaseSubject, 'crate' | 'version'>,
  all: readonly FeedState<AdvisoryFeed>[],
  at: number,
  options: MatchOptions = {},
): Fact<AdvisoriesFact> {
  // The one that is taken where nobody named any may never come: where it was not read yet, it is as if there were none.
  // One that is about distributions alone says nothing of crates.
  const configured = all.filter(({ feed, isDefault }) =>
    feed === undefined
      ? isDefault !== true
      : feed.packages.length === 0 || feed.database.advisories.length > 0,
  );
  if (configured.length === 0) return unknown(notConfigured, 'advisories', at);
  const feeds = configured.flatMap(({ feed }) => feed ?? []);
  const missing = configured
    .filter(({ feed }) => feed === undefined)
    .map((state) => whyMissing(state, 'advisories'));
  if (feeds.length === 0) return unknown(missing.join('; '), 'advisories', at);
  const matches = new Map<string, AdvisoryMatch>();
  for (const { database } of feeds) {
    for (const match of advisoriesOf(database, subject.crate, subject.version, options)) {
      if (!matches.has(match.advisory.id)) matches.set(match.advisory.id, advisoryMatch(match));
    }
  }
  const sorted = [...matches.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const key = canonicalName(subject.crate);
  const unread = feeds.flatMap(({ problems }) =>
    problems
      .filter(({ crates = [] }) => crates.some((crate) => canonicalName(crate) === key))
      .map(({ path, reason }) => `${path}: ${reason}`),
  );
  const readAt = Math.min(...feeds.map(({ provenance }) => Date.parse(provenance.readAt)));
  return known(
    { matches: sorted, missing, ...(unread.length === 0 ? {} : { unread }) },
    feeds.map(feedText).join(', '),
    readAt,
  );
}

/** What a verdict needs of a match. */
export function advisoryMatch({ advisory, kind }: Match): AdvisoryMatch {
  const { patched, unaffected } = advisory.versions;
  const score = advisory.cvss === undefined ? undefined : scoreOf(advisory.cvss);
  const severity = score?.severity ?? advisory.severity;
  return {
    id: advisory.id,
    kind,
    title: advisory.title,
    date: advisory.date,
    url: advisory.url,
    aliases: advisory.aliases,
    categories: advisory.categories,
    ...(advisory.informational === undefined ? {} : { informational: advisory.informational }),
    ...(score === undefined ? {} : { score: score.score }),
    ...(severity === undefined ? {} : { severity }),
    ...(patched.length === 0 ? {} : { fixed: sayVersions(patched) }),
    ...(unaffected.length === 0 ? {} : { unaffected: sayVersions(unaffected) }),
    patchedVersions: patched,
    unaffectedVersions: unaffected,
    platforms: { arch: advisory.platforms.arch, os: advisory.platforms.os },
    functions: Object.keys(advisory.platforms.functions),
  };
}
