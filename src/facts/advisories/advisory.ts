/** One advisory about one package, whatever feed and format it came from. Plain JSON. */
export interface Advisory {
  /** `RUSTSEC-…`, `GHSA-…`, `CVE-…`, `MAL-…`. One id may be about several packages; each is an advisory here. */
  readonly id: string;
  readonly package: string;
  /** `rust`: the compiler, its standard library and tools; `crates`: everything else. */
  readonly collection: 'crates' | 'rust';
  /** Where the package is published: `crates.io`, or the text of another source id. */
  readonly source: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly title: string;
  /** Markdown. */
  readonly description: string;
  /** Where to read more; empty when the advisory names nothing. */
  readonly url: string;
  readonly references: readonly string[];
  /** Other databases' ids of the same advisory. */
  readonly aliases: readonly string[];
  readonly related: readonly string[];
  readonly categories: readonly string[];
  readonly keywords: readonly string[];
  /** Weaknesses that its feed files it under: `CWE-506`. */
  readonly cwes?: readonly string[];
  /** Whether its feed files it as malware. */
  readonly malware?: true;
  /** Absent for a vulnerability. `unmaintained`, `unsound`, `notice`, or a word that only its feed knows. */
  readonly informational?: string;
  /** As written; `scoreOf` reads it. */
  readonly cvss?: string;
  /** A severity in words, where the feed gives one and no vector. */
  readonly severity?: Severity;
  /** `YYYY-MM-DD`. A withdrawn advisory never matches. */
  readonly withdrawn?: string;
  /** The registry is expected to have deleted the crate. */
  readonly expectDeleted: boolean;
  readonly versions: AdvisoryVersions;
  readonly platforms: AdvisoryPlatforms;
}

/** `none` is a score of 0. The words and bounds of CVSS 3 and 4. */
export type Severity = 'none' | 'low' | 'medium' | 'high' | 'critical';

export interface AdvisoryVersions {
  /** Requirements, as written; for people and for whoever looks for a way out. */
  readonly patched: readonly string[];
  readonly unaffected: readonly string[];
  /** What is affected: ascending, apart from one another. */
  readonly affected: readonly AffectedRange[];
}

/** Versions from `introduced` on and below `fixed`, by precedence. A bound that is absent does not limit. */
export interface AffectedRange {
  readonly introduced?: string;
  readonly fixed?: string;
}

export interface AdvisoryPlatforms {
  /** `target_arch` values that alone are affected; empty: all. */
  readonly arch: readonly string[];
  /** `target_os` values that alone are affected; empty: all. */
  readonly os: readonly string[];
  /** Paths of affected functions to the requirements that they are affected in. */
  readonly functions: Readonly<Record<string, readonly string[]>>;
}

/** What an advisory says of a package. `other`: informational, of a kind that only its feed knows. */
export type AdvisoryKind = 'malicious' | 'vulnerability' | 'unmaintained' | 'unsound' | 'notice' | 'other';

/** The name of the registry that an advisory without a source is about. */
export const defaultSource = 'crates.io';

/** An id is shown in messages and put into addresses, so it may hold nothing else. */
export const idShape = /^[A-Za-z0-9][A-Za-z0-9._:-]{2,79}$/;
