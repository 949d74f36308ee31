import { parsePurl } from '../../bom/purl.ts';
import { matchPackage, type PackageAdvisory, versionOrders } from '../../distribution/advisory/advisory.ts';
import { type InstalledPackage, installedOf } from '../../distribution/installed.ts';
import { softwareVersion } from '../../distribution/package.ts';
import { dpkgOrder } from '../../distribution/version-order/dpkg.ts';
import { libraryTypes, packageTypes } from '../../store/inventory/package-names.ts';
import type { ComponentRecord } from '../../store/inventory/records.ts';
import type { ArtefactFilter, InventoryReader } from '../../store/inventory/store.ts';
import type { Bound, Question } from './question.ts';
import { merged, type Suspects, sort, type Verdict } from './verdict.ts';

/** The packages of distributions in the inventory that advisories are about: never a crate that has the name of one. */
export async function packagesOf(
  store: InventoryReader,
  advisories: readonly PackageAdvisory[],
): Promise<Suspects> {
  const all: Suspects[] = [];
  for (const [name, about] of Map.groupBy(advisories, (advisory) => advisory.package)) {
    const candidates = await store.packagesNamed(packageTypes, name);
    for (const advisory of about) all.push(sort(candidates, (one) => judgePackage(one, advisory)));
  }
  return merged(all, (one, other, { source }) => {
    const order = versionOrders[source === 'deb' || source === 'rpm' ? source : 'apk'];
    return order.compare(one, other) < 0 ? other : one;
  });
}

/** Whether a package is one that an advisory of its distribution is about. */
export function judgePackage(component: ComponentRecord, advisory: PackageAdvisory): Verdict {
  const installed = installedOf(parsePurl(component.identity));
  if (installed === undefined) return { kind: 'not-meant' };
  const match = matchPackage(advisory, installed);
  switch (match.kind) {
    case 'affected':
      return { kind: 'meant', fixed: match.fixed };
    case 'not-affected':
      return { kind: 'not-meant' };
    case 'unknown':
      return match;
  }
}

/**
 * The libraries of the inventory that have a name, as their binary package, their source or their project, and a
 * version that is asked for.
 */
export async function librariesOf(
  store: InventoryReader,
  { library, bounds }: Extract<Question, { kind: 'library' }>,
): Promise<Suspects> {
  const candidates = await store.packagesNamed(libraryTypes, library);
  return sort(candidates, (component): Verdict => {
    const installed = installedOf(parsePurl(component.identity));
    const names = installed === undefined ? [component.name] : [installed.name, installed.source.name];
    if (!names.includes(library)) return { kind: 'not-meant' };
    if (bounds.length === 0) return { kind: 'meant' };
    const isOwn = installed?.name === library;
    const version = (isOwn ? installed?.version : installed?.source.version) ?? component.version;
    if (version === null) return { kind: 'unknown', reason: 'its version is not known' };
    const holds = bounds.map((bound) => isWithin(bound, version, installed));
    if (holds.includes(undefined)) return { kind: 'unknown', reason: `\`${version}\` is no version` };
    return holds.every((one) => one === true) ? { kind: 'meant' } : { kind: 'not-meant' };
  });
}

/** How many artefacts have a component that is such a library: of others nobody said which they use. */
export async function countWithLibraries(store: InventoryReader, filter: ArtefactFilter): Promise<number> {
  const sets = await store.setsWithLibraries();
  if (Object.values(filter).some((value) => value !== undefined))
    return await store.countArtefacts({ ...filter, sets });
  return (await store.usesOf([sets]))[0]?.artefacts ?? 0;
}

/**
 * A bound without an epoch or a revision is held against the version of the software itself: `<3.0.15` means what OpenSSL calls so.
 * `undefined`: one of them is no version.
 */
function isWithin(
  bound: Bound,
  version: string,
  installed: InstalledPackage | undefined,
): boolean | undefined {
  const order = installed === undefined ? dpkgOrder : versionOrders[installed.kind];
  const isWhole = /[:-]/.test(bound.version);
  const compared =
    isWhole || installed === undefined ? version : softwareVersion({ kind: installed.kind, version });
  if (!order.isVersion(compared) || !order.isVersion(bound.version)) return undefined;
  const way = order.compare(compared, bound.version);
  switch (bound.op) {
    case '<':
      return way < 0;
    case '<=':
      return way <= 0;
    case '>':
      return way > 0;
    case '>=':
      return way >= 0;
    case '=':
      return way === 0;
  }
}
