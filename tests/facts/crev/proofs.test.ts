import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readEnvelopes } from '../../../src/facts/crev/envelope.ts';
import { cratesIoSource, type ProofStore, readProofs } from '../../../src/facts/crev/proofs.ts';
import { envelope, packageOf, reviewer } from '../../support/crev-proofs.ts';

const ann = reviewer('ann');
const bob = reviewer('bob');

function read(...texts: string[]): ProofStore {
  return readProofs(texts.map((text, index) => ({ file: `${index}.proof.crev`, text })));
}

const legacyBody = `version: -1\ndate: "2019-07-22T13:42:47+01:00"\nfrom:\n  id-type: crev\n  id: ${ann.id}\n${packageOf('a', '1.0.0')}review:\n  thoroughness: low\n  understanding: low\n  rating: dangerous\n`;
const legacy = (body: string, signature: string, begin = '-----BEGIN CREV PACKAGE REVIEW-----') =>
  `${begin}\n${body}-----BEGIN CREV PACKAGE REVIEW SIGNATURE-----\n${signature}\n-----END CREV PACKAGE REVIEW-----\n`;

describe('proof files', () => {
  const good = ann.review('a', '1.0.0');
  const signature = /SIGN CREV PROOF -----\n(.*)\n/.exec(good)?.[1] ?? '';
  const cases: [name: string, text: string, counts: [good: number, unsigned: number, broken: number]][] = [
    ['nothing', '', [0, 0, 0]],
    ['one proof', good, [1, 0, 0]],
    ['several, with blank lines between', `${good}\n\n${bob.review('a', '1.0.0')}`, [2, 0, 0]],
    ['line ends of another system', good.replaceAll('\n', '\r\n'), [1, 0, 0]],
    ['an old envelope', legacy(legacyBody, ann.sign(legacyBody)), [1, 0, 0]],
    [
      'an old envelope with a space too much, as crev once wrote it',
      legacy(legacyBody, ann.sign(legacyBody), '-----BEGIN CREV PACKAGE REVIEW -----'),
      [1, 0, 0],
    ],
    ['changed after it was signed', good.replace('positive', 'strong'), [0, 1, 0]],
    ['signed by someone else', good.replace(ann.id, bob.id), [0, 1, 0]],
    ['no signature', good.replace(signature, ''), [0, 1, 0]],
    ['a signature in another spelling', good.replace(signature, `${signature}==`), [0, 1, 0]],
    ['cut short', good.slice(0, -20), [0, 0, 1]],
    ['cut short, and another after it', `${good.slice(0, 200)}\n${good}`, [1, 0, 1]],
    ['stray text', `hello\nworld\n${good}bye\n`, [1, 0, 2]],
    ['no YAML', envelope('a: [\n', signature), [0, 0, 1]],
    ['YAML that is another thing', envelope('- 1\n', signature), [0, 0, 1]],
    ['a field twice', envelope('kind: trust\nkind: trust\n', signature), [0, 0, 1]],
    ['a body without its kind', good.replace('kind: package review\n', ''), [0, 0, 1]],
    ['an old envelope whose body says its kind', legacy(`kind: trust\n${legacyBody}`, signature), [0, 0, 1]],
    ['an id that is no key', good.replace(ann.id, 'abc'), [0, 0, 1]],
    ['no version', ann.review('a', '1.0'), [0, 0, 1]],
    ['a kind that nobody knows', ann.proof('poem', ''), [1, 0, 0]],
    ['larger than crev takes', ann.review('a', '1.0.0', `comment: ${'x'.repeat(32_000)}\n`), [0, 0, 1]],
    ['aliases, which no proof needs', ann.review('a', '1.0.0', 'x: &x 1\ny: *x\n'), [0, 0, 1]],
  ];
  for (const [name, text, [good, unsigned, broken]] of cases) {
    it(name, () => assert.deepEqual(read(text).counts, { good, unsigned, broken }));
  }

  it('an old envelope that ends as another kind is broken', () => {
    const text = legacy(legacyBody, 'x').replace('END CREV PACKAGE REVIEW', 'END CREV TRUST');
    assert.deepEqual(readEnvelopes(text), { envelopes: [], broken: [1] });
  });
});

it('no text makes it throw, and a whole proof after it is still read', () => {
  const good = ann.review('a', '1.0.0');
  const pieces = fc.oneof(
    fc.string(),
    fc.constantFrom('\n', good, legacy(legacyBody, 'x'), '----- BEGIN CREV PROOF -----\n', '[[[[{', '\u0000'),
    fc.nat(good.length).map((length) => good.slice(length)),
  );
  fc.assert(
    fc.property(fc.array(pieces), (parts) => {
      const { counts } = read(`${parts.join('')}\n${good}`);
      assert.ok(counts.good >= 1);
    }),
  );
});

describe('what is read', () => {
  it('versions and names stay the texts that they are', () => {
    const { reviews } = read(ann.review('1e3', '1.10.0'), ann.review('true', '1.0.0'));
    assert.deepEqual([...reviews.keys()], ['1e3', 'true']);
    assert.equal(reviews.get('1e3')?.[0]?.package.version, '1.10.0');
  });

  it('`dangerous` is an old word for negative', () => {
    const { reviews } = read(legacy(legacyBody, ann.sign(legacyBody)));
    assert.equal(reviews.get('a')?.[0]?.rating, 'negative');
  });

  it('of one author’s reviews of a release the latest counts, in whatever file', () => {
    const later = reviewer('ann', '2025-01-01T00:00:00+00:00');
    const negative = 'review:\n  thoroughness: high\n  understanding: high\n  rating: negative\n';
    for (const texts of [
      [ann.review('a', '1.0.0'), later.review('a', '1.0.0', negative)],
      [later.review('a', '1.0.0', negative), ann.review('a', '1.0.0')],
    ]) {
      assert.deepEqual(
        read(...texts)
          .reviews.get('a')
          ?.map(({ rating }) => rating),
        ['negative'],
      );
    }
  });

  it('reviews of another registry’s crates are not of this one’s', () => {
    const other = ann.proof('package review', packageOf('a', '1.0.0').replace('crates.io', 'other.invalid'));
    assert.equal(read(other).reviews.size, 0);
    assert.equal(read(other).counts.good, 1);
  });

  it('everything that a review can say', () => {
    const more =
      `package-diff-base:\n  source: "${cratesIoSource}"\n  name: a\n  version: 0.9.0\n  digest: x\n` +
      'review:\n  thoroughness: none\n  understanding: low\n  rating: strong\n' +
      'issues:\n  - id: I-1\n    severity: high\n    range: minor\n    comment: ""\n' +
      'advisories:\n  - ids:\n      - A-1\n      - A-2\n    severity: low\n    comment: "c"\n' +
      'flags:\n  unmaintained: true\n' +
      `alternatives:\n  - source: "${cratesIoSource}"\n    name: b\n` +
      'llm-agent:\n  model: m\n' +
      'comment: |-\n  two\n  lines\n';
    const review = read(ann.review('a', '1.0.0', more)).reviews.get('a')?.[0];
    assert.ok(review);
    const { base, rating, thoroughness, understanding, issues, advisories, unmaintained, agent, comment } =
      review;
    assert.deepEqual(
      { base: base?.version, rating, thoroughness, understanding, unmaintained, agent, comment },
      {
        base: '0.9.0',
        rating: 'strong',
        thoroughness: 'none',
        understanding: 'low',
        unmaintained: true,
        agent: 'm',
        comment: 'two\nlines',
      },
    );
    assert.deepEqual(issues, [{ id: 'I-1', severity: 'high', range: 'minor', comment: '' }]);
    assert.deepEqual(advisories, [{ ids: ['A-1', 'A-2'], severity: 'low', range: 'all', comment: 'c' }]);
  });
});
