import { type Fact, known } from './fact.ts';

/** The times of one release and of its crate. All are epoch milliseconds. */
export interface AgeFact {
  /** `pubtime` of the index line; absent when the line has none or an unreadable one. */
  readonly published?: number | undefined;
  /** A `pubtime` that no release can have, since it was here before: then `published` is absent. */
  readonly publishedAhead?: number | undefined;
  /** When this mirror first saw the release. */
  readonly firstSeen: number;
  /** `new`: it appeared after the mirror first saw the crate. */
  readonly arrival: Arrival;
  /** When its dependency list changed in place, if it ever did. */
  readonly dependenciesChangedAt?: number | undefined;
  /** When this mirror first saw the crate. */
  readonly crateFirstSeen: number;
  /** The earliest `pubtime` among the releases that were there at first sight. */
  readonly cratePublished?: number | undefined;
}

/** How a release came to this mirror: with the crate's first index file, or later. */
export type Arrival = 'back-catalogue' | 'new';

/** How far a registry's clock may be ahead of this machine's: milliseconds. */
const skew = 60 * 60_000;

/** The age fact of one release. */
export function ageFact(age: AgeFact, at: number): Fact<AgeFact> {
  const published = soundPublished(age.published, age.firstSeen);
  if (published === age.published) return known(age, 'index', at);
  return known({ ...age, published, publishedAhead: age.published }, 'index', at);
}

/** A publication time, unless it lies after the first sight of what was published: then it is made up. */
export function soundPublished<T extends number | null | undefined>(
  published: T,
  firstSeen: number,
): T | undefined {
  return typeof published === 'number' && published > firstSeen + skew ? undefined : published;
}

/** Reads an index line's `pubtime` (RFC 3339). A missing or unreadable one is `undefined`: never a date. */
export function parsePubtime(pubtime: string | undefined): number | undefined {
  if (pubtime === undefined || !rfc3339.test(pubtime)) return undefined;
  const time = Date.parse(pubtime);
  return Number.isNaN(time) ? undefined : time;
}

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
