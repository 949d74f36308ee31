import { canonicalName } from '../../cargo/index-path.ts';
import type { SourceId } from '../../cargo/source-id.ts';
import { tryParseVersion } from '../../cargo/version.ts';
import { type Advisory, type AdvisoryKind, defaultSource } from './advisory.ts';
import { maliceOf } from './malicious.ts';
import { isAffected, parseRange, type Range } from './range.ts';

/** Advisories by package, ready to be matched. */
export interface AdvisoryDatabase {
  /** Each advisory once: of two with one id and package, the first. */
  readonly advisories: readonly Advisory[];
  /** By `canonicalName`; each package's in the order of their ids. Withdrawn ones are not in it. */
  readonly byPackage: ReadonlyMap<string, readonly Entry[]>;
}

/** An advisory that can match, with its ranges read. */
export interface Entry {
  readonly advisory: Advisory;
  readonly kind: AdvisoryKind;
  readonly ranges: readonly Range[];
}

/** One advisory that a release is affected by. */
export interface Match {
  readonly kind: AdvisoryKind;
  readonly advisory: Advisory;
}

export interface MatchOptions {
  /** `target_arch` values that are built for; absent or empty: any. */
  readonly arch?: readonly string[];
  /** `target_os` values that are built for; absent or empty: any. */
  readonly os?: readonly string[];
  /** Where the package is from, as in an advisory; the default is `crates.io`. */
  readonly source?: string;
  readonly collection?: Advisory['collection'];
}

/** Indexes advisories. */
export function databaseOf(advisories: Iterable<Advisory>): AdvisoryDatabase {
  const byId = new Map<string, Advisory>();
  for (const advisory of advisories) {
    const key = advisoryKey(advisory);
    if (!byId.has(key)) byId.set(key, advisory);
  }
  const byPackage = new Map<string, Entry[]>();
  const sorted = [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  for (const advisory of sorted) {
    if (advisory.withdrawn !== undefined) continue;
    const key = canonicalName(advisory.package);
    const entry = entryOf(advisory);
    const entries = byPackage.get(key);
    if (entries === undefined) byPackage.set(key, [entry]);
    else entries.push(entry);
  }
  return { advisories: sorted, byPackage };
}

/** Of a thousand advisories a lockfile is about a dozen: the rest are not looked into. */
function entryOf(advisory: Advisory): Entry {
  let kind: AdvisoryKind | undefined;
  let ranges: readonly Range[] | undefined;
  return {
    advisory,
    get kind() {
      kind ??= kindOf(advisory);
      return kind;
    },
    get ranges() {
      ranges ??= advisory.versions.affected.map(parseRange);
      return ranges;
    },
  };
}

/**
 * The advisories that a release is affected by. A version that is none (no registry has it) is affected by all of its
 * package. A platform excludes an advisory only where both sides name one.
 */
export function advisoriesOf(
  database: AdvisoryDatabase,
  crate: string,
  version: string,
  options: MatchOptions = {},
): readonly Match[] {
  const entries = database.byPackage.get(canonicalName(crate));
  if (entries === undefined) return [];
  const parsed = tryParseVersion(version);
  const { collection = 'crates', source = defaultSource, arch, os } = options;
  return entries
    .filter(
      ({ advisory, ranges }) =>
        advisory.collection === collection &&
        advisory.source === source &&
        (parsed === undefined || isAffected(ranges, parsed)) &&
        meets(advisory.platforms.arch, arch) &&
        meets(advisory.platforms.os, os),
    )
    .map(({ advisory, kind }) => ({ kind, advisory }));
}

/** What an advisory says of its package. */
export function kindOf(advisory: Advisory): AdvisoryKind {
  if (maliceOf(advisory) !== undefined) return 'malicious';
  switch (advisory.informational) {
    case undefined:
      return 'vulnerability';
    case 'unmaintained':
    case 'unsound':
    case 'notice':
      return advisory.informational;
    default:
      return 'other';
  }
}

/** What `MatchOptions.source` is for a locked package; `undefined` for what no registry publishes (path, git). */
export function advisorySource(source: SourceId | undefined): string | undefined {
  if (source === undefined || source.kind === 'git' || source.kind === 'path') return undefined;
  const url = source.url.replace(/\/$/, '');
  const isDefault =
    (source.kind === 'registry' && url === 'https://github.com/rust-lang/crates.io-index') ||
    (source.kind === 'sparse' && url === `https://index.${defaultSource}`);
  return isDefault ? defaultSource : source.text;
}

/** What tells one advisory from another: its id, and the package in its canonical name. */
export function advisoryKey({ id, package: name }: Advisory): string {
  return JSON.stringify([id, canonicalName(name)]);
}

function meets(affected: readonly string[], built: readonly string[] | undefined): boolean {
  if (affected.length === 0 || built === undefined || built.length === 0) return true;
  return built.some((value) => affected.includes(value));
}
