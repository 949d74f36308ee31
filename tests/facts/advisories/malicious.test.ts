import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Advisory } from '../../../src/facts/advisories/advisory.ts';
import { kindOf } from '../../../src/facts/advisories/database.ts';
import { type MaliceEvidence, maliceOf } from '../../../src/facts/advisories/malicious.ts';
import { parseRustsec } from '../../../src/facts/advisories/rustsec.ts';
import { fixtureDatabase, folderFeed, noRealDatabase, realDatabase } from '../../support/advisory-feeds.ts';

const plain = parseRustsec('id = "RUSTSEC-2030-0900"\npackage = "p"\ndate = "2030-01-01"');

describe('malicious code is recognised', () => {
  const cases: [what: string, fields: Partial<Advisory>, evidence: MaliceEvidence | undefined][] = [
    ['by its category', { categories: ['code-execution', 'malicious'] }, 'category'],
    [
      'by its category, whatever else it is',
      { categories: ['malicious'], informational: 'notice' },
      'category',
    ],
    ['by another database’s id', { aliases: ['GHSA-x', 'MAL-2030-5'] }, 'id'],
    ['by a keyword', { keywords: ['Typosquatting'] }, 'keyword'],
    ['by its title: removed for', { title: '`p` was removed from crates.io for malicious code' }, 'title'],
    [
      'by its title: due to',
      { title: '`p` 1.2.3 was removed from crates.io due to a malicious dependency' },
      'title',
    ],
    ['by its title: a crate', { title: 'malicious crate `p`' }, 'title'],
    ['by its title: contains', { title: '`p` contained a malicious build script' }, 'title'],
    ['by its title: backdoored', { title: 'Version 1.2 of `p` was backdoored' }, 'title'],
    [
      'by its text, where it was deleted',
      { expectDeleted: true, description: 'It tried to exfiltrate keys.' },
      'text',
    ],
    ['not by a text alone', { description: 'Malware used this flaw to steal keys.' }, undefined],
    ['not by a deletion alone', { expectDeleted: true, description: 'The author deleted it.' }, undefined],
    [
      'not where a deleted crate was fixed',
      {
        expectDeleted: true,
        description: 'Lets malicious code in.',
        versions: { patched: ['>= 2'], unaffected: [], affected: [] },
      },
      undefined,
    ],
    [
      'not where it is merely unsound',
      { expectDeleted: true, informational: 'unsound', title: 'malicious crate `p`' },
      undefined,
    ],
    ['not by malicious input', { title: 'Malicious input could cause memory to be exposed' }, undefined],
    ['not by a malicious peer', { title: 'Denial of service via malicious Web Push endpoint' }, undefined],
    ['not by a malicious user', { title: 'Code execution via malicious username' }, undefined],
    ['not by malicious names', { title: 'Malicious plugin names can cause binary execution' }, undefined],
    ['not by who writes code', { title: 'A malicious coder can get unsound access' }, undefined],
    ['not by payloads', { title: 'Denial of service through parsing payloads' }, undefined],
  ];
  for (const [what, fields, evidence] of cases) {
    it(what, () => assert.equal(maliceOf({ ...plain, ...fields }), evidence));
  }

  it('in our own database', async () => {
    const { database } = await folderFeed(fixtureDatabase);
    const found = database.advisories.filter((advisory) => kindOf(advisory) === 'malicious');
    assert.deepEqual(
      found.map((advisory) => [advisory.id, maliceOf(advisory)]),
      [
        ['RUSTSEC-2030-0008', 'category'],
        ['RUSTSEC-2030-0009', 'text'],
        ['RUSTSEC-2030-0010', 'category'],
      ],
    );
  });
});

describe('malicious code in the real database', { skip: noRealDatabase }, () => {
  let advisories: readonly Advisory[] = [];
  before(async () => {
    advisories = (await folderFeed(realDatabase)).database.advisories;
  });
  const malicious = (list: readonly Advisory[]) =>
    list.filter((one) => maliceOf(one) !== undefined).map(({ id }) => id);
  const category = ({ categories }: Advisory) => categories.includes('malicious');

  it('is more than the category says, and less than what was deleted', () => {
    const found = malicious(advisories);
    const listed = advisories.filter(category).map(({ id }) => id);
    // Of the 77 at its date this copy has 51: some entries are left out of it.
    assert.ok(found.length >= 51 && found.length <= 77, String(found.length));
    assert.ok(listed.every((id) => found.includes(id)) && found.length > listed.length);
    const deleted = advisories.filter(({ expectDeleted }) => expectDeleted).map(({ id }) => id);
    assert.ok(deleted.some((id) => !found.includes(id)));
  });

  it('is the same without its category and its aliases: the words say it too', () => {
    const bare = advisories.map((advisory) => ({ ...advisory, categories: [], aliases: [] }));
    assert.deepEqual(malicious(bare), malicious(advisories));
  });
});
