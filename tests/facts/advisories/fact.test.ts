import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { advisoriesFact } from '../../../src/facts/advisories/fact.ts';
import type { AdvisoryFeed } from '../../../src/facts/advisories/load.ts';
import { sayVersions } from '../../../src/facts/advisories/say.ts';
import type { FeedState } from '../../../src/facts/feed/reading.ts';
import { fixtureDatabase, folderFeed, oddDatabase } from '../../support/advisory-feeds.ts';

const at = Date.parse('2031-01-01T00:00:00Z');
const lantern = { crate: 'lantern', version: '1.0.0' };

describe('the advisories fact', () => {
  let feed: AdvisoryFeed;
  let odd: AdvisoryFeed;
  before(async () => {
    feed = await folderFeed(fixtureDatabase);
    odd = await folderFeed(oddDatabase);
  });
  const read = (one: AdvisoryFeed): FeedState<AdvisoryFeed> => ({ feed: one, alarm: undefined });
  const missing: FeedState<AdvisoryFeed> = { feed: undefined, alarm: 'It is down.' };

  it('has what a verdict needs, dated by its feed', () => {
    const fact = advisoriesFact(
      lantern,
      [
        read({
          ...feed,
          provenance: { source: 'db', commit: 'ab'.repeat(20), readAt: '2030-01-01T00:00:00Z' },
        }),
      ],
      at,
    );
    assert.equal(fact.kind, 'known');
    assert.deepEqual([fact.source, fact.at], ['db at abababababab', '2030-01-01T00:00:00.000Z']);
    if (fact.kind !== 'known') return;
    assert.deepEqual(fact.value.missing, []);
    assert.deepEqual(fact.value.matches[0], {
      id: 'RUSTSEC-2030-0001',
      kind: 'vulnerability',
      title: 'A long wick overflows its buffer',
      date: '2030-01-05',
      url: 'https://rustsec.org/advisories/RUSTSEC-2030-0001.html',
      aliases: ['CVE-2030-1001'],
      categories: ['memory-corruption'],
      score: 9.8,
      severity: 'critical',
      fixed: '1.2.7 or a later 1, or 2.1.0 or later',
      unaffected: 'before 0.9.0',
      patchedVersions: ['^1.2.7', '>= 2.1.0'],
      unaffectedVersions: ['< 0.9.0'],
      platforms: { arch: ['x86_64'], os: ['linux', 'windows'] },
      functions: ['lantern::Wick::trim'],
    });
  });

  it('gathers several feeds', () => {
    const fact = advisoriesFact({ crate: 'lantern', version: '0.1.5' }, [read(odd), read(feed)], at);
    const ids = fact.kind === 'known' ? fact.value.matches.map(({ id }) => id) : [];
    assert.deepEqual(ids, ['RUSTSEC-2030-0104', 'RUSTSEC-2030-0105']);
  });

  it('is unknown where none is configured', () => {
    const fact = advisoriesFact(lantern, [], at);
    assert.equal(fact.kind === 'unknown' && fact.reason, 'no advisory database is configured');
  });

  it('is unknown where none could be read', () => {
    const fact = advisoriesFact(lantern, [missing, { feed: undefined, alarm: undefined }], at);
    assert.equal(fact.kind === 'unknown' && fact.reason, 'It is down; the advisories were not read yet');
  });

  it('names the one that is missing and hides nothing that the other says', () => {
    const fact = advisoriesFact(lantern, [missing, read(feed)], at);
    assert.deepEqual(fact.kind === 'known' && fact.value.missing, ['It is down']);
    assert.equal(fact.kind === 'known' && fact.value.matches.length, 2);
  });

  it('keeps the old reading where it could not be read anew', () => {
    const fact = advisoriesFact(lantern, [{ feed, alarm: 'It is down.' }], at);
    assert.deepEqual(fact.kind === 'known' && fact.value.missing, []);
  });
});

describe('versions, as people say them', () => {
  const cases: [requirements: string[], said: string][] = [
    [[], ''],
    [['>= 1.2.3'], '1.2.3 or later'],
    [['>=1.2'], '1.2.0 or later'],
    [['< 1.3.0, >= 1.2.3'], '1.2.3 or later before 1.3.0'],
    [['> 0.3.9'], 'later than 0.3.9'],
    [['<= 0.3.9'], 'up to 0.3.9'],
    [['^0.2.4'], '0.2.4 or a later 0.2'],
    [['^0.0.4'], '0.0.4'],
    [['~1.2.3-rc.1'], '1.2.3-rc.1 or a later 1.2'],
    [['=1.0.0', '=1.0.2', '>= 2'], '1.0.0, 1.0.2, or 2.0.0 or later'],
    [['*'], 'any release'],
    [['1.*'], 'any 1'],
    [['soon'], 'soon'],
  ];
  for (const [requirements, said] of cases) {
    it(`${requirements.join(' || ') || '(none)'}: ${said}`, () =>
      assert.equal(sayVersions(requirements), said));
  }
});
