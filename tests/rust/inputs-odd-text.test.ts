import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { languages } from '../../src/rust/inputs/language.ts';
import { saidByNative, saidByScript } from '../../src/rust/inputs/read-file.ts';
import { shellScript } from '../../src/rust/inputs/shell-commands.ts';

/** What regular expressions take for a space and a shell does not, and what opens or closes something somewhere. */
const blanks = ['\u00a0', '\f', '\v', '\u2028', '\u3000', '\ufeff', '\u0085', '\0'];
const pieces = [
  ...blanks,
  '|',
  '||',
  ...'\r|\t| |\n|\\|\\\n|"|\'|`|$|$(|((|))|(|)|{|}|[|]|<|>|<<|<<<|<<E\n|E\n|&|&&|;|;;|#|//|/*|*/|"""|qw('.split(
    '|',
  ),
  ...'<?php|?>|case x in|esac|if|fi|for x in|do|done|f()|eval|python3 -c|sh -c|cmd /c|-EncodedCommand'.split(
    '|',
  ),
  ...'A=b|@|set(|execute_process(COMMAND|AC_INIT([|m4_define(|dnl|$(shell|include|define|endef|=begin\n'.split(
    '|',
  ),
];

describe('text that no tool would write', () => {
  it('every reader comes to its end', () => {
    const text = fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (text) => {
        for (const language of languages) saidByScript(text, language);
        saidByNative(text);
      }),
      { numRuns: 400 },
    );
  });

  for (const blank of blanks)
    it(`a shell takes U+${blank.codePointAt(0)?.toString(16).padStart(4, '0')} for a part of a word`, () => {
      const { commands } = shellScript(`${blank}a b${blank}c\nd ${blank}`);
      assert.deepEqual(
        commands.map(({ words }) => words.map(({ text }) => text)),
        [
          [`${blank}a`, `b${blank}c`],
          ['d', blank],
        ],
      );
    });
});

describe('more than anybody wrote', () => {
  it('commands that are not read are told as such, wherever they stand', () => {
    for (const [text, language] of [
      ['a;'.repeat(150_000), 'shell'],
      [`${'`a`'.repeat(150_000)}\n`, 'shell'],
      ['curl a\n'.repeat(150_000), 'batch'],
      ['command = a\n'.repeat(150_000), 'ninja'],
    ] as const) {
      const { workedOut } = saidByScript(text, language);
      assert.match(workedOut.map(({ text }) => text).join('\n'), /all commands behind 100000/);
    }
  });

  it('a file that is written and run over and over is told of, and what is new in it', () => {
    const step = (program: string) => `echo "${program} http://a" >> a.sh\nsh a.sh\n`;
    const { said } = saidByScript(`${step('curl').repeat(3000)}${step('wget')}`, 'shell');
    const names = new Set(said.flatMap(({ kind, name }) => (kind === 'downloader' ? [name] : [])));
    assert.deepEqual([...names].sort(), ['curl', 'wget']);
  });
});

it('a quote that is escaped in a word of CMake begins no text, in which commands behind it would be lost', () => {
  const list =
    'set(a \\"x)\nexecute_process(COMMAND curl "http://a")\nexecute_process(COMMAND "wget" http://b)\n';
  const { said } = saidByScript(list, 'cmake');
  const names = said.flatMap(({ kind, name }) => (kind === 'downloader' ? [name] : []));
  assert.deepEqual(names, ['curl', 'wget']);
});
