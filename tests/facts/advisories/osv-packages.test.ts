/** What OSV's records say of packages of distributions. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AffectedVersions } from '../../../src/distribution/advisory/advisory.ts';
import { databaseOf } from '../../../src/facts/advisories/database.ts';
import { advisoriesFact, notConfigured } from '../../../src/facts/advisories/fact.ts';
import { readFeed } from '../../../src/facts/advisories/files.ts';
import { advisoryFeeds } from '../../../src/facts/advisories/load.ts';

type Events = readonly Readonly<Record<string, string>>[];

const file = (record: object) => ({
  path: 'Debian/DSA-1-1.json',
  bytes: Buffer.from(JSON.stringify({ id: 'DSA-1-1', published: '2026-08-01T00:00:00Z', ...record })),
});

const of = (ecosystem: string, name: string, more: object = {}) => ({
  package: { ecosystem, name },
  ...more,
});

function affected(ecosystem: string, events: Events, more: object = {}): AffectedVersions | undefined {
  const entry = of(ecosystem, 'openssl', { ranges: [{ type: 'ECOSYSTEM', events }], ...more });
  return readFeed([file({ affected: [entry] })]).packages[0]?.affected;
}

describe('an OSV record', () => {
  it('is read once for each package of each release, with the ids that it is known by', () => {
    const { packages, advisories, problems } = readFeed([
      file({
        summary: 'in short',
        aliases: ['CVE-2026-1'],
        upstream: ['CVE-2026-1', 'CVE-2026-2'],
        affected: [
          of('Debian:11', 'openssl', { versions: ['1.1.1-1'] }),
          of('Debian:12', 'openssl', { versions: ['3.0.1-1'] }),
          of('Debian:12', 'openssl', { versions: ['3.0.2-1'] }),
          of('npm', 'openssl'),
          of('crates.io', 'openssl', { ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }] }),
          {},
        ],
      }),
    ]);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      advisories.map((one) => one.package),
      ['openssl'],
    );
    assert.deepEqual(
      packages.map((one) => [
        one.ecosystem,
        one.package,
        one.affected.kind === 'ranges' && one.affected.versions,
      ]),
      [
        ['Debian:11', 'openssl', ['1.1.1-1']],
        ['Debian:12', 'openssl', ['3.0.1-1', '3.0.2-1']],
      ],
    );
    assert.deepEqual(packages[0]?.aliases, ['CVE-2026-1', 'CVE-2026-2']);
    assert.deepEqual([packages[0]?.title, packages[0]?.date], ['in short', '2026-08-01']);
  });

  for (const [what, events, expected] of [
    ['a fix', [{ introduced: '0' }, { fixed: '3.0.2-1' }], [{ fixed: '3.0.2-1' }]],
    ['none', [{ introduced: '0' }], [{}]],
    [
      'a last one',
      [{ introduced: '1.0-1' }, { last_affected: '1.1-1' }],
      [{ introduced: '1.0-1', last: '1.1-1' }],
    ],
    [
      'several, in no order, by the order of the distribution',
      [{ fixed: '1:0.5' }, { introduced: '2.10-1' }, { fixed: '2.9-1' }, { introduced: '2.0~rc1' }],
      [
        { introduced: '2.0~rc1', fixed: '2.9-1' },
        { introduced: '2.10-1', fixed: '1:0.5' },
      ],
    ],
    ['an end alone', [{ fixed: '1.0' }], []],
  ] as const)
    it(`with ${what}`, () => {
      assert.deepEqual(affected('Debian:12', events), { kind: 'ranges', ranges: expected, versions: [] });
    });

  it('keeps of its listed versions what its ranges do not hold', () => {
    const versions = ['3.0.1-1', '3.0.2-1', 'not a version', '3.0.1-1'];
    assert.deepEqual(affected('Debian:12', [{ introduced: '0' }, { fixed: '3.0.2-1' }], { versions }), {
      kind: 'ranges',
      ranges: [{ fixed: '3.0.2-1' }],
      versions: ['3.0.2-1', 'not a version'],
    });
  });

  it('with thousands of ranges and versions is read all the same', () => {
    const events = Array.from({ length: 6000 }, (_, i) =>
      i % 2 === 0 ? { introduced: `1.${i}` } : { fixed: `1.${i}` },
    );
    const versions = Array.from({ length: 6000 }, (_, i) => `1.${i}-1`);
    const found = affected('Debian:12', events, { versions });
    assert.deepEqual(
      found?.kind === 'ranges' && [found.ranges.length, found.ranges[1], found.versions.length],
      [3000, { introduced: '1.2', fixed: '1.3' }, 6000],
    );
  });

  it('without ranges or versions is about all; ranges of commits say nothing', () => {
    const git = [{ type: 'GIT', repo: 'https://g.example', events: [{ introduced: '0' }] }];
    for (const more of [{ ranges: git }, { ranges: [] }, { ranges: null, versions: null }])
      assert.deepEqual(affected('Debian:12', [], more), { kind: 'ranges', ranges: [{}], versions: [] });
  });

  it('with a bound that is no version is not read, and says so', () => {
    for (const [ecosystem, bound] of [
      ['Debian:12', '1_0'],
      ['Alpine:v3.20', '1.0-1'],
      ['Rocky Linux:9', '1 0'],
    ] as const)
      assert.deepEqual(affected(ecosystem, [{ introduced: '0' }, { fixed: bound }]), {
        kind: 'unread',
        reason: `\`${bound}\` is no version of its distribution`,
      });
  });
});

describe('a feed of distributions’ advisories', () => {
  const { packages } = readFeed([file({ affected: [of('Debian:12', 'openssl')] })]);
  const provenance = { source: 'osv', readAt: '2026-11-29T00:00:00Z' };
  const feed = { database: databaseOf([]), packages, provenance, problems: [] };

  it('is kept as it was read', () => {
    const kept = JSON.parse(JSON.stringify({ ...advisoryFeeds.said(feed), provenance, problems: [] }));
    assert.deepEqual(advisoryFeeds.restore(kept).packages, packages);
    // Readings from before there were any.
    assert.deepEqual(advisoryFeeds.restore({ advisories: [], provenance, problems: [] }).packages, []);
  });

  it('alone does not read as if nothing were known against a crate', () => {
    const fact = advisoriesFact({ crate: 'openssl', version: '0.10.1' }, [{ feed, alarm: undefined }], 0);
    assert.deepEqual([fact.kind, fact.kind === 'unknown' && fact.reason], ['unknown', notConfigured]);
  });
});
