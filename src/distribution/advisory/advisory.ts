import { distributionId, type InstalledPackage } from '../installed.ts';
import { apkOrder } from '../version-order/apk.ts';
import { dpkgOrder } from '../version-order/dpkg.ts';
import type { VersionOrder } from '../version-order/order.ts';
import { rpmOrder } from '../version-order/rpm.ts';
import { type Ecosystem, readEcosystem } from './ecosystem.ts';

/** What an advisory says of one package of one distribution. Plain JSON. */
export interface PackageAdvisory {
  /** `DSA-5532-1`, `DEBIAN-CVE-2026-0001`, `ALPINE-CVE-…`, `RLSA-2026:0001`. */
  readonly id: string;
  /** Other databases' ids of the same. */
  readonly aliases: readonly string[];
  /** As OSV writes it: `Debian:12`. */
  readonly ecosystem: string;
  /** Its source package; of distributions with rpm it may be a binary one. */
  readonly package: string;
  readonly title: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly url: string;
  /** `YYYY-MM-DD`. A withdrawn advisory affects nothing. */
  readonly withdrawn?: string;
  readonly affected: AffectedVersions;
}

/** Which versions have it, or why that cannot be told. */
export type AffectedVersions =
  | {
      readonly kind: 'ranges';
      readonly ranges: readonly VersionRange[];
      readonly versions: readonly string[];
    }
  | { readonly kind: 'unread'; readonly reason: string };

/** Versions from `introduced` on (absent: from the first), below `fixed` and up to `last` (absent: without an end). */
export interface VersionRange {
  readonly introduced?: string;
  readonly fixed?: string;
  readonly last?: string;
}

/** Whether an advisory is about a package. */
export type PackageMatch =
  | {
      readonly kind: 'affected' /** The first version that has it not any more. */;
      readonly fixed: string | undefined;
    }
  | { readonly kind: 'not-affected' }
  /** One clause. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** The order of versions of each kind of packages. */
export const versionOrders: Readonly<Record<InstalledPackage['kind'], VersionOrder>> = {
  deb: dpkgOrder,
  rpm: rpmOrder,
  apk: apkOrder,
};

/**
 * Matches an advisory with a package of a distribution: by the source package, its distribution and release, and that
 * distribution's own order of versions. What has only the name in common, as a crate or another distribution's package,
 * is never affected.
 */
export function matchPackage(advisory: PackageAdvisory, installed: InstalledPackage): PackageMatch {
  const ecosystem = readEcosystem(advisory.ecosystem);
  const version = versionNamed(advisory.package, installed);
  if (ecosystem === undefined || version === undefined || advisory.withdrawn !== undefined)
    return notAffected;
  if (ecosystem.kind !== installed.kind || ecosystem.id !== distributionId(installed.distribution.id))
    return notAffected;
  const release = sameRelease(ecosystem, installed.distribution.version);
  if (release === 'no') return notAffected;
  const { affected } = advisory;
  if (affected.kind === 'unread') return { kind: 'unknown', reason: `${advisory.id}: ${affected.reason}` };
  const order = versionOrders[installed.kind];
  if (version.text === undefined) return { kind: 'unknown', reason: 'its version is not known' };
  if (!order.isVersion(version.text)) return { kind: 'unknown', reason: `\`${version.text}\` is no version` };
  const found = rangeWith(affected, version.text, order);
  if (found === undefined) return notAffected;
  if (release === 'unknown')
    return {
      kind: 'unknown',
      reason: `${advisory.id} is about ${advisory.ecosystem}, and its release is not known`,
    };
  return { kind: 'affected', fixed: found.fixed };
}

const notAffected: PackageMatch = { kind: 'not-affected' };

/** The version that an advisory about a name is to be held against; `undefined` where it is about another package. */
function versionNamed(
  name: string,
  { kind, name: own, version, source }: InstalledPackage,
): { readonly text: string | undefined } | undefined {
  if (source.name === name) return { text: source.version };
  // Red Hat's and AlmaLinux's advisories list binary packages.
  return kind === 'rpm' && own === name ? { text: version } : undefined;
}

/** An advisory for 9 is about 9.3 too; whether one for 9.2 is about 9 cannot be known. */
function sameRelease({ release }: Ecosystem, installed: string | undefined): 'yes' | 'no' | 'unknown' {
  if (release.kind === 'all') return 'yes';
  if (release.kind === 'unread' || installed === undefined) return 'unknown';
  const [wanted, is] = [release.version.split('.'), installed.split('.')];
  const isSame = wanted.every((part, i) => i >= is.length || part === is[i]);
  return !isSame ? 'no' : is.length < wanted.length ? 'unknown' : 'yes';
}

/** The range that holds a version; `{}` where it is listed by itself. */
function rangeWith(
  { ranges, versions }: Extract<AffectedVersions, { kind: 'ranges' }>,
  version: string,
  order: VersionOrder,
): VersionRange | undefined {
  const isSame = (one: string) =>
    one === version || (order.isVersion(one) && order.compare(one, version) === 0);
  return ranges.find((range) => isWithin(range, version, order)) ?? (versions.some(isSame) ? {} : undefined);
}

/** Whether a range holds a version of its order. */
export function isWithin(
  { introduced, fixed, last }: VersionRange,
  version: string,
  { compare }: VersionOrder,
): boolean {
  return (
    (introduced === undefined || compare(introduced, version) <= 0) &&
    (fixed === undefined || compare(version, fixed) < 0) &&
    (last === undefined || compare(version, last) <= 0)
  );
}
