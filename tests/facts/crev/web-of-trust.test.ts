import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readProofs } from '../../../src/facts/crev/proofs.ts';
import { webOfTrust } from '../../../src/facts/crev/web-of-trust.ts';
import { type Reviewer, reviewer } from '../../support/crev-proofs.ts';

const names = ['me', 'ann', 'bob', 'cid', 'dan', 'eve'] as const;
type Name = (typeof names)[number];
const people = Object.fromEntries(names.map((name) => [name, reviewer(name)])) as Record<Name, Reviewer>;

/** `ann high bob`: ann trusts bob highly; `ann high bob not cid`: and asks to disregard cid's trust in bob. */
function web(...lines: string[]) {
  const files = lines.map((line) => {
    const [from, level = '', to, , not] = line.split(' ') as [Name, string, Name, string?, Name?];
    const more = not === undefined ? '' : `override:\n  - id-type: crev\n    id: ${people[not].id}\n`;
    return { file: line, text: people[from].trust(level, [people[to]], more) };
  });
  return webOfTrust(readProofs(files), [people.me.id]);
}

function said({ trusted, distrusted }: ReturnType<typeof web>): string {
  const name = (id: string) => names.find((each) => people[each].id === id) ?? id;
  const standings = [...trusted].map(([id, { level, distance }]) => `${name(id)} ${level} ${distance}`);
  return [...standings, ...[...distrusted].map((id) => `not ${name(id)}`)].sort().join(', ');
}

describe('webOfTrust', () => {
  const cases: [name: string, lines: string[], expected: string][] = [
    ['oneself', [], 'me high 0'],
    [
      'whom one trusts',
      ['me high ann', 'me medium bob', 'me low cid'],
      'ann high 0, bob medium 1, cid low 5, me high 0',
    ],
    ['… not at all', ['me none ann'], 'me high 0'],
    ['trust never grows on the way', ['me low ann', 'ann high bob'], 'ann low 5, bob low 10, me high 0'],
    ['too far is too far', ['me low ann', 'ann low bob', 'bob low cid'], 'ann low 5, bob low 10, me high 0'],
    [
      'of two ways the better level and the nearer distance',
      ['me medium ann', 'me medium bob', 'ann low cid', 'bob medium cid'],
      'ann medium 1, bob medium 1, cid medium 2, me high 0',
    ],
    ['strangers bring nobody in', ['eve high ann', 'ann high eve'], 'me high 0'],
    ['circles end', ['me high ann', 'ann high bob', 'bob high ann'], 'ann high 0, bob high 0, me high 0'],
    ['distrust', ['me high ann', 'me distrust eve', 'ann high eve'], 'ann high 0, me high 0, not eve'],
    [
      'whoever came in through the distrusted is out again',
      ['me high ann', 'ann high eve', 'eve high dan', 'me medium bob', 'bob distrust eve'],
      'ann high 0, bob medium 1, me high 0, not eve',
    ],
    ['nobody can cast out oneself', ['me high eve', 'eve distrust me'], 'eve high 0, me high 0'],
    ['the distrust of strangers', ['me high ann', 'eve distrust ann'], 'ann high 0, me high 0'],
    [
      'a word against someone’s trust, by someone more trusted',
      ['me medium ann', 'me high bob', 'ann high cid', 'bob low cid not ann'],
      'ann medium 1, bob high 0, cid low 5, me high 0',
    ],
    [
      '… by someone trusted no more than them',
      ['me medium ann', 'me medium bob', 'ann medium cid', 'bob low cid not ann'],
      'ann medium 1, bob medium 1, cid medium 2, me high 0',
    ],
  ];
  for (const [name, lines, expected] of cases) {
    it(name, () => assert.equal(said(web(...lines)), expected));
    it(`${name}, in any order`, () => assert.equal(said(web(...lines.toReversed())), expected));
  }

  it('a later word replaces an earlier one', () => {
    const later = reviewer('me', '2025-01-01T00:00:00+00:00');
    const files = [later.trust('none', [people.ann]), people.me.trust('high', [people.ann])];
    const store = readProofs(files.map((text) => ({ file: '', text })));
    assert.equal(said(webOfTrust(store, [people.me.id])), 'me high 0');
  });
});
