import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { parseSourceId } from '../../../src/cargo/source-id.ts';
import type { Advisory } from '../../../src/facts/advisories/advisory.ts';
import { scoreOf } from '../../../src/facts/advisories/cvss.ts';
import {
  type AdvisoryDatabase,
  advisoriesOf,
  advisorySource,
  databaseOf,
  kindOf,
  type MatchOptions,
} from '../../../src/facts/advisories/database.ts';
import { parseRustsec } from '../../../src/facts/advisories/rustsec.ts';
import { fixtureDatabase, folderFeed, noRealDatabase, realDatabase } from '../../support/advisory-feeds.ts';

describe('matching', () => {
  let database: AdvisoryDatabase;
  before(async () => {
    database = (await folderFeed(fixtureDatabase)).database;
  });

  const cases: [what: string, crate: string, version: string, options: MatchOptions, found: string[]][] = [
    ['a vulnerable version', 'lantern', '1.2.6', {}, ['0001 vulnerability', '0003 vulnerability']],
    ['a version patched in its series', 'lantern', '1.2.7', {}, ['0003 vulnerability']],
    ['unaffected by one, between betas for the other', 'lantern', '2.1.0', {}, []],
    ['a pre-release of the patched version', 'lantern', '2.1.0-rc.1', {}, ['0001 vulnerability']],
    [
      'all kinds',
      'candle_rs',
      '0.5.0',
      {},
      ['0004 unmaintained', '0005 unsound', '0006 notice', '0007 other'],
    ],
    [
      'a name with the other dash, in capitals',
      'Candle-RS',
      '0.6.0',
      {},
      ['0004 unmaintained', '0007 other'],
    ],
    ['malicious crates', 'lamtern', '0.1.0', {}, ['0008 malicious']],
    ['… without a category', 'lanterm', '99.0.0-x', {}, ['0009 malicious']],
    ['the one malicious release', 'tallow', '0.3.10', {}, ['0010 malicious', '0011 vulnerability']],
    ['the release before it', 'tallow', '0.3.9', {}, ['0011 vulnerability']],
    [
      'a platform that is built for',
      'lantern',
      '1.0.0',
      { os: ['macos', 'linux'], arch: ['x86_64'] },
      ['0001 vulnerability', '0003 vulnerability'],
    ],
    ['another system', 'lantern', '1.0.0', { os: ['macos'] }, ['0003 vulnerability']],
    ['another processor', 'lantern', '1.0.0', { arch: ['aarch64'] }, ['0003 vulnerability']],
    [
      'no platform named',
      'lantern',
      '1.0.0',
      { os: [], arch: [] },
      ['0001 vulnerability', '0003 vulnerability'],
    ],
    ['the default registry', 'wax', '0.1.0', {}, ['0013 vulnerability']],
    [
      'another registry',
      'wax',
      '0.1.0',
      { source: 'registry+https://crates.lantern.example/index' },
      ['0012 vulnerability'],
    ],
    ['a registry nobody wrote of', 'wax', '0.1.0', { source: 'sparse+https://other.example/' }, []],
    ['the compiler’s own, as a crate', 'std', '1.0.0', {}, []],
    ['the compiler’s own', 'std', '1.0.0', { collection: 'rust' }, ['2001 vulnerability']],
    ['a draft', 'draft', '1.0.0', {}, []],
    ['an unknown crate', 'beeswax', '1.0.0', {}, []],
    ['what is no version', 'lamtern', 'latest', {}, ['0008 malicious']],
  ];
  for (const [what, crate, version, options, found] of cases) {
    it(what, () => {
      const matches = advisoriesOf(database, crate, version, options);
      assert.deepEqual(
        matches.map(({ advisory, kind }) => `${advisory.id.slice(-4)} ${kind}`),
        found,
      );
    });
  }

  it('takes the first of two advisories with one id and package', () => {
    const one = parseRustsec('id = "RUSTSEC-2030-0900"\npackage = "p"\ndate = "2030-01-01"');
    const twice = databaseOf([one, { ...one, title: 'again', package: 'P' }, { ...one, package: 'q' }]);
    assert.deepEqual(
      twice.advisories.map(({ title, package: name }) => `${name} ${title}`),
      [`p ${one.id}`, `q ${one.id}`],
    );
  });

  it('knows the default registry in both spellings', () => {
    const git = 'https://github.com/rust-lang/crates.io-index';
    const sources: [text: string | undefined, expected: string | undefined][] = [
      [`registry+${git}`, 'crates.io'],
      [`sparse+https://${['index', 'crates.io'].join('.')}/`, 'crates.io'],
      ['registry+https://other.example/index', 'registry+https://other.example/index'],
      [`git+${git}#0123`, undefined],
      ['path+file:///x', undefined],
      [undefined, undefined],
    ];
    for (const [text, expected] of sources) {
      assert.equal(advisorySource(text === undefined ? undefined : parseSourceId(text)), expected, text);
    }
  });
});

describe('the real database', { skip: noRealDatabase }, () => {
  let advisories: readonly Advisory[];
  let database: AdvisoryDatabase;
  before(async () => {
    const feed = await folderFeed(realDatabase);
    assert.deepEqual(feed.problems, []);
    database = feed.database;
    advisories = database.advisories;
  });

  it('is read whole', () => {
    assert.equal(advisories.length, 1199);
    assert.equal(advisories.filter(({ withdrawn }) => withdrawn !== undefined).length, 13);
    assert.equal(advisories.filter(({ collection }) => collection === 'rust').length, 20);
    const bounds = advisories.filter(({ versions }) =>
      [...versions.patched, ...versions.unaffected].some((text) => /\d-/.test(text)),
    );
    assert.equal(bounds.length, 33);
    const kinds = Object.entries(Object.groupBy(advisories, kindOf)).map(
      ([kind, list]) => `${list.length} ${kind}`,
    );
    assert.deepEqual(kinds.sort(), [
      '203 unsound',
      '267 unmaintained',
      '51 malicious',
      '6 notice',
      '672 vulnerability',
    ]);
  });

  it('has a score wherever it has a vector', () => {
    const vectors = advisories.flatMap(({ cvss }) => cvss ?? []);
    assert.equal(vectors.length, 420);
    assert.deepEqual(
      vectors.filter((vector) => scoreOf(vector) === undefined),
      [],
    );
  });

  it('matches 800 packages in a few milliseconds', () => {
    const names = [...database.byPackage.keys()].slice(0, 800);
    const once = () => names.reduce((sum, name) => sum + advisoriesOf(database, name, '0.3.1').length, 0);
    assert.ok(once() > 100);
    const start = performance.now();
    once();
    assert.ok(performance.now() - start < 100);
  });
});
