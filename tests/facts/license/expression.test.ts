import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  expressionText,
  type LicenseExpression,
  parseExpression,
  parseLicensee,
  readExpression,
  termsOf,
  termText,
} from '../../../src/facts/license/expression.ts';
import type { Mode } from '../../../src/facts/license/tokens.ts';

/** As parsed, or `! reason`. */
function read(text: string, mode: Mode): string {
  const parsed = parseExpression(text, mode);
  return parsed.kind === 'parsed' ? expressionText(parsed.expression) : `! ${parsed.reason}`;
}

describe('expressions', () => {
  const cases: [text: string, strict: string, lax?: string][] = [
    ['MIT', 'MIT'],
    ['MIT OR Apache-2.0', 'MIT OR Apache-2.0'],
    ['MIT/Apache-2.0', 'MIT OR Apache-2.0'],
    ['MIT / Apache-2.0 / ISC', 'MIT OR Apache-2.0 OR ISC'],
    ['MIT or Apache-2.0', 'MIT OR Apache-2.0'],
    ['MIT Or Apache-2.0', '! `Or` is no SPDX licence'],
    ['(MIT OR Apache-2.0) AND Unicode-3.0', '(MIT OR Apache-2.0) AND Unicode-3.0'],
    ['MIT OR Apache-2.0 AND ISC', 'MIT OR Apache-2.0 AND ISC'],
    ['((MIT))', 'MIT'],
    ['Apache-2.0 WITH LLVM-exception', 'Apache-2.0 WITH LLVM-exception'],
    ['Apache-2.0 with LLVM-exception OR MIT', 'Apache-2.0 WITH LLVM-exception OR MIT'],
    ['MPL-2.0+', 'MPL-2.0+'],
    ['MPL-2.0 +', '! there is a space before `+`'],
    ['LicenseRef-Ours', 'LicenseRef-Ours'],
    ['DocumentRef-a.b:LicenseRef-c', 'DocumentRef-a.b:LicenseRef-c'],
    ['MIT WITH AdditionRef-Ours', 'MIT WITH AdditionRef-Ours'],
    ['GPL-2.0-only', 'GPL-2.0-only'],
    ['GPL-2.0', '! `GPL-2.0` is a deprecated id', 'GPL-2.0'],
    ['GPL-2.0+', '! `GPL-2.0` is a deprecated id', 'GPL-2.0-or-later'],
    ['GPL-3.0-only+', '! a GNU licence has `-or-later` instead of `+`', 'GPL-3.0-or-later'],
    [
      'GPL-3.0-or-later+',
      '! a GNU licence has `-or-later` instead of `+`',
      '! `GPL-3.0-or-later+` is no licence',
    ],
    ['Apache 2.0', '! `Apache` is no SPDX licence (did you mean `Apache-2.0`?)', 'Apache-2.0'],
    [
      'apache-2.0',
      '! `apache-2.0` is no SPDX licence (did you mean `Apache-2.0`?)',
      '! `.0` is no SPDX licence',
    ],
    ['mit', '! `mit` is no SPDX licence (did you mean `MIT`?)', 'MIT'],
    ['GPLv3', '! `GPLv3` is no SPDX licence (did you mean `GPL-3.0-only`?)', 'GPL-3.0-only'],
    ['MIT License', '! `License` is no SPDX licence'],
    ['MIT, Apache-2.0', '! `,` cannot be in a licence expression'],
    ['', '! it is empty'],
    ['  ', '! it is empty'],
    ['MIT OR', '! a licence is missing at its end'],
    ['OR MIT', '! a licence is missing before `OR`'],
    ['MIT Apache-2.0', '! `Apache-2.0` is out of place'],
    ['(MIT', '! a parenthesis is not closed'],
    ['MIT)', '! `)` is out of place'],
    ['()', '! a licence is missing before `)`'],
    ['MIT WITH', '! no exception follows `WITH`'],
    ['MIT WITH Apache-2.0', '! no exception follows `WITH`'],
    ['LLVM-exception', '! a licence is missing before `LLVM-exception`'],
    ['(MIT) WITH LLVM-exception', '! `WITH` is out of place'],
    ['constructor', '! `constructor` is no SPDX licence'],
  ];
  for (const [text, strict, lax] of cases) {
    it(JSON.stringify(text), () => {
      assert.equal(read(text, 'strict'), strict);
      assert.equal(read(text, 'lax'), lax ?? strict);
    });
  }

  it('strict is asked first, and its reason is the one that is told', () => {
    assert.equal(readExpression('GPL-2.0').kind, 'parsed');
    const broken = readExpression('Foo');
    assert.equal(broken.kind === 'invalid' && broken.reason, '`Foo` is no SPDX licence');
  });

  it('what is hostile is refused, fast', () => {
    for (const text of ['('.repeat(4000), `${'('.repeat(70)}MIT${')'.repeat(70)}`, 'MIT OR '.repeat(100_000)])
      assert.equal(parseExpression(text, 'lax').kind, 'invalid');
  });
});

describe('what an allow list may hold', () => {
  const cases: [text: string, licensee: string | undefined][] = [
    ['MIT', 'MIT'],
    ['GPL-2.0', 'GPL-2.0'],
    ['Apache-2.0 WITH LLVM-exception', 'Apache-2.0 WITH LLVM-exception'],
    ['LicenseRef-Ours', 'LicenseRef-Ours'],
    ['MPL-2.0+', undefined],
    ['GPL-2.0+', undefined],
    ['MIT OR ISC', undefined],
    ['MIT/ISC', undefined],
    ['(MIT)', undefined],
    ['mit', undefined],
    ['', undefined],
  ];
  for (const [text, licensee] of cases) {
    it(JSON.stringify(text), () => {
      const term = parseLicensee(text);
      assert.equal(term === undefined ? undefined : termText(term), licensee);
    });
  }
});

const term: fc.Arbitrary<LicenseExpression> = fc
  .record({
    license: fc.constantFrom('MIT', 'Apache-2.0', 'GPL-3.0-only', 'LicenseRef-x', 'MPL-2.0'),
    exception: fc.constantFrom(undefined, 'LLVM-exception', 'AdditionRef-y'),
  })
  .map(({ license, exception }) => ({ kind: 'term', term: { license, orLater: false, exception } }));

const tree = fc.letrec<{ tree: LicenseExpression }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    term,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      operands: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
    }),
  ),
})).tree;

describe('every expression', () => {
  it('reads back as it was written', () => {
    fc.assert(
      fc.property(tree, (expression) => {
        const text = expressionText(expression);
        const parsed = parseExpression(text, 'strict');
        assert.equal(parsed.kind === 'parsed' && expressionText(parsed.expression), text);
        if (parsed.kind === 'parsed') {
          assert.deepEqual(termsOf(parsed.expression).map(termText), termsOf(expression).map(termText));
        }
      }),
    );
  });

  it('whatever the text, a reader answers', () => {
    const bit = fc.constantFrom(
      'MIT',
      'GPL-2.0',
      '+',
      ' ',
      '(',
      ')',
      '/',
      'WITH',
      'AND',
      'or',
      'LLVM-exception',
      'é',
      ':',
    );
    fc.assert(
      fc.property(fc.array(bit), fc.constantFrom<Mode>('strict', 'lax', 'listed'), (bits, mode) => {
        const parsed = parseExpression(bits.join(''), mode);
        if (parsed.kind === 'invalid') assert.ok(parsed.at >= 0 && parsed.at <= bits.join('').length);
      }),
    );
  });
});
