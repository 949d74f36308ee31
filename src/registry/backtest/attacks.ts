import { crateKey } from '../../cargo/index-path.ts';
import { comparePrecedence, parseVersion, tryParseVersion, type Version } from '../../cargo/version.ts';
import { defaultSource } from '../../facts/advisories/advisory.ts';
import { type Entry, kindOf } from '../../facts/advisories/database.ts';
import { isAffected } from '../../facts/advisories/range.ts';
import type { Policy } from '../../policy/policy.ts';
import { type CrateFeed, type CratePast, type Dated, factsOfPast } from './past.ts';
import { type Replay, replay } from './replay.ts';

/** A malicious release that an advisory tells of, with no more about it than its author could not avoid. */
export interface Attack {
  readonly advisory: string;
  readonly crate: string;
  /** `new-release`: of a crate that was there before, with sound releases. */
  readonly kind: 'new-crate' | 'new-release';
  readonly release: Dated;
  /** The crate on that day: the releases that the advisory does not mean, and this one. */
  readonly past: CratePast;
}

/** Advisories that tell of an attack on crates.io; each of them is one. */
export function tellsOfAttack({ advisory, kind }: Entry): boolean {
  return kind === 'malicious' && advisory.collection === 'crates' && advisory.source === defaultSource;
}

/**
 * Makes the attack of an advisory again, as a release that comes out on the day of the advisory: when the real one came
 * out, few advisories tell, and its bytes are gone. What says that it is malicious is left out, as if nobody had found
 * out, so that the other rules answer alone.
 */
export function attackOf(
  { advisory, ranges }: Entry,
  past: CratePast,
  published = Date.parse(advisory.date),
): Attack {
  const sound = past.releases.filter(
    (release) => release.published < published && !isAffected(ranges, parseVersion(release.version)),
  );
  const version = affectedVersion(sound, ranges);
  const release = releaseOf(advisory.package, version, published, sound.length);
  return {
    advisory: advisory.id,
    crate: advisory.package,
    kind: sound.length === 0 ? 'new-crate' : 'new-release',
    release,
    past: { ...past, releases: [...sound, release], advisories: past.advisories.map(withoutMalicious) },
  };
}

/** Judges an attack at its publication, and again whenever a hold ends: until it gets in, or never would. */
export function replayAttack({ past, release }: Attack, policy: Policy): Replay {
  const facts = factsOfPast(past);
  return replay(policy, (now) => facts(release, now), release.published, Number.POSITIVE_INFINITY);
}

function withoutMalicious(feed: CrateFeed): CrateFeed {
  return { ...feed, advisories: feed.advisories.filter((advisory) => kindOf(advisory) !== 'malicious') };
}

/** What an attacker would take: the least new version, as the advisory has it. */
function affectedVersion(sound: readonly Dated[], ranges: Entry['ranges']): string {
  const newest = sound
    .map(({ version }) => parseVersion(version))
    .sort(comparePrecedence)
    .at(-1);
  const candidates = newest === undefined ? ['1.0.0', '0.1.0'] : nextOf(newest);
  const starts = ranges.flatMap(({ from }) => (from === undefined ? [] : [from.text]));
  const affected = [...candidates, ...starts].find((text) => {
    const version = tryParseVersion(text);
    return version !== undefined && isAffected(ranges, version);
  });
  return affected ?? candidates[0] ?? '1.0.0';
}

function nextOf(version: Version): readonly string[] {
  const { major, minor, patch } = version;
  return [`${major}.${minor}.${patch + 1n}`, `${major}.${minor + 1n}.0`, `${major + 1n}.0.0`];
}

function releaseOf(name: string, version: string, published: number, position: number): Dated {
  const checksum = '0'.repeat(64);
  const pubtime = new Date(published).toISOString();
  return {
    registry: defaultSource,
    key: crateKey(name),
    version,
    position,
    line: JSON.stringify({
      name,
      vers: version,
      deps: [],
      cksum: checksum,
      features: {},
      yanked: false,
      pubtime,
    }),
    checksum,
    lineChecksum: checksum,
    published,
    firstSeen: published,
    arrival: 'new',
    dependenciesChangedAt: null,
    yanked: false,
    yankedAt: null,
    judged: 'index',
    archive: null,
    unread: null,
  };
}
