import { parseIndexLine } from '../../cargo/index-entry.ts';
import { canonicalName } from '../../cargo/index-path.ts';
import { comparePrecedence, parseVersion, type Version } from '../../cargo/version.ts';
import { advisoriesFact } from '../../facts/advisories/fact.ts';
import { ageFact, soundPublished } from '../../facts/age.ts';
import type { ArchiveFact } from '../../facts/archive.ts';
import { contentsFact } from '../../facts/archive-contents/contents.ts';
import { blocksFact } from '../../facts/blocks.ts';
import { breakGlassFact } from '../../facts/break-glass.ts';
import { codeFact } from '../../facts/code.ts';
import { proofsFact } from '../../facts/crev/gathered.ts';
import { type Fact, known, unknown } from '../../facts/fact.ts';
import { firstPartyFact } from '../../facts/first-party.ts';
import { type HistoryFact, historyFacts } from '../../facts/history.ts';
import { licenseFact } from '../../facts/license/release.ts';
import { lineFact } from '../../facts/line.ts';
import { maintainersFact } from '../../facts/maintainers/gather.ts';
import type { Facts } from '../../facts/map.ts';
import { type PopularityFact, popularityFact } from '../../facts/popularity/fact.ts';
import { stdFact } from '../../facts/std.ts';
import { type TyposquatFact, typosquatFact } from '../../facts/typosquat/fact.ts';
import { auditsFact } from '../../facts/vet/imported.ts';
import { yanksFact } from '../../facts/yanks.ts';
import type { Context, EngineInput } from '../../policy/rule.ts';
import type { BlockRecord, BreakGlassRecord, ReleaseRecord } from '../../store/records.ts';
import type { ArchiveReading } from './bytes.ts';
import type { Knowledge } from './knowledge.ts';
import type { Observed } from './reconcile.ts';

/** What the mirror knows of a whole crate, as far as the judgement of one of its releases needs it. */
export interface CrateCircumstances {
  /** As the index spells it. */
  readonly name: string;
  readonly firstSeen: number;
  readonly releases: readonly Outline[];
  /** What became of each release before. */
  readonly previous: ReadonlyMap<string, Pick<ReleaseRecord, 'state'>>;
  readonly blocks: readonly BlockRecord[];
  readonly breakGlass: readonly BreakGlassRecord[];
  readonly knowledge: Knowledge;
}

/** A release without its index line: by far the longest part of it, and no fact is made of it. */
export type Outline = Omit<Observed, 'line'>;

/** What the engine is asked about one release. */
export interface Gathered {
  readonly input: EngineInput;
  /** What was read of its bytes, if they were here. */
  readonly archive: ArchiveFact | undefined;
}

/** Yanks that the judgement of one release is told of. */
const maxYanks = 100;

/** Gathers the facts of a crate's releases; what they share is worked out once. Pure. */
export function gatherer(circumstances: CrateCircumstances, now: number): (release: Outline) => Gathered {
  const shared = sharedFacts(circumstances, now);
  return (release) => {
    const reading = shared.readings.get(release.version)?.reading;
    const { registry, version, checksum } = release;
    const subject = { registry, crate: shared.name, version, checksum };
    const facts = factsOf(release, reading, circumstances, shared, now);
    return { input: { context: contextOf(release), subject, facts, now }, archive: reading?.archive };
  };
}

/**
 * The back catalogue is judged by its index line until somebody asks for the bytes; a release that appeared later is
 * judged whole or not at all, so that without its bytes it stays held.
 */
function contextOf(release: Outline): Context {
  return release.arrival === 'new' || release.archive !== null ? 'release' : 'index';
}

interface SharedFacts {
  /** As the index spells it. */
  readonly name: string;
  readonly cratePublished: number | undefined;
  /** Newest first; of one moment, the oldest version first. */
  readonly yanks: readonly { readonly version: Version; readonly at: number }[];
  /** By version without build metadata: the first release that has it. */
  readonly firstOfVersion: ReadonlyMap<string, string>;
  readonly popularity: Fact<PopularityFact>;
  readonly typosquat: Fact<TyposquatFact>;
  readonly history: (version: string) => Fact<HistoryFact>;
  /** What was read of the bytes of those releases whose bytes were here, newest version first. */
  readonly readings: ReadonlyMap<string, { readonly version: Version; readonly reading: ArchiveReading }>;
}

function sharedFacts(
  { name, releases, previous, firstSeen, knowledge }: CrateCircumstances,
  now: number,
): SharedFacts {
  let cratePublished: number | undefined;
  const yanks: { version: Version; at: number }[] = [];
  const firstOfVersion = new Map<string, string>();
  for (const release of releases) {
    const published = soundPublished(release.published, release.firstSeen) ?? null;
    // What was there before the name was registered anew was of another crate.
    if (release.arrival === 'back-catalogue' && published !== null && release.firstSeen >= firstSeen) {
      cratePublished = Math.min(cratePublished ?? Number.POSITIVE_INFINITY, published);
    }
    const wasServed = previous.get(release.version)?.state === 'promoted';
    if (release.yankedAt !== null && wasServed)
      yanks.push({ version: parseVersion(release.version), at: release.yankedAt });
    const bare = withoutBuild(release.version);
    if (!firstOfVersion.has(bare)) firstOfVersion.set(bare, release.version);
  }
  yanks.sort((a, b) => b.at - a.at || comparePrecedence(a.version, b.version));
  const { names, source, at } = knowledge.namespace;
  const { use, created, ownedAlongside } = knowledge.people;
  const popularity = popularityFact(name, use);
  const suspect = {
    name,
    uses: popularity.kind === 'known' ? popularity.value.uses : undefined,
    created: cratePublished ?? created ?? firstSeen,
    sharesOwnerWith: (crate: string) => ownedAlongside.has(canonicalName(crate)),
  };
  const typosquat = typosquatFact(names, suspect, source, at);
  const history = historyFacts(releases.map(soundlyDated), now);
  return {
    name,
    cratePublished,
    yanks,
    firstOfVersion,
    popularity,
    typosquat,
    history,
    readings: readingsOf(releases),
  };
}

function soundlyDated(release: Outline): { readonly version: string; readonly published: number | null } {
  return {
    version: release.version,
    published: soundPublished(release.published, release.firstSeen) ?? null,
  };
}

function factsOf(
  release: Outline,
  reading: ArchiveReading | undefined,
  { firstSeen, blocks, breakGlass, knowledge }: CrateCircumstances,
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
        appearedAt: release.arrival === 'new' ? release.firstSeen : soundlyDated(release).published,
      },
      now,
    ),
    history: shared.history(release.version),
    advisories: advisoriesFact({ crate: shared.name, version: release.version }, knowledge.advisories, now),
    typosquat: shared.typosquat,
    popularity: shared.popularity,
    firstParty: firstPartyFact({ registry: release.registry, crate: shared.name }, knowledge.firstParty, now),
    maintainers: maintainersFact(knowledge.people.maintainers, release.version, now),
    ...factsOfReviewers(release, reading, knowledge, shared, now),
    ...factsOfArchive(release, reading, shared, now),
  };
}

/** What people say who read the code. Another registry's crate of the same name is not what they read. */
function factsOfReviewers(
  { registry, version }: Outline,
  reading: ArchiveReading | undefined,
  { audits, proofs, cratesIo }: Knowledge,
  { name }: SharedFacts,
  now: number,
): Pick<Facts, 'vet' | 'crev'> {
  if (registry !== cratesIo) {
    const reason = `audits are of crates that come from ${cratesIo}`;
    return { vet: unknown(reason, 'cargo-vet', now), crev: unknown(reason, 'crev', now) };
  }
  const release = { crate: name, version };
  return {
    vet: auditsFact(audits, release, now),
    crev: proofsFact(proofs, { ...release, digest: reading?.contentDigest }, now),
  };
}

/** What the bytes say, or that they are not here yet. */
function factsOfArchive(
  release: Outline,
  reading: ArchiveReading | undefined,
  shared: SharedFacts,
  now: number,
): Pick<Facts, 'archive' | 'license' | 'contents' | 'std' | 'code'> {
  const { archive, license, contents, std, code } = reading ?? {};
  const none = unknown('it has not been fetched yet', 'archive', now);
  const unasked = unknown('its archive was read before this was looked at', 'archive', now);
  const unreadable = archive === undefined ? none : unknown('its archive does not read', 'archive', now);
  return {
    archive: archive === undefined ? none : known(archive, 'archive', now),
    license: license === undefined ? unreadable : licenseFact(license, now),
    contents:
      contents === undefined
        ? unreadable
        : contentsFact(contents, previous('contents', release, shared.readings), now),
    std: std === undefined ? (contents === undefined ? unreadable : unasked) : stdFact(std, 'archive', now),
    code:
      code === undefined
        ? contents === undefined
          ? unreadable
          : unasked
        : codeFact(code, previous('code', release, shared.readings), now),
  };
}

function readingsOf(releases: readonly Outline[]): SharedFacts['readings'] {
  const read = releases.flatMap(({ version, archive }) =>
    archive === null
      ? []
      : [{ version: parseVersion(version), reading: JSON.parse(archive) as ArchiveReading }],
  );
  read.sort((a, b) => comparePrecedence(b.version, a.version));
  return new Map(read.map((one) => [one.version.text, one]));
}

/** What was read of the newest release before it, of those of which that was read. */
function previous<Name extends 'contents' | 'code'>(
  name: Name,
  release: Outline,
  readings: SharedFacts['readings'],
):
  | ({ readonly version: string } & { readonly [Key in Name]: NonNullable<ArchiveReading[Name]> })
  | undefined {
  const own = parseVersion(release.version);
  for (const { version, reading } of readings.values()) {
    const read = reading[name];
    if (read === undefined || comparePrecedence(version, own) >= 0) continue;
    // Sound: the one key that the type asks for is set.
    return { version: version.text, [name]: read } as ReturnType<typeof previous<Name>>;
  }
  return undefined;
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
