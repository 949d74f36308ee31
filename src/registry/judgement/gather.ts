import { canonicalName } from '../../cargo/index-path.ts';
import { scanObject } from '../../cargo/json-scan.ts';
import { comparePrecedence, parseVersion } from '../../cargo/version.ts';
import { advisoriesFact } from '../../facts/advisories/fact.ts';
import { ageFact, soundPublished } from '../../facts/age.ts';
import type { ArchiveFact } from '../../facts/archive.ts';
import { contentsFact } from '../../facts/archive-contents/contents.ts';
import type { Base } from '../../facts/base.ts';
import { blocksFact } from '../../facts/blocks.ts';
import { breakGlassFact } from '../../facts/break-glass.ts';
import { codeFact } from '../../facts/code.ts';
import { proofsFact } from '../../facts/crev/gathered.ts';
import { decisionsFact } from '../../facts/decisions.ts';
import { type Fact, known, unknown } from '../../facts/fact.ts';
import { firstPartyFact } from '../../facts/first-party.ts';
import { licenseFact } from '../../facts/license/release.ts';
import { lineFact } from '../../facts/line.ts';
import { maintainersFact } from '../../facts/maintainers/gather.ts';
import type { Facts } from '../../facts/map.ts';
import { type PopularityFact, popularityFact } from '../../facts/popularity/fact.ts';
import { stdFact } from '../../facts/std.ts';
import { type TyposquatFact, typosquatFact } from '../../facts/typosquat/fact.ts';
import { auditsFact } from '../../facts/vet/imported.ts';
import { yanksFact } from '../../facts/yanks.ts';
import { comparesCode, comparesContents } from '../../policy/compared.ts';
import type { Context, EngineInput } from '../../policy/rule.ts';
import type { BlockRecord, BreakGlassRecord, DecisionRecord } from '../../store/records.ts';
import { type BaseRecord, baseFact, isToBring } from './base.ts';
import { type ArchiveReading, isRead, readingOf } from './bytes.ts';
import type { Knowledge } from './knowledge.ts';
import { type Lineage, withoutBuild } from './lineage.ts';
import type { Observed } from './reconcile.ts';

/** What the mirror knows of a whole crate, as far as the judgement of one of its releases needs it. */
export interface CrateCircumstances {
  /** As the index spells it. */
  readonly name: string;
  readonly firstSeen: number;
  readonly lineage: Lineage;
  /** A release that others may be compared with, where the registry lists it. */
  readonly recordOf: (version: string) => BaseRecord | undefined;
  readonly blocks: readonly BlockRecord[];
  readonly breakGlass: readonly BreakGlassRecord[];
  readonly decisions: readonly DecisionRecord[];
  readonly knowledge: Knowledge;
}

/** A release without its index line: by far the longest part of it, and no fact is made of it. */
export type Outline = Omit<Observed, 'line'>;

/** What the engine is asked about one release. */
export interface Gathered {
  readonly input: EngineInput;
  /** What was read of its bytes, if they were asked for. */
  readonly archive: ArchiveFact | undefined;
  /** The release that it is compared with, where that one's bytes are still to be brought. */
  readonly wants: BaseRecord | undefined;
}

/** What is asked of a release beside what it is judged by here. */
export interface Asked {
  /** Its bytes count as asked for, though nobody here did yet. */
  readonly bytes?: true;
  /** The version that it is compared with instead: the one that a lockfile had. */
  readonly base?: string | undefined;
}

/** Yanks that the judgement of one release is told of. */
const maxYanks = 100;

/**
 * Gathers the facts of a crate's releases; what they share is worked out once. Pure: what was read of other releases
 * makes no difference, but for the one that a release is compared with.
 */
export function gatherer(
  circumstances: CrateCircumstances,
  now: number,
): (release: Outline, asked?: Asked) => Gathered {
  const shared = sharedFacts(circumstances);
  return (release, asked = {}) => {
    const isAsked = release.judged === 'release' || asked.bytes === true;
    const reading = isAsked && isRead(release.archive) ? readingOf(release.archive) : undefined;
    const { registry, version, checksum } = release;
    const subject = { registry, crate: shared.name, version, checksum };
    const compared = comparedWith(release, reading, asked.base, circumstances);
    const facts = factsOf(release, { reading, compared }, circumstances, shared, now);
    return {
      input: { context: contextOf(release, reading !== undefined), subject, facts, now },
      archive: reading?.archive,
      wants: compared === undefined ? undefined : stillWanted(compared),
    };
  };
}

function stillWanted({ record, code }: Compared): BaseRecord | undefined {
  const extent = code === undefined ? 'contents' : 'whole';
  return record !== undefined && isToBring(record, extent) ? record : undefined;
}

/**
 * The back catalogue is judged by its index line until somebody asks for the bytes; a release that appeared later is
 * judged whole or not at all, so that without its bytes it stays held.
 */
function contextOf(release: Outline, isRead: boolean): Context {
  return release.arrival === 'new' || isRead ? 'release' : 'index';
}

/** What was read of a release, and what it is compared with. */
interface Read {
  readonly reading: ArchiveReading | undefined;
  readonly compared: Compared | undefined;
}

/** The release that another one is compared with; each part is there only where it could tell anything. */
interface Compared {
  readonly record: BaseRecord | undefined;
  readonly contents: Base<NonNullable<ArchiveReading['contents']>> | undefined;
  readonly code: Base<NonNullable<ArchiveReading['code']>> | undefined;
}

function comparedWith(
  { version }: Outline,
  reading: ArchiveReading | undefined,
  wanted: string | undefined,
  { lineage, recordOf }: CrateCircumstances,
): Compared | undefined {
  const isContents = reading?.contents !== undefined && comparesContents(reading.contents);
  const isCode = reading?.code !== undefined && comparesCode(reading.code);
  const base = isContents || isCode ? (wanted ?? lineage.baseOf(version)) : undefined;
  if (base === undefined) return undefined;
  const record = recordOf(base);
  return {
    record,
    contents: isContents ? baseFact('contents', base, record) : undefined,
    code: isCode ? baseFact('code', base, record) : undefined,
  };
}

interface SharedFacts {
  /** As the index spells it. */
  readonly name: string;
  readonly popularity: Fact<PopularityFact>;
  readonly typosquat: Fact<TyposquatFact>;
}

function sharedFacts({ name, lineage, firstSeen, knowledge }: CrateCircumstances): SharedFacts {
  const { names, source, at } = knowledge.namespace;
  const { use, created, ownedAlongside } = knowledge.people;
  const popularity = popularityFact(name, use);
  const suspect = {
    name,
    uses: popularity.kind === 'known' ? popularity.value.uses : undefined,
    created: lineage.published ?? created ?? firstSeen,
    sharesOwnerWith: (crate: string) => ownedAlongside.has(canonicalName(crate)),
  };
  return { name, popularity, typosquat: typosquatFact(names, suspect, source, at) };
}

function factsOf(
  release: Outline,
  read: Read,
  { firstSeen, lineage, blocks, breakGlass, decisions, knowledge }: CrateCircumstances,
  shared: SharedFacts,
  now: number,
): Facts {
  const twin = lineage.firstOfVersion(withoutBuild(release.version));
  return {
    age: ageFact(
      {
        published: release.published ?? undefined,
        firstSeen: release.firstSeen,
        arrival: release.arrival,
        dependenciesChangedAt: release.dependenciesChangedAt ?? undefined,
        crateFirstSeen: firstSeen,
        cratePublished: lineage.published,
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
      breakGlass
        .filter(({ version }) => version === release.version)
        .map(({ by, reason, at, authorEndedAt }) => ({ by, reason, at, ...ended(authorEndedAt) })),
      now,
    ),
    decisions: decisionsFact(
      decisionsOn(release, decisions).map(({ kind, by, reason, at, until, answers, authorEndedAt }) => ({
        kind,
        by,
        reason,
        at,
        answers,
        ...(until === null ? {} : { until }),
        ...ended(authorEndedAt),
      })),
      now,
    ),
    yanks: yanksFact(
      {
        seen: yanksOfOlder(release.version, lineage.yanks),
        appearedAt:
          release.arrival === 'new'
            ? release.firstSeen
            : (soundPublished(release.published, release.firstSeen) ?? null),
      },
      now,
    ),
    history: lineage.history(release.version, now),
    advisories: advisoriesFact({ crate: shared.name, version: release.version }, knowledge.advisories, now),
    typosquat: shared.typosquat,
    popularity: shared.popularity,
    firstParty: firstPartyFact({ registry: release.registry, crate: shared.name }, knowledge.firstParty, now),
    maintainers: maintainersFact(knowledge.people.maintainers, release.version, now),
    ...factsOfReviewers(release, read, knowledge, shared, now),
    ...factsOfArchive(read, now),
  };
}

/** What people say who read the code. Another registry's crate of the same name is not what they read. */
function factsOfReviewers(
  { registry, version }: Outline,
  { reading }: Read,
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
  { reading, compared }: Read,
  now: number,
): Pick<Facts, 'archive' | 'license' | 'contents' | 'std' | 'code'> {
  const { archive, license, contents, std, code } = reading ?? {};
  const none = unknown('it has not been fetched yet', 'archive', now);
  const unasked = unknown('its archive was read before this was looked at', 'archive', now);
  const unreadable = archive === undefined ? none : unknown('its archive does not read', 'archive', now);
  return {
    archive: archive === undefined ? none : known(archive, 'archive', now),
    license: license === undefined ? unreadable : licenseFact(license, now),
    contents: contents === undefined ? unreadable : contentsFact(contents, compared?.contents, now),
    std: std === undefined ? (contents === undefined ? unreadable : unasked) : stdFact(std, 'archive', now),
    code:
      code === undefined
        ? contents === undefined
          ? unreadable
          : unasked
        : codeFact(code, compared?.code, now),
  };
}

/** The decisions on a release's bytes: on other bytes nobody decided. */
export function decisionsOn(
  { version, checksum }: Pick<Outline, 'version' | 'checksum'>,
  decisions: readonly DecisionRecord[],
): readonly DecisionRecord[] {
  return decisions.filter((one) => one.version === version && one.checksum === checksum);
}

function ended(authorEndedAt: number | null): { readonly authorEndedAt?: number } {
  return authorEndedAt === null ? {} : { authorEndedAt };
}

/** The newest yanks of older releases: enough to see a burst, and few enough for a crate of thousands of releases. */
function yanksOfOlder(version: string, yanks: Lineage['yanks']): { version: string; at: number }[] {
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
  if (first === undefined) return '';
  const begun = /^\{"name":"([\w-]+)"/.exec(first.line)?.[1];
  if (begun !== undefined) return begun;
  // Lines that are kept were read before, and have no key twice.
  const { start, end } = scanObject(first.line, 0).members.find(({ key }) => key === 'name') ?? {};
  return JSON.parse(first.line.slice(start, end));
}
