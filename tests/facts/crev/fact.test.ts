import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CrevFact, crevFact } from '../../../src/facts/crev/fact.ts';
import { openIssues } from '../../../src/facts/crev/issues.ts';
import { readProofs } from '../../../src/facts/crev/proofs.ts';
import { webOfTrust } from '../../../src/facts/crev/web-of-trust.ts';
import { packageOf, reviewer } from '../../support/crev-proofs.ts';

const [me, ann, bob, eve] = ['me', 'ann', 'bob', 'eve'].map((name) => reviewer(name)) as [
  ReturnType<typeof reviewer>,
  ReturnType<typeof reviewer>,
  ReturnType<typeof reviewer>,
  ReturnType<typeof reviewer>,
];
const trust = [me.trust('high', [ann]), me.trust('medium', [bob])];
const digest = /digest: (.*)/.exec(packageOf('a', '1.0.0'))?.[1];

function factOf(proofs: string[], version = '1.0.0', contents = digest): CrevFact {
  const store = readProofs([...trust, ...proofs].map((text) => ({ file: '', text })));
  const release = { crate: 'a', version, digest: contents };
  const fact = crevFact(store, webOfTrust(store, [me.id]), release, 0);
  return fact.kind === 'known' ? fact.value : assert.fail(fact.reason);
}

const issue = (id: string, range = 'all') =>
  `issues:\n  - id: ${id}\n    severity: high\n    range: ${range}\n    comment: ""\n`;
const advisory = (id: string, range = 'all') =>
  `advisories:\n  - ids: [${id}]\n    severity: low\n    range: ${range}\n    comment: ""\n`;

describe('crevFact', () => {
  it('has the reviews of those one trusts, the most trusted first, and counts the rest', () => {
    const { reviews, strangers } = factOf([
      bob.review('a', '1.0.0'),
      ann.review('a', '1.0.0'),
      eve.review('a', '1.0.0'),
      ann.review('a', '1.1.0'),
    ]);
    assert.deepEqual(
      reviews.map(({ reviewer, level, distance, rating, contents }) => [
        reviewer,
        level,
        distance,
        rating,
        contents,
      ]),
      [
        [ann.id, 'high', 0, 'positive', 'same'],
        [bob.id, 'medium', 1, 'positive', 'same'],
      ],
    );
    assert.equal(strangers, 1);
  });

  it('says whether they saw what the archive holds', () => {
    const contents = (seen: string | undefined) =>
      factOf([ann.review('a', '1.0.0')], '1.0.0', seen).reviews[0]?.contents;
    assert.equal(contents(digest), 'same');
    assert.equal(contents('x'), 'other');
    const store = readProofs([...trust, ann.review('a', '1.0.0')].map((text) => ({ file: '', text })));
    const fact = crevFact(store, webOfTrust(store, [me.id]), { crate: 'a', version: '1.0.0' }, 0);
    assert.equal(fact.kind === 'known' && fact.value.reviews[0]?.contents, 'unchecked');
  });

  it('says whether the version before a difference was reviewed', () => {
    const step = (from: string) =>
      `${packageOf('a', from, 'package-diff-base')}review:\n  thoroughness: low\n  understanding: low\n  rating: positive\n`;
    const based = (...proofs: string[]) =>
      factOf([ann.review('a', '1.0.0', step('0.9.0')), ...proofs]).reviews[0];
    assert.deepEqual([based()?.base, based()?.baseReviewed], ['0.9.0', false]);
    assert.equal(based(bob.review('a', '0.9.0'))?.baseReviewed, true);
    assert.equal(based(eve.review('a', '0.9.0'))?.baseReviewed, false);
    assert.equal(based(bob.review('a', '0.9.0', step('1.0.0')))?.baseReviewed, false, 'a circle');
  });

  it('a proof that only reports a problem is no review', () => {
    const { reviews, issues } = factOf([ann.review('a', '1.0.0', issue('I-1'))]);
    assert.deepEqual(reviews, []);
    assert.deepEqual(issues, [
      { id: 'I-1', severity: 'high', reporters: [{ reviewer: ann.id, level: 'high' }] },
    ]);
  });

  it('the last word on the crate says whether it is maintained', () => {
    const later = reviewer('ann', '2025-01-01T00:00:00+00:00');
    const flag = 'flags:\n  unmaintained: true\n';
    assert.equal(factOf([ann.review('a', '0.1.0', flag)]).unmaintained, true);
    assert.equal(factOf([ann.review('a', '0.1.0', flag), later.review('a', '0.1.0')]).unmaintained, false);
    assert.equal(factOf([eve.review('a', '0.1.0', flag)]).unmaintained, false);
  });

  it('a review that someone more trusted asks to disregard', () => {
    const override = `review:\n  thoroughness: low\n  understanding: low\n  rating: negative\noverride:\n  - id-type: crev\n    id: ${bob.id}\n`;
    const { reviews } = factOf([bob.review('a', '1.0.0'), ann.review('a', '1.0.0', override)]);
    assert.deepEqual(
      reviews.map(({ reviewer }) => reviewer),
      [ann.id],
    );
  });
});

describe('openIssues', () => {
  const cases: [name: string, proofs: [version: string, says: string][], version: string, open: boolean][] = [
    ['of the version itself', [['1.0.0', issue('I')]], '1.0.0', true],
    ['of a later one', [['1.0.0', issue('I')]], '2.0.0', true],
    ['not of an earlier one', [['1.0.0', issue('I')]], '0.9.0', false],
    ['within its span', [['1.0.0', issue('I', 'minor')]], '1.0.7', true],
    ['outside its span', [['1.0.0', issue('I', 'minor')]], '1.1.0', false],
    ['an advisory is about what came before', [['1.2.0', advisory('I')]], '1.1.0', true],
    ['… and not about what mends it', [['1.2.0', advisory('I')]], '1.2.0', false],
    ['… within its span', [['1.2.0', advisory('I', 'major')]], '0.9.0', false],
    [
      'mended',
      [
        ['1.0.0', issue('I')],
        ['1.2.0', advisory('I')],
      ],
      '1.2.0',
      false,
    ],
    [
      '… and after that',
      [
        ['1.0.0', issue('I')],
        ['1.2.0', advisory('I')],
      ],
      '1.3.0',
      false,
    ],
    [
      '… but not before',
      [
        ['1.0.0', issue('I')],
        ['1.2.0', advisory('I')],
      ],
      '1.1.0',
      true,
    ],
    [
      'another one was mended',
      [
        ['1.0.0', issue('I')],
        ['1.2.0', advisory('J')],
      ],
      '1.3.0',
      true,
    ],
    [
      'mended in another line only',
      [
        ['1.0.0', issue('I')],
        ['2.0.1', advisory('I', 'minor')],
      ],
      '1.3.0',
      true,
    ],
    [
      'reported again after it was mended',
      [
        ['1.3.0', issue('I')],
        ['1.2.0', advisory('I')],
      ],
      '1.3.0',
      true,
    ],
  ];
  for (const [name, proofs, version, open] of cases) {
    it(name, () => {
      const texts = proofs.map(([at, says], index) => reviewer(`r${index}`).review('a', at, says));
      const reviews = readProofs(texts.map((text) => ({ file: '', text }))).reviews.get('a') ?? [];
      assert.equal(
        openIssues(reviews, version).some(({ id }) => id === 'I'),
        open,
      );
    });
  }
  it('names the version that mends it', () => {
    const reviews =
      readProofs([{ file: '', text: ann.review('a', '1.2.0', advisory('I')) }]).reviews.get('a') ?? [];
    assert.equal(openIssues(reviews, '1.1.0')[0]?.mendedIn, '1.2.0');
  });
});
