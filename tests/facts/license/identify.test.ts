import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { identifyLicense } from '../../../src/facts/license/identify.ts';
import { isExceptionId, isLicenseId } from '../../../src/facts/license/ids.ts';
import { normaliseLicense } from '../../../src/facts/license/normalise.ts';
import { knownTexts } from '../../../src/facts/license/texts.ts';

const isc = `ISC License

Copyright (c) 2024 Somebody <somebody@example.org>

Permission to use, copy, modify, and/or distribute this software for any
purpose with or without fee is hereby granted, provided that the above
copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH
REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY
AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM
LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR
OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR
PERFORMANCE OF THIS SOFTWARE.
`;

describe('normalising', () => {
  const cases: [name: string, text: string, normalised: string][] = [
    ['case and layout', 'Some   WORDS\n\tin\r\nlines', 'some words in lines'],
    ['punctuation', '“As is”, (really) — yes_no', 'as is really yes_no'],
    ['addresses', 'see https://example.org/a?b=c now', 'see http blackboxed url now'],
    ['a title', 'The Best License version 2.0\n\nwords', 'words'],
    ['a title with its holder', 'The Best License Copyright me\n\nwords', 'words'],
    ['what only looks like one', 'A license to kill\n\nwords', 'a license to kill words'],
    ['copyright lines', 'one\n\nCopyright 2020 me\n\ntwo', 'one two'],
    ['a copyright statement within', 'one\ncopyright (c) 2020 me\ntwo', 'one two'],
    ['what most lines begin with', '// one\n// two\n// three\n// four', 'one two three four'],
    ['the year 2004, as askalono has it', 'january 2004', 'january 200'],
    ['nothing', '', ''],
  ];
  for (const [name, text, normalised] of cases) {
    it(name, () => assert.equal(normaliseLicense(text), normalised));
  }

  it('is over soon, whatever the text', () => {
    for (const text of [
      'license version x copyright '.repeat(9000),
      ' \u0085'.repeat(100_000),
      'copyright 1 1 '.repeat(9000),
    ])
      normaliseLicense(text);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => typeof normaliseLicense(text) === 'string'),
    );
  });
});

describe('identifying', () => {
  it('a licence with another holder, layout or comment marks', () => {
    for (const text of [
      isc,
      isc.replaceAll('\n', '\r\n'),
      isc
        .split('\n')
        .map((line) => `// ${line}`)
        .join('\n'),
      isc.toUpperCase(),
    ]) {
      assert.equal(identifyLicense(text).id, 'ISC');
      assert.ok(identifyLicense(text).confidence > 0.95);
    }
  });

  it('half a licence is less sure than all of it, and something else is nothing', () => {
    const half = identifyLicense(isc.slice(0, isc.length / 2));
    assert.ok(half.confidence < 0.8, String(half.confidence));
    assert.equal(identifyLicense('All rights reserved. Ask before you use it.').id, undefined);
    assert.deepEqual(identifyLicense(''), { confidence: 0 });
  });

  it('every text of the list is most like itself, or like another that reads the same', () => {
    const known = knownTexts();
    assert.ok(known.texts.length > 700);
    for (const { id, size, pairs } of known.texts) {
      assert.ok(isLicenseId(id.replace(/\++$/, '')) || isExceptionId(id), id);
      assert.equal(pairs().length, size);
    }
  });

  it('a text is compared by pairs of words, as often as they come', () => {
    const { pairs, size } = knownTexts().pairsOf('the software the software zzzzqq the');
    assert.equal(size, 5);
    assert.equal(pairs.length, 3);
    assert.equal(pairs[0] === pairs[1] || pairs[1] === pairs[2], true);
  });
});
