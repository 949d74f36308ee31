/** Crates as a mirror has recorded them, for replays. */
import type { Advisory } from '../../src/facts/advisories/advisory.ts';
import { databaseOf } from '../../src/facts/advisories/database.ts';
import type { AdvisoryFeed } from '../../src/facts/advisories/load.ts';
import { parseRustsec } from '../../src/facts/advisories/rustsec.ts';
import type { CratePast } from '../../src/registry/backtest/past.ts';
import { shippedNamespace } from '../../src/registry/errands/people.ts';
import type { ReleaseRecord } from '../../src/store/records.ts';
import { release } from '../store/samples.ts';

export const day = 86_400_000;

export const namespace = shippedNamespace();

/** Nothing is the organisation's own. */
const firstParty = { names: [], prefixes: [], registries: [] };

/** A release that the mirror met in the back catalogue, long after it came out. `at` is RFC 3339. */
export function recorded(
  key: string,
  version: string,
  at: string,
  fields: Partial<ReleaseRecord> = {},
): ReleaseRecord & { readonly published: number } {
  const published = Date.parse(at);
  const line = { name: key, vers: version, deps: [], cksum: 'a'.repeat(64), features: {}, yanked: false };
  return {
    ...release({ key, version, firstSeen: Date.parse('2031-01-01T00:00:00Z'), arrival: 'back-catalogue' }),
    line: JSON.stringify({ ...line, pubtime: at }),
    state: 'promoted',
    ...fields,
    published,
  };
}

/** An advisory of RustSec's kind. */
export function advisory(fields: Partial<Advisory>): Advisory {
  return { ...parseRustsec('id = "RUSTSEC-2030-0900"\npackage = "p"\ndate = "2030-01-01"'), ...fields };
}

export function feedOf(...advisories: readonly Advisory[]): AdvisoryFeed {
  const readAt = '2031-01-01T00:00:00.000Z';
  return {
    database: databaseOf(advisories),
    packages: [],
    provenance: { source: 'test', readAt },
    problems: [],
  };
}

/** What is known of a crate with these releases, and nothing said against it. */
export function pastOf(name: string, releases: CratePast['releases']): CratePast {
  return { name, releases, advisories: [], namespace, firstParty };
}
