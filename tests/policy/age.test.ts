import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type AgeFact, ageFact, parsePubtime } from '../../src/facts/age.ts';
import { type BreakGlassRequest, breakGlassFact } from '../../src/facts/break-glass.ts';
import { unknown } from '../../src/facts/fact.ts';
import type { Facts } from '../../src/facts/map.ts';
import { loadPolicy } from '../../src/policy/policy.ts';
import { age } from '../../src/policy/rules/age.ts';

const hour = 3_600_000;
const day = 24 * hour;
const t0 = Date.parse('2026-08-20T07:15:00Z');
const subject = { registry: 'r', crate: 'a', version: '1.0.0', checksum: '0'.repeat(64) };

function evaluate(facts: Facts, now: number, text = '') {
  const { settings } = loadPolicy({ file: 'p.toml', text });
  return age.evaluate({ context: 'index', subject, facts, now }, settings.cooldown);
}

const old = { crateFirstSeen: t0 - 100 * day, cratePublished: t0 - 1000 * day };

function endOf(fact: AgeFact, text?: string): number | undefined {
  const [finding] = evaluate({ age: ageFact(fact, t0) }, t0 - 50 * day, text);
  return finding?.until === undefined ? undefined : (Date.parse(finding.until) - t0) / day;
}

describe('age: when a cool-down ends, in days after 2026-08-20 07:15', () => {
  const cases: [name: string, fact: AgeFact, text: string, days: number][] = [
    [
      'a new release, seen as it was published',
      { published: t0, firstSeen: t0, arrival: 'new', ...old },
      '',
      3,
    ],
    ['a new release, seen a day late', { published: t0, firstSeen: t0 + day, arrival: 'new', ...old }, '', 4],
    [
      'a new release, backdated by years',
      { published: t0 - 900 * day, firstSeen: t0, arrival: 'new', ...old },
      '',
      3,
    ],
    ['a new release without a publication time', { firstSeen: t0, arrival: 'new', ...old }, '', 3],
    [
      'a new release from the future',
      { published: t0 + 9 * day, firstSeen: t0, arrival: 'new', ...old },
      '',
      3,
    ],
    [
      'a back catalogue from the future',
      { published: t0 + 9000 * day, firstSeen: t0, arrival: 'back-catalogue', ...old },
      '',
      3,
    ],
    [
      'the back catalogue counts from publication',
      { published: t0, firstSeen: t0 + day, arrival: 'back-catalogue', ...old },
      '',
      3,
    ],
    [
      '… unless the policy does not believe it',
      { published: t0, firstSeen: t0 + day, arrival: 'back-catalogue', ...old },
      'trust-pubtime = false',
      4,
    ],
    [
      'the back catalogue without a publication time',
      { firstSeen: t0, arrival: 'back-catalogue', ...old },
      '',
      3,
    ],
    [
      'a changed dependency list starts it anew',
      {
        published: t0 - 90 * day,
        firstSeen: t0 - 80 * day,
        arrival: 'new',
        dependenciesChangedAt: t0,
        ...old,
      },
      '',
      3,
    ],
    [
      'a new crate waits longer',
      { published: t0, firstSeen: t0, arrival: 'new', crateFirstSeen: t0, cratePublished: t0 - 6 * day },
      '',
      7,
    ],
    [
      '… for its first week only',
      { published: t0, firstSeen: t0, arrival: 'new', crateFirstSeen: t0, cratePublished: t0 - 7 * day },
      '',
      3,
    ],
    [
      'a crate of unknown age began at first sight',
      { firstSeen: t0, arrival: 'back-catalogue', crateFirstSeen: t0 },
      '',
      7,
    ],
    ['a policy of its own', { published: t0, firstSeen: t0, arrival: 'new', ...old }, 'release = "36h"', 1.5],
    [
      'a new crate never waits less than a release',
      { published: t0, firstSeen: t0, arrival: 'new', crateFirstSeen: t0 },
      'release = "10d"',
      10,
    ],
  ];
  for (const [name, fact, text, days] of cases) {
    it(name, () => assert.equal(endOf(fact, text === '' ? '' : `[cooldown]\n${text}`), days));
  }

  it('ends at the very millisecond', () => {
    const fact = ageFact({ published: t0, firstSeen: t0, arrival: 'new', ...old }, t0);
    assert.equal(evaluate({ age: fact }, t0 + 3 * day - 1).length, 1);
    assert.equal(evaluate({ age: fact }, t0 + 3 * day).length, 0);
  });

  it('holds what it knows nothing of', () => {
    assert.equal(evaluate({ age: unknown('no index', 'index', t0) }, t0)[0]?.effect, 'hold');
    assert.equal(evaluate({}, t0)[0]?.effect, 'hold');
  });

  it('never ends before the later of publication and first sight, plus the cool-down, for a new arrival', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.integer(), (published, firstSeen, crateFirstSeen) => {
        const fact = { published, firstSeen, arrival: 'new', crateFirstSeen } as const;
        // A publication long after the first sight is made up.
        const sound = published > firstSeen + day / 24 ? firstSeen : published;
        const now = Math.max(sound, firstSeen) + 3 * day - 1;
        assert.equal(evaluate({ age: ageFact(fact, 0) }, now)[0]?.effect, 'hold');
      }),
    );
  });
});

describe('age: breaking glass', () => {
  const facts = (...requests: BreakGlassRequest[]): Facts => ({
    age: ageFact({ published: t0, firstSeen: t0, arrival: 'new', ...old }, t0),
    breakGlass: breakGlassFact(requests, t0),
  });
  const [alice, bob] = ['alice', 'bob'].map((by) => ({ by, reason: 'a fix', at: t0 })) as [
    BreakGlassRequest,
    BreakGlassRequest,
  ];
  const on = '[cooldown]\nbreak-glass = true';

  const cases: [name: string, requests: BreakGlassRequest[], text: string, effect: string][] = [
    ['nobody asked', [], on, 'hold'],
    ['one person is not enough', [alice], on, 'hold'],
    ['the same person twice is not enough', [alice, { ...alice, at: t0 + 1 }], on, 'hold'],
    ['two people end it, and it stays marked', [alice, bob], on, 'warn'],
    ['two people change nothing where the policy does not have it', [alice, bob], '', 'hold'],
  ];
  for (const [name, requests, text, effect] of cases) {
    it(name, () => assert.equal(evaluate(facts(...requests), t0 + 1, text)[0]?.effect, effect));
  }
});

describe('parsePubtime', () => {
  const cases: [text: string | undefined, time: number | undefined][] = [
    ['2026-08-20T07:15:00Z', t0],
    ['2026-08-20T09:15:00+02:00', t0],
    ['2026-08-20T07:15:00.000Z', t0],
    [undefined, undefined],
    ['', undefined],
    ['yesterday', undefined],
    ['2026-08-20', undefined],
    ['2026-13-20T07:15:00Z', undefined],
    ['0', undefined],
    ['2026-08-20T07:15:00', undefined],
  ];
  for (const [text, time] of cases) it(`reads ${text}`, () => assert.equal(parsePubtime(text), time));
});
