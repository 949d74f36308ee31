import { parseIndexLine } from '../cargo/index-entry.ts';
import { comparePrecedence, parseVersion, type Version } from '../cargo/version.ts';
import { ageFact } from '../facts/age.ts';
import type { ArchiveFact } from '../facts/archive.ts';
import { blocksFact } from '../facts/blocks.ts';
import { breakGlassFact } from '../facts/break-glass.ts';
import { known, unknown } from '../facts/fact.ts';
import { lineFact } from '../facts/line.ts';
import type { Facts } from '../facts/map.ts';
import { yanksFact } from '../facts/yanks.ts';
import { judge } from '../policy/judge.ts';
import type { Policy } from '../policy/policy.ts';
import type { Context } from '../policy/rule.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { BlockRecord, BreakGlassRecord, ReleaseRecord, ReleaseState } from '../store/records.ts';
import type { Observed } from './reconcile.ts';

/** What the mirror knows of a whole crate, as far as the judgement of one of its releases needs it. */
export interface CrateCircumstances {
  readonly firstSeen: number;
  readonly releases: readonly Observed[];
  readonly previous: ReadonlyMap<string, ReleaseRecord>;
  readonly blocks: readonly BlockRecord[];
  readonly breakGlass: readonly BreakGlassRecord[];
}

/** How long until bytes that could not be had, or were wrong, are asked for again. */
export const retryAfter = 10 * 60_000;

/** Yanks that the judgement of one release is told of. */
const maxYanks = 100;

/** Judges every release of a crate at `now` and gives each its state. Pure: the same input gives the same records. */
export function assessCrate(
  circumstances: CrateCircumstances,
  present: ReadonlySet<string>,
  policy: Policy,
  now: number,
): readonly ReleaseRecord[] {
  const shared = sharedFacts(circumstances);
  return circumstances.releases.map((release) => {
    const archive = release.archive === null ? undefined : (JSON.parse(release.archive) as ArchiveFact);
    const facts = gather(release, archive, circumstances, shared, now);
    const subject = {
      registry: release.registry,
      crate: shared.name,
      version: release.version,
      checksum: release.checksum,
    };
    const verdict = judge(policy, { context: contextOf(release), subject, facts, now });
    const state = present.has(release.version) ? stateOf(verdict) : 'withdrawn';
    const before = circumstances.previous.get(release.version);
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

/**
 * The back catalogue is judged by its index line until somebody asks for the bytes; a release that appeared later is
 * judged whole or not at all, so that without its bytes it stays held.
 */
function contextOf(release: Observed): Context {
  return release.arrival === 'new' || release.archive !== null ? 'release' : 'index';
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

interface SharedFacts {
  /** As the index spells it. */
  readonly name: string;
  readonly cratePublished: number | undefined;
  /** Newest first; of one moment, the oldest version first. */
  readonly yanks: readonly { readonly version: Version; readonly at: number }[];
  /** By version without build metadata: the first release that has it. */
  readonly firstOfVersion: ReadonlyMap<string, string>;
}

function sharedFacts({ releases, previous }: CrateCircumstances): SharedFacts {
  let cratePublished: number | undefined;
  const yanks: { version: Version; at: number }[] = [];
  const firstOfVersion = new Map<string, string>();
  for (const release of releases) {
    if (release.arrival === 'back-catalogue' && release.published !== null) {
      cratePublished = Math.min(cratePublished ?? Number.POSITIVE_INFINITY, release.published);
    }
    const wasServed = previous.get(release.version)?.state === 'promoted';
    if (release.yankedAt !== null && wasServed)
      yanks.push({ version: parseVersion(release.version), at: release.yankedAt });
    const bare = withoutBuild(release.version);
    if (!firstOfVersion.has(bare)) firstOfVersion.set(bare, release.version);
  }
  yanks.sort((a, b) => b.at - a.at || comparePrecedence(a.version, b.version));
  return { name: crateName(releases), cratePublished, yanks, firstOfVersion };
}

function gather(
  release: Observed,
  archive: ArchiveFact | undefined,
  { firstSeen, blocks, breakGlass }: CrateCircumstances,
  shared: SharedFacts,
  now: number,
): Facts {
  const twin = shared.firstOfVersion.get(withoutBuild(release.version));
  return {
    age: ageFact(
      {
        published: release.published ?? undefined,
        firstSeen: release.firstSeen,
        arrival: release.arrival,
        dependenciesChangedAt: release.dependenciesChangedAt ?? undefined,
        crateFirstSeen: firstSeen,
        cratePublished: shared.cratePublished,
      },
      now,
    ),
    line: lineFact(
      {
        recordedChecksum: release.checksum,
        checksum: release.lineChecksum,
        dependenciesChangedAt: release.dependenciesChangedAt ?? undefined,
        sameVersionAs: twin === release.version ? undefined : twin,
      },
      now,
    ),
    blocks: blocksFact(
      release.version,
      blocks.map((block) => ({ ...block, version: block.version ?? undefined })),
      now,
    ),
    breakGlass: breakGlassFact(
      breakGlass.filter((request) => request.version === release.version),
      now,
    ),
    yanks: yanksFact(
      {
        seen: yanksOfOlder(release.version, shared.yanks),
        appearedAt: release.arrival === 'new' ? release.firstSeen : release.published,
      },
      now,
    ),
    archive:
      archive === undefined
        ? unknown('it has not been fetched yet', 'archive', now)
        : known(archive, 'archive', now),
  };
}

/** The newest yanks of older releases: enough to see a burst, and few enough for a crate of thousands of releases. */
function yanksOfOlder(version: string, yanks: SharedFacts['yanks']): { version: string; at: number }[] {
  const older: { version: string; at: number }[] = [];
  if (yanks.length === 0) return older;
  const own = parseVersion(version);
  for (const yank of yanks) {
    if (comparePrecedence(yank.version, own) < 0) older.push({ version: yank.version.text, at: yank.at });
    if (older.length === maxYanks) break;
  }
  return older;
}

/** A crate's name as its index lines spell it; its key is the same in lower case. */
export function crateName(releases: readonly Pick<Observed, 'line' | 'key'>[]): string {
  const first = releases[0];
  return first === undefined ? '' : parseIndexLine(first.line).name;
}

function withoutBuild(version: string): string {
  const plus = version.indexOf('+');
  return plus === -1 ? version : version.slice(0, plus);
}
