/** Lines of CSV, as spreadsheets read them. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { csvLine } from '../../../src/cli/shared/csv.ts';

const cells = [
  ['plain', 'plain'],
  ['', ''],
  [null, ''],
  [undefined, ''],
  [-3, '-3'],
  [true, 'true'],
  ['a, b', '"a, b"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\nlines', '"two\nlines"'],
  ['=HYPERLINK("https://evil.invalid")', '"\'=HYPERLINK(""https://evil.invalid"")"'],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['\r=1', '"\'\r=1"'],
  ['\n=1', '"\'\n=1"'],
  ['＝1+1', "'＝1+1"],
  ['a=b', 'a=b'],
] as const;

for (const [value, expected] of cells)
  it(`${JSON.stringify(value) ?? 'undefined'} is ${JSON.stringify(expected)}`, () => {
    assert.equal(csvLine([value, 'x']), `${expected},x`);
  });
