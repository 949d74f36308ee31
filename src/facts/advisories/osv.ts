import { quoted } from '../../cargo/error.ts';
import { comparePrecedence, parseVersion, tryParseVersion, type Version } from '../../cargo/version.ts';
import { type Advisory, defaultSource, type Severity } from './advisory.ts';
import { AdvisoryError } from './error.ts';
import { firstLine, type OsvAffected, type OsvEvent, type OsvRecord, osvPage } from './osv-record.ts';
import { type Range, rangeText, successor, unionOf } from './range.ts';
import { pageOf } from './rustsec.ts';

/**
 * What an OSV record says of crates: one advisory for each that it is about, none when it is about others. Throws `AdvisoryError`.
 */
export function crateAdvisories(osv: OsvRecord): readonly Advisory[] {
  const byPackage = new Map<string, OsvAffected[]>();
  for (const affected of osv.affected) {
    if (affected.package?.ecosystem !== ecosystem) continue;
    const { name } = affected.package;
    byPackage.set(name, [...(byPackage.get(name) ?? []), affected]);
  }
  return [...byPackage].map(([name, affected]) => toAdvisory(osv, name, affected));
}

const ecosystem = 'crates.io';

function toAdvisory(osv: OsvRecord, name: string, affected: readonly OsvAffected[]): Advisory {
  const ranges = unionOf(affected.flatMap(affectedVersions)).map(rangeText);
  const specific = affected.map((entry) => entry.database_specific);
  const all: readonly Specific[] = [osv.database_specific, ...specific];
  const cwes = [...new Set(all.flatMap(cwesOf))];
  const references = (osv.references ?? []).map(({ url }) => url);
  const informational = specific.find((entry) => entry?.informational)?.informational ?? undefined;
  const cvss = vectorOf(osv, affected);
  const word = severityWord(osv.database_specific?.severity);
  return {
    id: osv.id,
    package: name,
    collection: 'crates',
    source: defaultSource,
    date: (osv.published ?? osv.modified ?? '').slice(0, 10),
    title: osv.summary ?? firstLine(osv.details) ?? osv.id,
    description: osv.details ?? '',
    url: pageOf(osv.id) ?? osvPage(osv.id),
    references,
    aliases: osv.aliases ?? [],
    related: osv.related ?? [],
    categories: [...new Set(all.flatMap((entry) => entry?.categories ?? []))],
    keywords: [],
    ...(cwes.length === 0 ? {} : { cwes }),
    ...(all.some(isMalware) || (osv.upstream ?? []).some(isMalwareId) ? { malware: true as const } : {}),
    ...(informational === undefined ? {} : { informational }),
    ...(cvss === undefined ? {} : { cvss }),
    ...(word === undefined ? {} : { severity: word }),
    ...(osv.withdrawn ? { withdrawn: osv.withdrawn.slice(0, 10) } : {}),
    expectDeleted: false,
    versions: { patched: patchedOf(ranges), unaffected: unaffectedOf(ranges), affected: ranges },
    platforms: platformsOf(affected),
  };
}

/** A record may be made from one of the database of malicious packages, whose ids are of this form. */
function isMalwareId(id: string): boolean {
  return /^MAL-/i.test(id);
}

type Specific =
  | (Readonly<Record<string, unknown>> & {
      readonly categories?: readonly string[] | null | undefined;
      readonly cwe_ids?: readonly string[] | null | undefined;
    })
  | null
  | undefined;

/** `cwe_ids` (GitHub), or `cwes` with or without names (the database of malicious packages). */
function cwesOf(specific: Specific): readonly string[] {
  const listed = (Array.isArray(specific?.cwes) ? (specific.cwes as readonly unknown[]) : []).map((cwe) =>
    typeof cwe === 'object' && cwe !== null ? (cwe as Record<string, unknown>).cweId : cwe,
  );
  return [...(specific?.cwe_ids ?? []), ...listed.filter((cwe) => typeof cwe === 'string')];
}

/** A class of its own at GitHub (`type`); the database of malicious packages says where its reports came from. */
function isMalware(specific: Specific): boolean {
  if (specific === undefined || specific === null) return false;
  return (
    'malicious-packages-origins' in specific ||
    ['type', 'class', 'classification', 'category'].some((key) => {
      const word = specific[key];
      return typeof word === 'string' && /^(?:malware|malicious)/i.test(word);
    })
  );
}

/** SEMVER and ECOSYSTEM ranges and listed versions; GIT ranges say nothing about releases. Nothing stated is all. */
function affectedVersions({ ranges, versions }: OsvAffected): readonly Range[] {
  const listed = (versions ?? []).flatMap((text) => {
    const version = tryParseVersion(text);
    return version === undefined ? [] : [{ from: version, to: successor(version) }];
  });
  const usable = (ranges ?? []).filter(({ type }) => type !== 'GIT');
  if (listed.length === 0 && usable.length === 0) return [{ from: undefined, to: undefined }];
  return [...listed, ...usable.flatMap(({ events }) => rangesOf(events))];
}

/** Each `introduced` is open until the next end; events come in order of versions, not of writing. */
function rangesOf(events: readonly OsvEvent[]): readonly Range[] {
  const points = events.flatMap(pointsOf).sort((a, b) => comparePoints(a, b));
  const ranges: Range[] = [];
  let open: { readonly from: Version | undefined } | undefined;
  for (const point of points) {
    if (point.kind === 'start') open ??= { from: point.at };
    else if (open !== undefined) {
      ranges.push({ from: open.from, to: point.at });
      open = undefined;
    }
  }
  return open === undefined ? ranges : [...ranges, { from: open.from, to: undefined }];
}

type Point =
  | { readonly kind: 'start' /** `undefined`: from the beginning. */; readonly at: Version | undefined }
  | { readonly kind: 'end'; readonly at: Version };

function pointsOf({ introduced, fixed, last_affected: last }: OsvEvent): readonly Point[] {
  return [
    ...(introduced === undefined
      ? []
      : [{ kind: 'start', at: introduced === '0' ? undefined : version(introduced) } as const]),
    ...(fixed === undefined ? [] : [{ kind: 'end', at: version(fixed) } as const]),
    ...(last === undefined ? [] : [{ kind: 'end', at: successor(version(last)) } as const]),
  ];
}

/** At one version an end comes first: what begins there is another range. */
function comparePoints(a: Point, b: Point): number {
  if (a.at === undefined || b.at === undefined) return a.at === b.at ? 0 : a.at === undefined ? -1 : 1;
  return comparePrecedence(a.at, b.at) || (a.kind === b.kind ? 0 : a.kind === 'end' ? -1 : 1);
}

/** Some feeds leave out zeros at the end. */
function version(text: string): Version {
  const found = [text, `${text}.0`, `${text}.0.0`]
    .map(tryParseVersion)
    .find((parsed) => parsed !== undefined);
  if (found === undefined) throw new AdvisoryError(`${quoted(text)} is not a version`);
  return found;
}

/**
 * What is said to be fixed, for people. After a last affected version that is just what follows it; between two of
 * them (listed versions) nothing is said at all.
 */
function patchedOf(ranges: Advisory['versions']['affected']): readonly string[] {
  return ranges.flatMap(({ fixed }, i) => {
    if (fixed === undefined) return [];
    const next = ranges[i + 1]?.introduced;
    const last = predecessor(fixed);
    if (last !== undefined) return next === undefined ? [`> ${last}`] : [];
    return [`>= ${fixed}${next === undefined ? '' : `, < ${next}`}`];
  });
}

/** The release whose successor a bound is. */
function predecessor(fixed: string): string | undefined {
  const { major, minor, patch, pre } = parseVersion(fixed);
  return pre.length === 1 && pre[0] === '0' && patch > 0n ? `${major}.${minor}.${patch - 1n}` : undefined;
}

function unaffectedOf(ranges: Advisory['versions']['affected']): readonly string[] {
  const first = ranges[0]?.introduced;
  return first === undefined || first === '0.0.0-0' ? [] : [`< ${first}`];
}

/** The newest kind of vector; that of the package before that of the advisory. */
function vectorOf(osv: OsvRecord, affected: readonly OsvAffected[]): string | undefined {
  const stated = [...affected.flatMap((entry) => entry.severity ?? []), ...(osv.severity ?? [])];
  const ofType = (type: string) => stated.find((entry) => entry.type === type)?.score;
  const own = affected.find((entry) => entry.database_specific?.cvss)?.database_specific?.cvss;
  return ofType('CVSS_V4') ?? ofType('CVSS_V3') ?? own ?? undefined;
}

const severityWords: Readonly<Record<string, Severity>> = {
  low: 'low',
  moderate: 'medium',
  medium: 'medium',
  high: 'high',
  critical: 'critical',
};

function severityWord(text: string | null | undefined): Severity | undefined {
  const word = text?.toLowerCase() ?? '';
  return Object.hasOwn(severityWords, word) ? severityWords[word] : undefined;
}

/** A platform narrows the advisory only where every entry names one. */
function platformsOf(affected: readonly OsvAffected[]): Advisory['platforms'] {
  const specific = affected.map((entry) => entry.ecosystem_specific);
  const narrowed = (name: 'arch' | 'os') => {
    const lists = specific.map((entry) => entry?.affects?.[name] ?? []);
    return lists.some((list) => list.length === 0) ? [] : [...new Set(lists.flat())];
  };
  const functions = specific.flatMap((entry) => [
    ...(entry?.affects?.functions ?? []),
    ...(entry?.affected_functions ?? []),
  ]);
  return {
    arch: narrowed('arch'),
    os: narrowed('os'),
    functions: Object.fromEntries(functions.map((path) => [path, []])),
  };
}
