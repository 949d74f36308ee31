import { compareVersions, parseVersion } from '../../cargo/version.ts';
import type { Level, Review, VersionSpan } from './content.ts';
import { levels } from './content.ts';

/** A problem that reviewers know of in a version. */
export interface OpenIssue {
  /** As they call it: an advisory's id, a link. */
  readonly id: string;
  /** The worst that one of them says. */
  readonly severity: Level;
  /** Sorted. */
  readonly reporters: readonly string[];
  /** The version to move to, where a review says that it mends the problem. */
  readonly mendedIn: string | undefined;
}

/**
 * The problems of a version (crev-wot: `get_open_issues_for_version`). An issue counts from the version it was
 * reported in, an advisory for the versions before the one that mends it; both within their span. An advisory ends
 * the issues of its id that were reported before the version that mends them.
 */
export function openIssues(reviews: readonly Review[], version: string): OpenIssue[] {
  const found = new Map<string, Report[]>();
  const report = (id: string, each: Report) => found.set(id, [...(found.get(id) ?? []), each]);
  const mended = reviews.flatMap((review) => review.advisories.map((advisory) => ({ review, advisory })));
  for (const review of reviews) {
    const at = review.package.version;
    for (const { id, range, severity } of review.issues) {
      const ended = mended.some(
        ({ review: later, advisory }) =>
          advisory.ids.includes(id) &&
          isBefore(at, later.package.version) &&
          inSpan(at, later.package.version, advisory.range) &&
          !isBefore(version, later.package.version),
      );
      if (!ended && !isBefore(version, at) && inSpan(version, at, range))
        report(id, { severity, from: review.from });
    }
    for (const { ids, range, severity } of review.advisories) {
      if (!isBefore(version, at) || !inSpan(version, at, range)) continue;
      for (const id of ids) report(id, { severity, from: review.from, mendedIn: at });
    }
  }
  return [...found].map(([id, reports]) => ({
    id,
    severity: levels[Math.max(...reports.map(({ severity }) => levels.indexOf(severity)))] ?? 'none',
    reporters: [...new Set(reports.map(({ from }) => from))].sort(),
    mendedIn: reports.flatMap(({ mendedIn }) => mendedIn ?? []).sort(compareTexts)[0],
  }));
}

interface Report {
  readonly severity: Level;
  readonly from: string;
  readonly mendedIn?: string;
}

function isBefore(a: string, b: string): boolean {
  return compareTexts(a, b) < 0;
}

function compareTexts(a: string, b: string): number {
  return compareVersions(parseVersion(a), parseVersion(b));
}

function inSpan(a: string, b: string, span: VersionSpan): boolean {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  if (span === 'all') return true;
  return left.major === right.major && (span === 'major' || left.minor === right.minor);
}
