import type { Advisory } from '../../src/facts/advisories/advisory.ts';

/** An advisory about every release of a crate below 2.0.0. */
export function advisory(crate: string, id = 'RUSTSEC-2026-0001'): Advisory {
  return {
    id,
    package: crate,
    collection: 'crates',
    source: 'crates.io',
    date: '2026-11-29',
    title: 'It is flawed',
    description: '',
    url: '',
    references: [],
    aliases: [],
    related: [],
    categories: [],
    keywords: [],
    expectDeleted: false,
    versions: { affected: [{ fixed: '2.0.0' }], patched: ['>=2.0.0'], unaffected: [] },
    platforms: { arch: [], os: [], functions: {} },
  };
}
