import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Edition } from '../../src/cargo/manifest/manifest.ts';
import { colours, coloursOf } from '../../src/rust/colours.ts';

/** What is coloured, with its colour, in order. */
function coloured(source: string, edition: Edition = '2021'): readonly string[] {
  const flat = coloursOf(source, edition);
  const found: string[] = [];
  let end = 0;
  for (let at = 0; at < flat.length; at += 3) {
    const [gap = 0, length = 0, colour = 0] = flat.slice(at, at + 3);
    found.push(`${colours[colour]}: ${source.slice(end + gap, end + gap + length)}`);
    end += gap + length;
  }
  return found;
}

describe('colours of source', () => {
  const table: readonly [source: string, expected: readonly string[], edition?: Edition][] = [
    ['', []],
    ['let x = 1;', ['keyword: let', 'number: 1']],
    ['// a\nfn f() {}  /* b */ ', ['comment: // a', 'keyword: fn', 'comment: /* b */']],
    [
      '/// doc\n#[derive(Debug)]\nstruct A;',
      ['comment: /// doc', 'attribute: #[derive(Debug)]', 'keyword: struct'],
    ],
    ['#![allow(x = "y")] use a;', ['attribute: #![allow(x = "y")]', 'keyword: use']],
    ['println!("{}", a != b)', ['macro: println', 'text: "{}"']],
    [
      "'a: loop { 'b'; b'c'; r#\"d\"#; c\"e\" }",
      ["lifetime: 'a", 'keyword: loop', "text: 'b'", "text: b'c'", 'text: r#"d"#', 'text: c"e"'],
    ],
    ['cr"x"', ['text: "x"'], '2018'],
    ['r#type; 1.5e3f32', ['number: 1.5e3f32']],
    ['"// no comment"', ['text: "// no comment"']],
    ['let s = "never closed', []],
    ['#!/usr/bin/env run\nfn a() {}', ['keyword: fn']],
    ['# !', []],
  ];
  for (const [source, expected, edition] of table)
    test(JSON.stringify(source), () => assert.deepEqual(coloured(source, edition), expected));

  test('stretches neither overlap nor leave the text', () => {
    const piece = fc.constantFrom(
      'fn ',
      '"a"',
      '#[b]',
      '// c\n',
      '/* d */',
      "'e ",
      '1 ',
      'f!',
      '(',
      ')',
      '\n',
      'ü ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const source = pieces.join('');
        const flat = coloursOf(source, '2021');
        let end = 0;
        for (let at = 0; at < flat.length; at += 3) {
          assert.ok((flat[at] ?? -1) >= 0 && (flat[at + 1] ?? 0) > 0);
          end += (flat[at] ?? 0) + (flat[at + 1] ?? 0);
        }
        assert.ok(end <= source.length);
      }),
    );
  });
});
