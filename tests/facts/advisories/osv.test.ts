import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { AffectedRange } from '../../../src/facts/advisories/advisory.ts';
import { kindOf } from '../../../src/facts/advisories/database.ts';
import { AdvisoryError } from '../../../src/facts/advisories/error.ts';
import { crateAdvisories } from '../../../src/facts/advisories/osv.ts';
import { readOsv } from '../../../src/facts/advisories/osv-record.ts';
import { oddDatabase } from '../../support/advisory-feeds.ts';

const parseOsv = (text: string) => crateAdvisories(readOsv(text));
const read = (name: string) => parseOsv(readFileSync(join(oddDatabase, 'osv', name), 'utf8'));

describe('an advisory in OSV', () => {
  it('becomes one for each crate that it is about', () => {
    const [seam, sys, ...rest] = read('GHSA-aaaa-bbbb-cccc.json');
    assert.deepEqual(rest, []);
    assert.deepEqual(seam, {
      id: 'GHSA-aaaa-bbbb-cccc',
      package: 'seam',
      collection: 'crates',
      source: 'crates.io',
      date: '2030-03-04',
      title: 'Two crates share a leaking seam',
      description: 'The seam is in both.',
      url: 'https://osv.dev/vulnerability/GHSA-aaaa-bbbb-cccc',
      references: ['https://seam.example/advisory'],
      aliases: ['CVE-2030-1002'],
      related: [],
      categories: [],
      keywords: [],
      cvss: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N',
      severity: 'medium',
      expectDeleted: false,
      versions: {
        patched: ['>= 1.2.4, < 2.0.0', '>= 2.3.0, < 3.0.0', '> 3.0.1'],
        unaffected: [],
        affected: [
          { fixed: '1.2.4' },
          { introduced: '2.0.0', fixed: '2.3.0' },
          { introduced: '3.0.0', fixed: '3.0.1-0' },
          { introduced: '3.0.1', fixed: '3.0.2-0' },
        ],
      },
      platforms: { arch: [], os: [], functions: {} },
    });
    assert.deepEqual(sys?.versions, {
      patched: ['> 0.4.1'],
      unaffected: ['< 0.2.0'],
      affected: [{ introduced: '0.2.0', fixed: '0.4.2-0' }],
    });
    assert.deepEqual(sys?.platforms, { arch: [], os: ['windows'], functions: { 'seam_sys::open': [] } });
  });

  it('is malicious by its id', () => {
    assert.deepEqual(read('MAL-2030-1.json').map(kindOf), ['malicious']);
  });

  it('may be withdrawn, informational, without a summary and without versions', () => {
    const [advisory] = read('GHSA-dddd-eeee-ffff.json');
    assert.equal(advisory?.withdrawn, '2030-04-01');
    assert.equal(advisory?.informational, 'unsound');
    assert.equal(advisory?.title, 'Withdrawn, without a summary');
    assert.deepEqual(advisory?.versions.affected, [{}]);
  });

  type Event = { introduced?: string; fixed?: string; last_affected?: string };
  const events: [what: string, events: Event[], affected: AffectedRange[]][] = [
    ['from the beginning on', [{ introduced: '0' }], [{}]],
    ['never', [], []],
    ['fixed, never introduced', [{ fixed: '1.0.0' }], []],
    [
      'introduced again where it was fixed',
      [{ introduced: '1.0.0' }, { fixed: '2.0.0' }, { introduced: '2.0.0' }],
      [{ introduced: '1.0.0' }],
    ],
    [
      'introduced twice',
      [{ introduced: '1.0.0' }, { introduced: '1.5.0' }, { fixed: '2.0.0' }],
      [{ introduced: '1.0.0', fixed: '2.0.0' }],
    ],
    [
      'up to a pre-release',
      [{ introduced: '0.0.0-0' }, { last_affected: '1.0.0-rc.1' }],
      [{ introduced: '0.0.0-0', fixed: '1.0.0-rc.1.0' }],
    ],
  ];
  for (const [what, list, affected] of events) {
    it(`affects ${what}`, () => {
      const range = { type: 'SEMVER', events: list };
      const osv = {
        id: 'X-1-1',
        affected: [{ package: { ecosystem: 'crates.io', name: 'p' }, ranges: [range] }],
      };
      assert.deepEqual(parseOsv(JSON.stringify(osv))[0]?.versions.affected, affected);
    });
  }

  const bad: [what: string, text: string, reason: RegExp][] = [
    ['no JSON', '{ "id": "GHSA', /not JSON/],
    ['no id', '{ "affected": [] }', /id/],
    [
      'a version that is none',
      readFileSync(join(oddDatabase, 'osv/versions.json'), 'utf8'),
      /`soon` is not a version/,
    ],
    ['another shape', '[]', /expected object/],
  ];
  for (const [what, text, reason] of bad) {
    it(`is refused: ${what}`, () => {
      assert.throws(
        () => parseOsv(text),
        (error: unknown) => error instanceof AdvisoryError && reason.test(error.message),
      );
    });
  }

  it('is about nothing here where it is about other ecosystems', () => {
    const osv = { id: 'X-1-1', affected: [{ package: { ecosystem: 'npm', name: 'p' } }, {}] };
    assert.deepEqual(parseOsv(JSON.stringify(osv)), []);
    assert.deepEqual(parseOsv('{ "id": "X-1-1" }'), []);
  });
});
