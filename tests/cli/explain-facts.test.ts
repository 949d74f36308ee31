import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { factLines } from '../../src/cli/explain/facts.ts';

const at = '2026-09-01T00:00:00Z';
const known = (value: unknown) => ({ kind: 'known', value, source: 'a test', at }) as const;
const time = Date.parse('2026-08-20T12:30:00Z');

describe('facts as sentences', () => {
  const table: readonly (readonly [name: string, value: unknown, said: string])[] = [
    [
      'age',
      { published: time, firstSeen: time, arrival: 'new', crateFirstSeen: 0 },
      'age: published 2026-08-20 12:30 UTC; first seen here 2026-08-20 12:30 UTC, after the crate',
    ],
    ['line', { recordedChecksum: 'a', checksum: 'b' }, 'index line: SHA-256 b, and a at first sight'],
    ['blocks', { blocks: [] }, 'blocks: nobody blocks it'],
    [
      'blocks',
      { blocks: [{ version: '1.0.0', by: 'Ada', reason: 'bad', at: time }] },
      'blocks: 1.0.0 by Ada, 2026-08-20 12:30 UTC: bad',
    ],
    [
      'history',
      { published: 0, earlier: 0, undated: 1 },
      'history: the first of its crate; 1 release without a date',
    ],
    [
      'advisories',
      { matches: [{ id: 'R-1', title: 'Bad', severity: 'high' }], missing: ['x is not read yet'] },
      'advisories: R-1 (high): Bad; x is not read yet',
    ],
    ['typosquat', { resembles: [], compared: 3 }, 'names that it resembles: none of 3'],
    ['popularity', { uses: 1, downloads: 1234567 }, 'popularity: 1,234,567 downloads'],
    [
      'firstParty',
      { claims: [{ kind: 'prefix', value: 'acme-' }], atHome: false },
      'whose name it is: the organisation’s by the prefix acme-, and it comes from elsewhere',
    ],
    [
      'maintainers',
      {
        owners: [
          { id: 1, login: 'ada', kind: 'user' },
          { id: 2, login: 'core', kind: 'team' },
        ],
        publisher: null,
      },
      'owners: ada; the team core; published by a trusted publisher’s workflow',
    ],
    ['vet', { met: [], violations: [], exemptionOnly: false }, 'vet: nobody vouches for it'],
    [
      'crev',
      { reviews: [], issues: [], unmaintained: false, strangers: 2 },
      'crev: nobody trusted has reviewed it; 2 reviews by people outside, which count for nothing',
    ],
    [
      'archive',
      { size: 10, unpackedSize: 2000, files: 1, problems: [] },
      'archive: 10 bytes, 2,000 unpacked in 1 file',
    ],
    [
      'license',
      { texts: [{ file: 'LICENSE', sha256: '', confidence: 0 }], problems: [] },
      'licence: its manifest names none; texts LICENSE (of no known licence)',
    ],
    [
      'code',
      {
        tier: 'build-script',
        reasons: ['build.rs is its build script'],
        buildScript: { summary: 'No network.' },
      },
      'what runs at build time: build-script: build.rs is its build script; build script: No network',
    ],
  ];
  for (const [name, value, said] of table) {
    it(`says ${said}`, () => {
      assert.deepEqual(factLines({ [name]: known(value) }), [`${said} (a test, 2026-09-01)`]);
    });
  }

  it('says what is not known, and why', () => {
    const unknown = { kind: 'unknown', reason: 'nobody asked', source: 'a test', at } as const;
    assert.deepEqual(factLines({ code: unknown }), [
      'what runs at build time: not known: nobody asked (a test, 2026-09-01)',
    ]);
  });

  it('shows what another version tells otherwise as it came', () => {
    assert.deepEqual(factLines({ blocks: known({ list: [1] }), later: known({ a: 1 }) }), [
      'blocks: {"list":[1]} (a test, 2026-09-01)',
      'later: {"a":1} (a test, 2026-09-01)',
    ]);
  });

  it('stays within bounds', () => {
    const many = Array.from({ length: 50 }, (_, i) => ({ by: 'a', reason: 'x'.repeat(1000), at: time + i }));
    const [line = ''] = factLines({ blocks: known({ blocks: many }) });
    assert.ok(line.length < 8000);
    assert.match(line, /and 38 more/);
  });
});
