import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { databaseOf } from '../../../src/facts/advisories/database.ts';
import { parseRustsec } from '../../../src/facts/advisories/rustsec.ts';
import { isTakenDown } from '../../../src/facts/advisories/takedowns.ts';

function advisory(id: string, crate: string, more: string, versions: string) {
  return parseRustsec(
    `id = "RUSTSEC-2030-${id}"\npackage = "${crate}"\ndate = "2030-01-01"\n${more}\n[versions]\n${versions}`,
  );
}

const malicious = 'categories = ["malicious"]';
const database = databaseOf([
  advisory('0901', 'faster_log', malicious, 'patched = []'),
  advisory('0902', 'taken-over', malicious, 'patched = []\nunaffected = ["< 0.3.10"]'),
  advisory('0903', 'flawed', '', 'patched = []'),
  advisory('0904', 'cleared', `${malicious}\nwithdrawn = "2030-01-02"`, 'patched = []'),
]);

describe('a crate that was taken down as malicious', () => {
  const cases: [crate: string, is: boolean, because: string][] = [
    ['faster_log', true, 'all of it is malicious'],
    ['faster-log', true, 'spelt otherwise'],
    ['taken-over', false, 'its earlier releases are honest: the account was taken over'],
    ['flawed', false, 'a vulnerability is no malice'],
    ['cleared', false, 'the advisory was withdrawn'],
    ['unheard-of', false, 'nobody speaks of it'],
  ];
  for (const [crate, is, because] of cases) {
    it(`${crate}: ${is}, ${because}`, () => {
      assert.equal(isTakenDown(crate, [databaseOf([]), database]), is);
    });
  }
});
