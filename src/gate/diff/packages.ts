import type { LockedPackage, Lockfile } from '../../cargo/lockfile.ts';
import { comparePrecedence, parseVersion } from '../../cargo/version.ts';

/** What happened to one package between two lockfiles. The packages are those of either file. */
export type PackageChange =
  | { readonly kind: 'added'; readonly after: LockedPackage }
  | { readonly kind: 'removed'; readonly before: LockedPackage }
  | {
      readonly kind: 'upgraded' | 'downgraded' | 'source' | 'checksum';
      readonly before: LockedPackage;
      readonly after: LockedPackage;
    };

export interface LockfileDiff {
  /** By crate, then by version. */
  readonly changes: readonly PackageChange[];
  /** Packages of the new lockfile that are as they were, in its order. */
  readonly kept: readonly LockedPackage[];
}

/**
 * What two lockfiles differ in. Every package of either is in the answer once. Packages of one crate are paired so:
 * first those of one version and source; then those of one version (its source changed); then, within what cargo takes
 * for one series (`1`, `0.2`, `0.0.3`) and so keeps once, the highest with the highest; then what is left, again the
 * highest with the highest. What finds no partner was added or removed.
 */
export function diffLockfiles(before: Lockfile, after: Lockfile): LockfileDiff {
  const [old, fresh] = [byCrate(before), byCrate(after)];
  const changes: PackageChange[] = [];
  const kept = new Set<LockedPackage>();
  for (const crate of [...new Set([...old.keys(), ...fresh.keys()])].sort()) {
    const { paired, removed, added } = pairPackages(old.get(crate) ?? [], fresh.get(crate) ?? []);
    const own: PackageChange[] = [
      ...removed.map((pkg) => ({ kind: 'removed', before: pkg }) as const),
      ...added.map((pkg) => ({ kind: 'added', after: pkg }) as const),
    ];
    for (const { before: was, after: is } of paired) {
      const kind = kindOf(was, is);
      if (kind === undefined) kept.add(is);
      else own.push({ kind, before: was, after: is });
    }
    changes.push(...own.sort((a, b) => comparePackages(shown(a), shown(b))));
  }
  return { changes, kept: after.packages.filter((pkg) => kept.has(pkg)) };
}

/** The package that a change is about: the new one, or the one that is gone. */
export function shown(change: PackageChange): LockedPackage {
  return change.kind === 'removed' ? change.before : change.after;
}

interface Pair {
  readonly before: LockedPackage;
  readonly after: LockedPackage;
}

interface Pairing {
  readonly paired: readonly Pair[];
  readonly removed: readonly LockedPackage[];
  readonly added: readonly LockedPackage[];
}

function pairPackages(before: readonly LockedPackage[], after: readonly LockedPackage[]): Pairing {
  const paired: Pair[] = [];
  let [left, right] = [before, after];
  for (const key of [identity, versionOf, seriesOf, anything]) {
    const waiting = Map.groupBy([...left].sort(highestFirst), key);
    const unmatched: LockedPackage[] = [];
    for (const pkg of [...right].sort(highestFirst)) {
      const partner = waiting.get(key(pkg))?.shift();
      if (partner === undefined) unmatched.push(pkg);
      else paired.push({ before: partner, after: pkg });
    }
    [left, right] = [[...waiting.values()].flat(), unmatched];
  }
  return { paired, removed: left, added: right };
}

/** `undefined`: nothing happened. */
function kindOf(
  before: LockedPackage,
  after: LockedPackage,
): 'upgraded' | 'downgraded' | 'source' | 'checksum' | undefined {
  if (before.version !== after.version) {
    return compareVersions(before, after) < 0 ? 'upgraded' : 'downgraded';
  }
  if (before.source?.text !== after.source?.text) return 'source';
  return before.checksum === after.checksum ? undefined : 'checksum';
}

function identity(pkg: LockedPackage): string {
  return JSON.stringify([pkg.version, pkg.source?.text ?? null]);
}

function versionOf({ version }: LockedPackage): string {
  return version;
}

/** Packages of one series and source stand in a lockfile once: cargo unites what is compatible. */
function seriesOf({ version, source }: LockedPackage): string {
  const { major, minor, patch } = parseVersion(version);
  const series = major > 0n ? [major] : minor > 0n ? [0n, minor] : [0n, 0n, patch];
  return JSON.stringify([series.join('.'), source?.text ?? null]);
}

function anything(): string {
  return '';
}

function byCrate({ packages }: Lockfile): ReadonlyMap<string, readonly LockedPackage[]> {
  return Map.groupBy(packages, ({ name }) => name);
}

function highestFirst(a: LockedPackage, b: LockedPackage): number {
  return -comparePackages(a, b);
}

/** By version, then by source, so that the order of a file never matters. */
function comparePackages(a: LockedPackage, b: LockedPackage): number {
  return compareVersions(a, b) || compareText(a.source?.text ?? '', b.source?.text ?? '');
}

/** Versions that differ in build metadata alone are told apart by their texts. */
function compareVersions(a: LockedPackage, b: LockedPackage): number {
  return (
    comparePrecedence(parseVersion(a.version), parseVersion(b.version)) || compareText(a.version, b.version)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
