import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { lex, maxSourceLength } from '../../src/rust/lexer.ts';
import { isSigns, nameOf, placeOf, textOf, tokenKind } from '../../src/rust/tokens.ts';
import { tokensOf } from './support.ts';

const names = Object.fromEntries(Object.entries(tokenKind).map(([name, kind]) => [kind, name]));

/** `kind text` of each token. */
function shown(source: string): readonly string[] {
  const tokens = tokensOf(source);
  return Array.from(
    { length: tokens.count },
    (_, at) => `${names[tokens.kinds[at] ?? 0]} ${textOf(tokens, at)}`,
  );
}

describe('lex', () => {
  const cases: readonly (readonly [source: string, tokens: readonly string[]])[] = [
    ['', []],
    ['fn r#fn _ a1', ['ident fn', 'rawIdent r#fn', 'ident _', 'ident a1']],
    ['größe 変数', ['ident größe', 'ident 変数']],
    ["'a 'static '_ 'r#in", ["lifetime 'a", "lifetime 'static", "lifetime '_", "lifetime 'r#in"]],
    [
      "'a' '\\'' '\\\\' '\\u{1F600}' '😀' ' ' '('",
      ["char 'a'", "char '\\''", "char '\\\\'", "char '\\u{1F600}'", "char '😀'", "char ' '", "char '('"],
    ],
    [
      'b\'a\' b\'\\\'\' b"x" br#""y"#',
      ["byte b'a'", "byte b'\\''", 'byteString b"x"', 'rawByteString br#""y"#'],
    ],
    [
      '"a\\"b" r"\\" r##"a"#b"## c"z" cr#"q"#',
      ['string "a\\"b"', 'rawString r"\\"', 'rawString r##"a"#b"##', 'cString c"z"', 'rawCString cr#"q"#'],
    ],
    ['"two\nlines \\\n  more"', ['string "two\nlines \\\n  more"']],
    [
      '1 0xffu8 0b1_0 0o7 1_000i64',
      ['integer 1', 'integer 0xffu8', 'integer 0b1_0', 'integer 0o7', 'integer 1_000i64'],
    ],
    ['1.5 1. 1e3 1.5e-3f32 1f32', ['float 1.5', 'float 1.', 'float 1e3', 'float 1.5e-3f32', 'integer 1f32']],
    ['1..2', ['integer 1', 'punct .', 'punct .', 'integer 2']],
    ['1.max(2)', ['integer 1', 'punct .', 'ident max', 'open (', 'integer 2', 'close )']],
    ['a::<b>', ['ident a', 'punct :', 'punct :', 'punct <', 'ident b', 'punct >']],
    ['a / b // c\n/* d /* e */ f */ g', ['ident a', 'punct /', 'ident b', 'ident g']],
    ['/// doc\n//! doc\n/** doc */ a', ['ident a']],
    ['#!/usr/bin/env run\na', ['ident a']],
    ['#![no_std]', ['punct #', 'punct !', 'open [', 'ident no_std', 'close ]']],
    ['#! // why\n[no_std]', ['punct #', 'punct !', 'open [', 'ident no_std', 'close ]']],
    ['\ufeffa\u200e\u2028b', ['ident a', 'ident b']],
    ['"//" \'"\' "/*"', ['string "//"', "char '\"'", 'string "/*"']],
  ];
  for (const [source, tokens] of cases) {
    it(`reads ${JSON.stringify(source)}`, () => assert.deepEqual(shown(source), tokens));
  }

  const opaque: readonly (readonly [source: string, line: number])[] = [
    ['a\n"b', 2],
    ['/* /* */', 1],
    ['r#"a"', 1],
    ['{\n(}', 2],
    ['a)', 1],
    ['{\n{}', 1],
    ["'ab'", 1],
    ["'", 1],
    ['a\n\u0007', 2],
  ];
  for (const [source, line] of opaque) {
    it(`says that ${JSON.stringify(source)} cannot be read, and where`, () => {
      const lexed = lex(source);
      assert.equal(lexed.kind, 'opaque');
      assert.equal(lexed.kind === 'opaque' && lexed.line, line);
    });
  }

  it('joins each delimiter with its partner', () => {
    const tokens = tokensOf('a([{}])');
    assert.deepEqual([...tokens.partners.slice(0, tokens.count)], [0, 6, 5, 4, 3, 2, 1]);
  });

  it('knows lines, columns, names and joined signs', () => {
    const tokens = tokensOf('a\n  r#b :: c : : d');
    assert.deepEqual(placeOf(tokens, 1), { line: 2, column: 3 });
    assert.equal(nameOf(tokens, 1), 'b');
    assert.equal(isSigns(tokens, 2, '::'), true);
    assert.equal(isSigns(tokens, 5, '::'), false);
  });

  it('reads what nests deeply, or is one long line, and refuses what is too long', () => {
    assert.equal(lex('('.repeat(200_000) + ')'.repeat(200_000)).kind, 'tokens');
    assert.equal(tokensOf('0,'.repeat(1_000_000)).count, 2_000_000);
    assert.equal(lex(' '.repeat(maxSourceLength + 1)).kind, 'opaque');
  });

  it('gives every text tokens that lie in it in order, or says that it cannot be read', () => {
    const piece = fc.constantFrom(
      'a',
      "'",
      '"',
      '\\',
      '#',
      'r',
      'b',
      '/*',
      '*/',
      '//',
      '\n',
      '{',
      '}',
      '1',
      '.',
      'e',
      '::',
      'é',
      '😀',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const lexed = lex(pieces.join(''));
        if (lexed.kind === 'opaque') return lexed.line >= 1;
        const { count, starts, ends } = lexed.tokens;
        let end = 0;
        for (let at = 0; at < count; at++) {
          if ((starts[at] ?? 0) < end || (ends[at] ?? 0) <= (starts[at] ?? 0)) return false;
          end = ends[at] ?? 0;
        }
        return end <= pieces.join('').length;
      }),
    );
  });
});
