import {
  type AffectedVersions,
  isWithin,
  type PackageAdvisory,
  type VersionRange,
  versionOrders,
} from '../../distribution/advisory/advisory.ts';
import { readEcosystem } from '../../distribution/advisory/ecosystem.ts';
import type { VersionOrder } from '../../distribution/version-order/order.ts';
import { firstLine, type OsvAffected, type OsvEvent, type OsvRecord, osvPage } from './osv-record.ts';

/** What an OSV record says of packages of Linux distributions, one advisory for each package of each release of one. */
export function packageAdvisories(osv: OsvRecord): readonly PackageAdvisory[] {
  const groups = Map.groupBy(osv.affected, ({ package: of }) => JSON.stringify([of?.ecosystem, of?.name]));
  return [...groups.values()].flatMap((affected): readonly PackageAdvisory[] => {
    const of = affected[0]?.package;
    const ecosystem = of === undefined || of === null ? undefined : readEcosystem(of.ecosystem);
    if (of === undefined || of === null || ecosystem === undefined) return [];
    return [
      {
        id: osv.id,
        // Debian's and Alpine's records of one CVE each, and Ubuntu's notices, name it as upstream's.
        aliases: [...new Set([...(osv.aliases ?? []), ...(osv.upstream ?? [])])],
        ecosystem: of.ecosystem,
        package: of.name,
        title: osv.summary ?? firstLine(osv.details) ?? osv.id,
        date: (osv.published ?? osv.modified ?? '').slice(0, 10),
        url: osvPage(osv.id),
        ...(osv.withdrawn ? { withdrawn: osv.withdrawn.slice(0, 10) } : {}),
        affected: affectedOf(affected, versionOrders[ecosystem.kind]),
      },
    ];
  });
}

/** Of so many, which none has, it is not looked which of them hold a listed version: that would take the product of both. */
const manyRanges = 20;

/** ECOSYSTEM ranges and listed versions; nothing stated is all (OSV schema, "Evaluation"). */
function affectedOf(all: readonly OsvAffected[], order: VersionOrder): AffectedVersions {
  const stated = all.map(({ ranges, versions }) => ({
    ranges: (ranges ?? []).filter(({ type }) => type === 'ECOSYSTEM'),
    versions: versions ?? [],
  }));
  const events = stated.flatMap(({ ranges }) => ranges.flatMap((range) => range.events));
  const wrong = events.flatMap(boundsOf).find((text) => !order.isVersion(text));
  if (wrong !== undefined)
    return { kind: 'unread', reason: `\`${wrong.slice(0, 100)}\` is no version of its distribution` };
  const ranges = stated.flatMap((each) =>
    each.ranges.length === 0 && each.versions.length === 0
      ? [{}]
      : each.ranges.flatMap((range) => rangesOf(range.events, order)),
  );
  // Debian's records list hundreds of versions that their ranges hold already.
  const listed = new Set(stated.flatMap(({ versions }) => versions));
  if (ranges.length > manyRanges) return { kind: 'ranges', ranges, versions: [...listed] };
  const isHeld = (text: string) =>
    order.isVersion(text) && ranges.some((range) => isWithin(range, text, order));
  return { kind: 'ranges', ranges, versions: [...listed].filter((text) => !isHeld(text)) };
}

function boundsOf({ introduced, fixed, last_affected: last }: OsvEvent): readonly string[] {
  return [introduced === '0' ? undefined : introduced, fixed, last].filter((text) => text !== undefined);
}

interface Point {
  readonly kind: 'start' | 'fixed' | 'last';
  /** `undefined`: before every version. */
  readonly at: string | undefined;
}

/** Each start is open until the next end; events come in order of versions, not of writing. */
function rangesOf(events: readonly OsvEvent[], { compare }: VersionOrder): readonly VersionRange[] {
  const points = events
    .flatMap(({ introduced, fixed, last_affected: last }): readonly Point[] => [
      ...(introduced === undefined
        ? []
        : [{ kind: 'start', at: introduced === '0' ? undefined : introduced } as const]),
      ...(fixed === undefined ? [] : [{ kind: 'fixed', at: fixed } as const]),
      ...(last === undefined ? [] : [{ kind: 'last', at: last } as const]),
    ])
    .toSorted((a, b) => {
      if (a.at === undefined || b.at === undefined) return a.at === b.at ? 0 : a.at === undefined ? -1 : 1;
      return compare(a.at, b.at) || places[a.kind] - places[b.kind];
    });
  const ranges: VersionRange[] = [];
  let open: Point | undefined;
  for (const point of points) {
    if (point.kind === 'start') open ??= point;
    else if (open !== undefined) {
      ranges.push({ ...startOf(open), [point.kind]: point.at });
      open = undefined;
    }
  }
  return open === undefined ? ranges : [...ranges, startOf(open)];
}

/** At one version: what is fixed there ends before it, what was last affected ends behind it. */
const places: Readonly<Record<Point['kind'], number>> = { fixed: 0, start: 1, last: 2 };

function startOf({ at }: Point): VersionRange {
  return at === undefined ? {} : { introduced: at };
}
