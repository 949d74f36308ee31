import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { MaintainersFact } from '../../src/facts/maintainers/fact.ts';
import {
  type PublisherInputs,
  type TrustInputs,
  type TrustWeights,
  trustInputs,
  trustScore,
  trustWeights,
} from '../../src/policy/trust-score.ts';

const day = 86_400_000;
const weights = trustWeights.parse(undefined);
const now = Date.parse('2026-08-20T12:00:00Z');

const best: TrustInputs = {
  ownerUsers: 3,
  ownerTeams: 1,
  ownedFor: [2000 * day, 3000 * day],
  ownersUnchangedFor: 400 * day,
  trustedPublishingOnly: true,
  trustedPublishing: true,
  publisher: {
    registeredFor: 4000 * day,
    earlierReleases: 40,
    otherCrates: 50,
    otherDownloads: 1e10,
    takedowns: 0,
  },
};

describe('the trust score', () => {
  const person = best.publisher ?? {};
  const cases: [name: string, inputs: TrustInputs, score: number][] = [
    ['of the best', best, 100],
    ['of nobody known', {}, 0],
    ['of nobody known, of a release that was audited', { audits: ['a certified it.'] }, 13],
    ['of the best, audited', { ...best, audits: ['a certified it.'] }, 100],
    ['of a workflow, all else the best', { ...best, publisher: null }, 100],
    ['of a publisher who is not known', { ...best, publisher: undefined }, 45],
    ['of somebody whose crate was taken down', { ...best, publisher: { ...person, takedowns: 1 } }, 10],
    [
      'of a stranger in an old crate',
      { ...best, publisher: { registeredFor: 10 * day, earlierReleases: 0 } },
      45,
    ],
    [
      'of one steady maintainer',
      {
        ownerUsers: 1,
        ownerTeams: 0,
        ownedFor: [3000 * day],
        ownersUnchangedFor: 3000 * day,
        trustedPublishingOnly: false,
        trustedPublishing: false,
        publisher: {
          registeredFor: 3000 * day,
          earlierReleases: 9,
          otherCrates: 0,
          otherDownloads: 0,
          takedowns: 0,
        },
      },
      68,
    ],
    [
      'of a newcomer’s first crate',
      {
        ownerUsers: 1,
        ownerTeams: 0,
        ownedFor: [0],
        ownersUnchangedFor: 0,
        trustedPublishingOnly: false,
        trustedPublishing: false,
        publisher: {
          registeredFor: day,
          earlierReleases: 0,
          otherCrates: 0,
          otherDownloads: 0,
          takedowns: 0,
        },
      },
      8,
    ],
  ];
  for (const [name, inputs, score] of cases) {
    it(name, () => assert.equal(trustScore(inputs, weights).score, score));
  }

  it('adds up line by line, and says what is not known', () => {
    const { score, lines } = trustScore({ ...best, publisher: { earlierReleases: 2 } }, weights);
    assert.equal(Math.round(lines.reduce((sum, { points }) => sum + points, 0)), score);
    assert.equal(Math.round(lines.reduce((sum, { of }) => sum + of, 0)), 100);
    const line = lines.find(({ part }) => part === 'registered');
    assert.deepEqual([line?.known, line?.points], [false, 0]);
    assert.match(line?.says ?? '', /not known: no points$/);
    assert.match(lines.find(({ part }) => part === 'history')?.says ?? '', /before: 2$/);
  });

  it('is 0 where no part has a weight', () => {
    const none = Object.fromEntries(Object.keys(weights).map((part) => [part, 0])) as TrustWeights;
    assert.equal(trustScore(best, none).score, 0);
  });

  it('counts who stood behind the release when it came out', () => {
    const fact: MaintainersFact = {
      published: now - 10 * day,
      owners: [
        { id: 1, login: 'a', kind: 'user', since: now - 110 * day },
        { id: 2, login: 'b', kind: 'user', since: now - day },
        { id: 3, login: 't', kind: 'team' },
      ],
      publisher: { id: 1, login: 'a', registered: now - 210 * day, earlierReleases: 4 },
    };
    const inputs = trustInputs(fact, now);
    assert.deepEqual([inputs.ownerUsers, inputs.ownerTeams], [1, 1]);
    assert.deepEqual(inputs.ownedFor, [100 * day, undefined]);
    assert.equal(inputs.ownersUnchangedFor, undefined, 'a time that is not known may be the last');
    assert.equal(inputs.publisher?.registeredFor, 200 * day);
    assert.equal(trustInputs({ ...fact, publisher: null }, now).publisher, null);
  });
});

const count = fc.option(fc.oneof(fc.nat(), fc.double({ min: 0 }), fc.constant(Number.NaN)), {
  nil: undefined,
});
const span = fc.option(fc.oneof(fc.integer({ min: -1e12, max: 1e12 }), fc.double()), { nil: undefined });
const flag = fc.option(fc.boolean(), { nil: undefined });
const publisher: fc.Arbitrary<PublisherInputs | null | undefined> = fc.oneof(
  fc.constantFrom(null, undefined),
  fc.record({
    registeredFor: span,
    earlierReleases: count,
    otherCrates: count,
    otherDownloads: count,
    takedowns: count,
  }),
);
const someInputs: fc.Arbitrary<TrustInputs> = fc.record({
  ownerUsers: count,
  ownerTeams: count,
  ownedFor: fc.option(fc.array(span, { maxLength: 4 }), { nil: undefined }),
  ownersUnchangedFor: span,
  trustedPublishingOnly: flag,
  trustedPublishing: flag,
  audits: fc.constantFrom(undefined, [], ['mozilla certified it.'], ['a', 'b']),
  publisher,
});
const someWeights: fc.Arbitrary<TrustWeights> = fc.record(
  Object.fromEntries(Object.keys(weights).map((part) => [part, fc.integer({ min: 0, max: 1000 })])),
) as fc.Arbitrary<TrustWeights>;

/** What makes an input better: more of each of these, less of `takedowns`; anything known is no worse than unknown. */
const better: readonly ((inputs: TrustInputs, by: number) => TrustInputs)[] = [
  (inputs, by) => ({ ...inputs, ownerUsers: more(inputs.ownerUsers, by) }),
  (inputs, by) => ({ ...inputs, ownerTeams: more(inputs.ownerTeams, by) }),
  (inputs, by) => ({ ...inputs, ownedFor: inputs.ownedFor?.map((one) => more(one, by)) }),
  (inputs, by) => ({ ...inputs, ownersUnchangedFor: more(inputs.ownersUnchangedFor, by) }),
  (inputs) => ({ ...inputs, trustedPublishingOnly: true }),
  (inputs) => ({ ...inputs, trustedPublishing: true }),
  (inputs) => ({ ...inputs, audits: ['mozilla certified it.'] }),
  ...(['registeredFor', 'earlierReleases', 'otherCrates', 'otherDownloads'] as const).map(
    (field) =>
      (inputs: TrustInputs, by: number): TrustInputs =>
        inputs.publisher
          ? { ...inputs, publisher: { ...inputs.publisher, [field]: more(inputs.publisher[field], by) } }
          : inputs,
  ),
  (inputs) =>
    inputs.publisher?.takedowns === undefined
      ? inputs
      : { ...inputs, publisher: { ...inputs.publisher, takedowns: 0 } },
];

function more(value: number | undefined, by: number): number {
  return value === undefined || Number.isNaN(value) ? by : value + by;
}

describe('properties of the trust score', () => {
  it('is a whole number from 0 to 100, whatever it is given', () => {
    fc.assert(
      fc.property(someInputs, someWeights, (inputs, given) => {
        const { score, lines } = trustScore(inputs, given);
        assert.ok(Number.isInteger(score) && score >= 0 && score <= 100, String(score));
        for (const { points, of } of lines)
          assert.ok(points >= 0 && points <= of + 1e-9, `${points} of ${of}`);
      }),
    );
  });

  for (const [i, improve] of better.entries()) {
    it(`never falls when an input gets better (${i + 1})`, () => {
      fc.assert(
        fc.property(someInputs, someWeights, fc.integer({ min: 0, max: 1e12 }), (inputs, given, by) => {
          const [before, after] = [
            trustScore(inputs, given).score,
            trustScore(improve(inputs, by), given).score,
          ];
          assert.ok(after >= before, `${before} → ${after}`);
        }),
      );
    });
  }

  it('never rises when something is not known any more, take-downs aside', () => {
    const fields = [
      'ownerUsers',
      'ownerTeams',
      'ownedFor',
      'ownersUnchangedFor',
      'trustedPublishing',
    ] as const;
    fc.assert(
      fc.property(someInputs, someWeights, fc.constantFrom(...fields), (inputs, given, field) => {
        const less = trustScore({ ...inputs, [field]: undefined }, given).score;
        assert.ok(less <= trustScore(inputs, given).score);
      }),
    );
  });
});
