import assert from 'node:assert/strict';
import { test } from 'node:test';
import { table } from '../../src/cli/shared/table.ts';
import { printable } from '../../src/cli/shared/terminal.ts';
import { sayWhen } from '../../src/cli/shared/when.ts';

test('columns align, the last one runs free, and wide letters count once', () => {
  assert.deepEqual(
    table(
      ['A', 'B'],
      [
        ['é', 'x'],
        ['long', { text: 'y', style: 'red' }],
        ['', ''],
      ],
    ),
    ['A     B', 'é     x', 'long  y', ''],
  );
});

const now = Date.parse('2026-08-20T12:00:00Z');
for (const [time, says] of [
  ['2026-08-20T12:00:30Z', '2026-08-20 12:00 UTC (now)'],
  ['2026-08-20T12:35:00Z', '2026-08-20 12:35 UTC (in 35 minutes)'],
  ['2026-08-22T16:00:00+02:00', '2026-08-22 14:00 UTC (in 2 days 2 hours)'],
  ['2026-08-20T09:00:00Z', '2026-08-20 09:00 UTC (3 hours ago)'],
  ['2026-02-20T12:00:00Z', '2026-02-20 12:00 UTC (5 months ago)'],
  ['2019-01-01T00:00:00Z', '2019-01-01 00:00 UTC (7 years ago)'],
] as const)
  test(`a time both ways: ${says}`, () => assert.equal(sayWhen(time, now), says));

for (const [text, says] of [
  ['plain – ünï', 'plain – ünï'],
  ['a\u001b[31mred\u001b[0m', 'ared'],
  ['two\r\nlines\tand more', 'two lines and more'],
  ['bell\u0007 rtl\u202e separator\u2028.', 'bell� rtl� separator�.'],
] as const)
  test(`text from outside is made safe: ${says}`, () => assert.equal(printable(text), says));
