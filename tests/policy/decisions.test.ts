/** What people decided, and how many of them it takes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Decision, decisionsFact } from '../../src/facts/decisions.ts';
import { applyDecisions, findingDigest } from '../../src/policy/decisions.ts';
import { counts } from '../../src/policy/excepted.ts';
import type { Finding } from '../../src/policy/finding.ts';
import { oneLine } from '../../src/policy/one-line.ts';
import { isSamePerson, type PersonsAct, together } from '../../src/policy/people.ts';

const finding: Finding = {
  rule: 'capability-added',
  effect: 'review',
  subject: 'parts@1.1.0',
  message: 'Its build script speaks to the network; 1.0.0 did not.',
  evidence: { file: 'build.rs', line: 1, values: { added: 'network ?' } },
  next: 'Read that line.',
};

function answered(
  one: Finding,
  decisions: readonly Partial<Decision>[],
  {
    people = 1,
    owners = {},
    now = 100,
  }: { people?: number; owners?: Record<string, string[]>; now?: number } = {},
): boolean {
  const fact = decisionsFact(
    decisions.map((decision) => ({
      kind: 'approve',
      by: 'anna',
      reason: 'read it',
      at: 10,
      answers: [findingDigest(finding)],
      ...decision,
    })),
    0,
  );
  const waivable = (rule: string) => rule !== 'malicious';
  const [found] = applyDecisions([one], fact, { people, owners }, waivable, now);
  return found !== undefined && !counts(found);
}

describe('a decision', () => {
  const cases: readonly (readonly [what: string, actual: boolean, expected: boolean])[] = [
    ['answers what it was about', answered(finding, [{}]), true],
    ['whatever the policy calls it', answered({ ...finding, next: 'Ask.' }, [{}]), true],
    ['not another message', answered({ ...finding, message: 'Its library does.' }, [{}]), false],
    ['not other evidence', answered({ ...finding, evidence: { file: 'build.rs', line: 2 } }, [{}]), false],
    ['not another rule', answered({ ...finding, rule: 'binaries' }, [{}]), false],
    ['no hold', answered({ ...finding, effect: 'hold' }, [{}]), false],
    ['no denial', answered({ ...finding, effect: 'deny' }, [{}]), false],
    [
      'nothing that cannot be waived',
      answered({ ...finding, rule: 'malicious' }, [
        { answers: [findingDigest({ ...finding, rule: 'malicious' })] },
      ]),
      false,
    ],
    ['until its end', answered(finding, [{ until: 101 }]), true],
    ['not after it', answered(finding, [{ until: 100 }]), false],
    ['a no is none', answered(finding, [{ kind: 'reject' }]), false],
    ['its owner’s', answered(finding, [{}], { owners: { 'capability-added': ['Ben', 'ANNA'] } }), true],
    ['not another’s', answered(finding, [{}], { owners: { 'capability-added': ['ben'] } }), false],
    ['nor of somebody else’s rule', answered(finding, [{}], { owners: { license: ['ben'] } }), true],
    [
      'two of which one owns it are one',
      answered(finding, [{}, { by: 'ben' }], { people: 2, owners: { 'capability-added': ['ben'] } }),
      false,
    ],
    ['one of two is not enough', answered(finding, [{}], { people: 2 }), false],
    ['twice the same', answered(finding, [{}, { by: 'ANNA', at: 20 }], { people: 2 }), false],
    ['two people', answered(finding, [{}, { by: 'ben', at: 20 }], { people: 2 }), true],
    [
      'one whose token had ended',
      answered(finding, [{ authorEndedAt: 15 }, { by: 'ben', at: 20 }], { people: 2 }),
      false,
    ],
    [
      'one whose token ended later',
      answered(finding, [{ authorEndedAt: 25 }, { by: 'ben', at: 20 }], { people: 2 }),
      true,
    ],
  ];
  for (const [what, actual, expected] of cases) it(what, () => assert.equal(actual, expected));
});

describe('names of one person', () => {
  for (const [a, b, is] of [
    ['anna', 'ANNA', true],
    ['josé', 'jose\u0301', true],
    ['JOSE\u0301', 'josé', true],
    ['anna ', ' anna', true],
    ['ａｎｎａ', 'anna', true],
    ['Straße', 'STRASSE', true],
    ['ΟΔΥΣΣΕΥΣ', 'οδυσσεύς', false],
    ['σίσυφος', 'ΣΊΣΥΦΟΣ', true],
    ['anna', 'anne', false],
    ['jose', 'josé', false],
  ] as const)
    it(`${a} and ${b}: ${is ? 'the same' : 'two'}`, () => assert.equal(isSamePerson(a, b), is));
});

describe('several people', () => {
  const cases: readonly (readonly [
    what: string,
    acts: readonly PersonsAct[],
    within: number,
    who: readonly string[] | undefined,
  ])[] = [
    ['nobody', [], 10, undefined],
    [
      'two, in any order',
      [
        { by: 'b', at: 2 },
        { by: 'a', at: 1 },
      ],
      10,
      ['a', 'b'],
    ],
    [
      'too far apart',
      [
        { by: 'a', at: 1 },
        { by: 'b', at: 12 },
      ],
      10,
      undefined,
    ],
    [
      'again in time',
      [
        { by: 'a', at: 1 },
        { by: 'b', at: 12 },
        { by: 'A', at: 20 },
      ],
      10,
      ['b', 'A'],
    ],
    [
      'three, of whom one is gone',
      [
        { by: 'a', at: 1, authorEndedAt: 2 },
        { by: 'b', at: 3 },
        { by: 'c', at: 4 },
      ],
      10,
      ['b', 'c'],
    ],
  ];
  for (const [what, acts, within, who] of cases)
    it(what, () =>
      assert.deepEqual(
        together(acts, 2, within)?.map(({ by }) => by),
        who,
      ),
    );
});

it('text for one line shows what it is made of', () => {
  assert.equal(oneLine('a\n\u001b[1mb\u202e\u200bc\t“é”'), 'a\\n\\u{1b}[1mb\\u{202e}\\u{200b}c\\t“é”');
});
