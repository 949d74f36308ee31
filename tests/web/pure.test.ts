/** What the pages work out without a browser. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { coloursOf } from '../../src/rust/colours.ts';
import { pieces } from '../../web/src/code/hidden.ts';
import { linesOf } from '../../web/src/code/lines.ts';
import { sidesOf } from '../../web/src/code/sides.ts';
import { csvOf } from '../../web/src/parts/csv.ts';
import { relative } from '../../web/src/parts/relative.ts';

describe('times', () => {
  const now = Date.parse('2026-08-10T12:00:00Z');
  for (const [at, says] of [
    ['2026-08-10T12:00:00Z', 'just now'],
    ['2026-08-10T12:00:20Z', 'in less than a minute'],
    ['2026-08-10T11:01:00Z', '59 minutes ago'],
    ['2026-08-10T10:59:00Z', '1 hour ago'],
    ['2026-08-11T12:00:00Z', 'tomorrow'],
    ['2026-08-17T11:59:00Z', 'in 6 days'],
    ['2026-05-10T12:00:00Z', '3 months ago'],
    ['2024-08-10T12:00:00Z', '2 years ago'],
  ] as const)
    test(says, () => assert.equal(relative(Date.parse(at), now), says));
});

describe('CSV', () => {
  test('quotes what would be read otherwise', () => {
    assert.equal(csvOf([['a', 'b,c', 'd "e"', 'f\ng', '']]), 'a,"b,c","d ""e""","f\ng",\r\n');
  });
  test('leaves no formula', () => {
    for (const text of ['=1+1', '+1', '-1', '@x', '\tx']) assert.match(csvOf([[text]]), /^"?'/);
  });
});

describe('signs that do not show', () => {
  for (const [text, expected] of [
    ['plain\ttext', [{ text: 'plain\ttext' }]],
    ['', []],
    ['a\u202eb', [{ text: 'a' }, { sign: 'U+202E' }, { text: 'b' }]],
    ['\u200b\u2066', [{ sign: 'U+200B' }, { sign: 'U+2066' }]],
    ['\ufeff', [{ sign: 'U+FEFF' }]],
    ['\u{e0041}', [{ sign: 'U+E0041' }]],
    ['\x1b[0m', [{ sign: 'U+001B' }, { text: '[0m' }]],
    ['größe 名前 😀', [{ text: 'größe 名前 😀' }]],
  ] as const)
    test(JSON.stringify(text), () => assert.deepEqual(pieces(text), expected));
});

describe('two versions side by side', () => {
  test('put what went beside what came', () => {
    const patch =
      '@@ -1,3 +1,3 @@\n a\n-b\n-c\n+d\n e\n@@ -9,1 +9,2 @@\n f\n+g\n\\ No newline at end of file';
    assert.deepEqual(sidesOf(patch), [
      { before: 'a', after: 'a' },
      { before: 'b', after: 'd' },
      { before: 'c' },
      { before: 'e', after: 'e' },
      { before: '…', after: '…' },
      { before: 'f', after: 'f' },
      { after: 'g' },
    ]);
  });
});

describe('lines of source', () => {
  const source = fc
    .array(fc.constantFrom('fn ', '"a\nb"', '/* c\n d */', '// e', '\n', '\r\n', 'x', ' ', "'f'"), {
      maxLength: 30,
    })
    .map((parts) => parts.join(''));
  test('hold the whole text, whatever its colours are', () => {
    fc.assert(
      fc.property(source, (text) => {
        const lines = linesOf(text, coloursOf(text, '2021'));
        const shown = Array.from({ length: lines.count }, (_, at) =>
          lines
            .at(at)
            .map(({ text: part }) => part)
            .join(''),
        );
        const expected = text.split('\n').map((line) => line.replace(/\r$/, ''));
        if (expected.length > 1 && expected.at(-1) === '') expected.pop();
        assert.deepEqual(shown, expected);
      }),
    );
  });
  test('keep the colour of what goes over several', () => {
    const text = 'let a = "x\ny"; // z';
    const lines = linesOf(text, coloursOf(text, '2021'));
    assert.deepEqual(lines.at(1), [{ text: 'y"', colour: 2 }, { text: '; ' }, { text: '// z', colour: 0 }]);
  });
});
