import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type CsvColumns, type CsvRow, csvRows } from '../../../src/facts/dump/csv.ts';
import { DumpError } from '../../../src/facts/dump/error.ts';
import { dumpCsv } from '../../support/dump.ts';

async function read(text: string, columns: Partial<CsvColumns> = {}, piece = 1 << 20): Promise<CsvRow[]> {
  const bytes = Buffer.from(text);
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  }
  const rows: CsvRow[] = [];
  for await (const some of csvRows('t.csv', pieces(), { required: [], optional: [], ...columns }))
    rows.push(...some);
  return rows;
}

describe('CSV as PostgreSQL writes it', () => {
  const cases: [name: string, text: string, columns: Partial<CsvColumns>, rows: CsvRow[]][] = [
    ['plain fields', 'a,b\n1,2\n', { required: ['a', 'b'] }, [['1', '2']]],
    ['columns by name, in any order', 'x,b,a\n0,2,1\n', { required: ['a', 'b'] }, [['1', '2']]],
    ['nothing is NULL, "" is an empty text', 'a,b\n,""\n', { required: ['a', 'b'] }, [[null, '']]],
    ['quotes, commas and lines', 'a\n"x ""y"", z\r\nw"\n', { required: ['a'] }, [['x "y", z\r\nw']]],
    ['lines that end in CR LF', 'a,b\r\n1,"2"\r\n3,4\r\n', { required: ['b'] }, [['2'], ['4']]],
    ['a last line without an end', 'a\n1\n2', { required: ['a'] }, [['1'], ['2']]],
    ['an optional column that is not there', 'a\n1\n', { required: ['a'], optional: ['b'] }, [['1', null]]],
    ['a column under its other name', 'new\n1\n', { required: [['old', 'new']] }, [['1']]],
    ['a header and nothing else', 'a\n', { required: ['a'] }, []],
  ];
  for (const [name, text, columns, rows] of cases) {
    it(name, async () => {
      assert.deepEqual(await read(text, columns), rows);
      assert.deepEqual(await read(text, columns, 1), rows, 'byte by byte');
    });
  }

  const broken: [name: string, text: string, code: string][] = [
    ['a missing column', 'b\n1\n', 'dump/missing-column'],
    ['too few fields', 'a,b\n1\n', 'dump/malformed'],
    ['too many fields', 'a,b\n1,2,3\n', 'dump/malformed'],
    ['a quote that is not closed', 'a\n"1\n', 'dump/malformed'],
    ['text after a quote', 'a\n"1"2\n', 'dump/malformed'],
    ['nothing at all', '', 'dump/malformed'],
  ];
  for (const [name, text, code] of broken) {
    it(`refuses ${name}`, async () => {
      await assert.rejects(
        read(text, { required: ['a'] }),
        (error) => error instanceof DumpError && error.code === code,
      );
    });
  }

  it('reads back whatever was written, in pieces of any length', async () => {
    const value = fc.option(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', '\\', ' ', 'é') }));
    const rows = fc.array(fc.tuple(value, value), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 9 }), async (given, piece) => {
        const text = dumpCsv(
          ['a', 'b'],
          given.map(([a, b]) => ({ a, b })),
        );
        assert.deepEqual(await read(text, { required: ['a', 'b'] }, piece), given);
      }),
    );
  });
});
