/** A denied licence is met by whatever it is called. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseLicensee, readExpression, termsOf } from '../../../src/facts/license/expression.ts';
import { currentId } from '../../../src/facts/license/gnu.ts';
import { meets } from '../../../src/facts/license/satisfy.ts';

const term = (text: string) => {
  const parsed = readExpression(text);
  assert.equal(parsed.kind, 'parsed', text);
  return parsed.kind === 'parsed' ? termsOf(parsed.expression)[0] : undefined;
};

describe('a denied licence', () => {
  for (const [denied, asked, isMet] of [
    ['GPL-3.0-only', 'GPL-3.0-only', true],
    ['GPL-3.0-only', 'GPL-3.0', true],
    ['GPL-3.0-or-later', 'GPL-3.0', true],
    ['GPL-3.0-or-later', 'GPL-3.0+', true],
    ['GPL-3.0', 'GPL-3.0-only', true],
    ['GPL-3.0', 'GPL-3.0-or-later', true],
    ['AGPL-3.0-only', 'AGPL-3.0', true],
    ['LGPL-2.1-or-later', 'LGPL-2.1+', true],
    ['GFDL-1.3-only', 'GFDL-1.3', true],
    ['GPL-2.0-only WITH Classpath-exception-2.0', 'GPL-2.0-with-classpath-exception', true],
    ['MPL-1.1', 'MPL-1.1+', true],
    ['SMLNJ', 'StandardML-NJ', true],
    ['BSD-2-Clause', 'BSD-2-Clause-NetBSD', true],
    ['BSD-2-Clause-FreeBSD', 'BSD-2-Clause-Views', true],
    ['LGPL-2.0-or-later WITH WxWindows-exception-3.1', 'wxWindows', true],
    ['GPL-2.0-or-later WITH eCos-exception-2.0', 'eCos-2.0', true],
    ['GPL-2.0-only WITH eCos-exception-2.0', 'eCos-2.0', false],
    ['GPL-3.0-only', 'GPL-3.0-or-later', false],
    ['GPL-3.0-only', 'GPL-2.0', false],
    ['GPL-3.0-only', 'LGPL-3.0', false],
    ['GPL-2.0-only', 'GPL-2.0-only WITH Classpath-exception-2.0', false],
    ['MPL-2.0', 'MPL-1.1+', false],
    ['Apache-2.0', 'MIT', false],
  ] as const)
    it(`${denied} is ${isMet ? '' : 'not '}met by ${asked}`, () => {
      const [no, is] = [parseLicensee(denied), term(asked)];
      assert.ok(no !== undefined && is !== undefined);
      assert.equal(meets(no, is), isMet);
    });

  for (const [id, current] of [
    ['GPL-2.0', 'GPL-2.0-only'],
    ['AGPL-3.0', 'AGPL-3.0-only'],
    ['GPL-3.0-or-later', 'GPL-3.0-or-later'],
    ['MIT', 'MIT'],
  ] as const)
    it(`a text like that of ${id} is ${current}`, () => {
      assert.equal(currentId(id), current);
    });
});
