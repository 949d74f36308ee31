import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { AdvisoryError } from '../../../src/facts/advisories/error.ts';
import { pageOf, parseRustsec } from '../../../src/facts/advisories/rustsec.ts';
import { fixtureDatabase, oddDatabase } from '../../support/advisory-feeds.ts';

const read = (folder: string, path: string) => readFileSync(join(folder, 'crates', path), 'utf8');

describe('an advisory of RustSec', () => {
  it('has every field of the format', () => {
    assert.deepEqual(parseRustsec(read(fixtureDatabase, 'lantern/RUSTSEC-2030-0001.md')), {
      id: 'RUSTSEC-2030-0001',
      package: 'lantern',
      collection: 'crates',
      source: 'crates.io',
      date: '2030-01-05',
      title: 'A long wick overflows its buffer',
      description: 'Trimming a wick of more than 255 marks writes past its end.',
      url: 'https://rustsec.org/advisories/RUSTSEC-2030-0001.html',
      references: ['https://lantern.example/issues/1', 'https://lantern.example/issues/2'],
      aliases: ['CVE-2030-1001'],
      related: [],
      categories: ['memory-corruption'],
      keywords: ['overflow'],
      cvss: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
      expectDeleted: false,
      versions: {
        patched: ['^1.2.7', '>= 2.1.0'],
        unaffected: ['< 0.9.0'],
        affected: [
          { introduced: '0.9.0', fixed: '1.2.7' },
          { introduced: '2.0.0-0', fixed: '2.1.0' },
        ],
      },
      platforms: {
        arch: ['x86_64'],
        os: ['linux', 'windows'],
        functions: { 'lantern::Wick::trim': ['< 1.4.2'] },
      },
    });
  });

  it('may leave out the first table (format 4)', () => {
    const advisory = parseRustsec(read(fixtureDatabase, 'tallow/RUSTSEC-2030-0011.md'));
    assert.equal(advisory.package, 'tallow');
    assert.equal(advisory.versions.patched.length, 3);
  });

  it('may be TOML as a whole (before 2020)', () => {
    const advisory = parseRustsec(read(oddDatabase, 'lantern/RUSTSEC-2030-0104.toml'));
    assert.equal(advisory.title, 'An advisory as they were in the first year');
    assert.deepEqual(advisory.versions.affected, [{ introduced: '0.1.0', fixed: '0.2.0' }]);
    assert.deepEqual(advisory.platforms.os, ['windows']);
  });

  it('counts where what is not needed is of another format', () => {
    const advisory = parseRustsec(read(oddDatabase, 'lantern/RUSTSEC-2030-0105.md'));
    assert.equal(advisory.date, '2030-01-05');
    assert.deepEqual(advisory.keywords, []);
    assert.deepEqual(advisory.versions.affected, [
      { fixed: '1.0.0-0' },
      { introduced: '2.0.0-0', fixed: '2.0.0' },
      { introduced: '2.5.0' },
    ]);
  });

  it('says when it was withdrawn, and of which registry it is', () => {
    assert.equal(parseRustsec(read(fixtureDatabase, 'lantern/RUSTSEC-2030-0002.md')).withdrawn, '2030-02-20');
    const wax = parseRustsec(read(fixtureDatabase, 'wax/RUSTSEC-2030-0012.md'));
    assert.equal(wax.source, 'registry+https://crates.lantern.example/index');
  });

  it('reads line ends of Windows and a byte order mark', () => {
    const unix = read(fixtureDatabase, 'lantern/RUSTSEC-2030-0003.md');
    assert.deepEqual(parseRustsec(`\uFEFF${unix.replaceAll('\n', '\r\n')}`), parseRustsec(unix));
  });

  const header = 'id = "RUSTSEC-2030-0999"\npackage = "p"\ndate = "2030-01-01"';
  const bad: [what: string, text: string, reason: RegExp][] = [
    ['broken TOML', read(oddDatabase, 'lantern/RUSTSEC-2030-0101.md'), /TOML is broken/],
    ['a requirement that is none', read(oddDatabase, 'lantern/RUSTSEC-2030-0102.md'), /`1\.2\.3\.4` is not/],
    ['a block without end', '```toml\n[advisory]\nid = "RUSTSEC-2030-0103"\n', /no end/],
    ['another block', '```json\n{}\n```\n# T\n', /no end/],
    ['nothing', '', /advisory\.id/],
    ['no package', 'id = "RUSTSEC-2030-0999"\ndate = "2030-01-01"', /advisory\.package/],
    ['no date', 'id = "RUSTSEC-2030-0999"\npackage = "p"', /advisory\.date/],
    ['an id that forges a line', `${header.replace('0999', '0999\\nx')}`, /advisory\.id/],
    ['versions of another kind', `[advisory]\n${header}\n[versions]\npatched = ">= 1"`, /versions\.patched/],
  ];
  for (const [what, text, reason] of bad) {
    it(`is refused: ${what}`, () => {
      const refused = (error: unknown) =>
        error instanceof AdvisoryError && error.code === 'advisories/file' && reason.test(error.message);
      assert.throws(() => parseRustsec(text), refused);
    });
  }

  it('has a page where its id is one of RustSec', () => {
    assert.equal(pageOf('GHSA-aaaa-bbbb-cccc'), undefined);
    assert.equal(pageOf('RUSTSEC-2030-0001'), 'https://rustsec.org/advisories/RUSTSEC-2030-0001.html');
  });
});
