import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseLicensee, readExpression, termText } from '../../../src/facts/license/expression.ts';
import { evaluate, satisfies } from '../../../src/facts/license/satisfy.ts';

/** The terms that fail, joined; `ok` where none does. */
function ask(expression: string, allow: readonly string[]): string {
  const parsed = readExpression(expression);
  assert.equal(parsed.kind, 'parsed', expression);
  if (parsed.kind !== 'parsed') return '';
  const accepted = allow.map((text) => parseLicensee(text)).filter((term) => term !== undefined);
  const judged = evaluate(parsed.expression, (asked) => accepted.some((term) => satisfies(term, asked)));
  return judged.kind === 'satisfied' ? 'ok' : judged.failing.map(termText).join(' ');
}

describe('satisfied', () => {
  const cases: [expression: string, allow: string[], answer: string][] = [
    ['MIT', ['MIT'], 'ok'],
    ['MIT', [], 'MIT'],
    ['MIT OR Apache-2.0', ['Apache-2.0'], 'ok'],
    ['MIT AND Apache-2.0', ['Apache-2.0'], 'MIT'],
    ['(MIT OR Apache-2.0) AND Unicode-3.0', ['MIT', 'Unicode-3.0'], 'ok'],
    ['(MIT OR Apache-2.0) AND Unicode-3.0', ['MIT'], 'Unicode-3.0'],
    ['(MIT OR Apache-2.0) AND Unicode-3.0', ['Unicode-3.0'], 'MIT Apache-2.0'],
    ['MIT OR Apache-2.0 AND ISC', ['Apache-2.0'], 'MIT ISC'],
    // WITH to the letter, both ways
    ['Apache-2.0 WITH LLVM-exception', ['Apache-2.0'], 'Apache-2.0 WITH LLVM-exception'],
    ['Apache-2.0', ['Apache-2.0 WITH LLVM-exception'], 'Apache-2.0'],
    ['Apache-2.0 WITH LLVM-exception', ['Apache-2.0 WITH LLVM-exception'], 'ok'],
    // GNU ids to the letter
    ['GPL-2.0', ['GPL-2.0-only'], 'GPL-2.0'],
    ['GPL-2.0', ['GPL-2.0'], 'ok'],
    ['GPL-2.0+', ['GPL-2.0-or-later'], 'ok'],
    ['GPL-2.0-or-later', ['GPL-2.0-only', 'GPL-3.0-only', 'GPL-3.0-or-later'], 'GPL-2.0-or-later'],
    ['LGPL-3.0-only', ['LGPL-3.0-or-later'], 'LGPL-3.0-only'],
    // later versions
    ['MPL-1.1+', ['MPL-2.0'], 'ok'],
    ['MPL-2.0+', ['MPL-2.0'], 'ok'],
    ['MPL-2.0+', ['MPL-1.1'], 'MPL-2.0+'],
    ['MPL-1.1', ['MPL-2.0'], 'MPL-1.1'],
    ['AFL-2.0+', ['APSL-2.0'], 'AFL-2.0+'],
    ['CC-BY-3.0+', ['CC-BY-4.0'], 'ok'],
    ['CC-BY-3.0+', ['CC-BY-SA-4.0'], 'CC-BY-3.0+'],
    ['LicenseRef-Ours', ['LicenseRef-Ours'], 'ok'],
    ['LicenseRef-Ours', ['LicenseRef-Theirs'], 'LicenseRef-Ours'],
  ];
  for (const [expression, allow, answer] of cases) {
    it(`${expression} by ${allow.join(', ') || 'nothing'}`, () =>
      assert.equal(ask(expression, allow), answer));
  }

  it('accepting more never refuses more', () => {
    const ids = ['MIT', 'Apache-2.0', 'ISC', 'MPL-2.0', 'GPL-3.0-only'];
    const list = fc.subarray(ids);
    const expression = fc
      .array(fc.tuple(fc.constantFrom(...ids), fc.constantFrom('AND', 'OR')), { minLength: 1, maxLength: 6 })
      .map((parts) => parts.map(([id, op], i) => (i === 0 ? id : `${op} ${id}`)).join(' '));
    fc.assert(
      fc.property(expression, list, list, (text, some, more) => {
        if (ask(text, some) === 'ok') assert.equal(ask(text, [...some, ...more]), 'ok');
      }),
    );
  });
});
