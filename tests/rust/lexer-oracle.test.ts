import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { readCrateArchive } from '../../src/cargo/crate-archive.ts';
import { lex } from '../../src/rust/lexer.ts';
import { tokenKind } from '../../src/rust/tokens.ts';
import { cachedArchives, registry } from '../support/cargo-cache.ts';
import { buildOracle } from '../support/rust-oracle.ts';

const oracle = buildOracle(join(import.meta.dirname, 'oracle'), 'lexer-oracle');
const skip = oracle.kind === 'absent' ? oracle.reason : false;
const ask = (what: 'tokens' | 'digest', texts: readonly string[]) =>
  oracle.kind === 'ready' ? oracle.ask(texts.map((text) => [what, text])) : [];
const names = Object.fromEntries(Object.entries(tokenKind).map(([name, kind]) => [kind, name]));

/** Our answer in the words of `oracle/src/main.rs`. */
function own(source: string): string {
  const lexed = lex(source);
  if (lexed.kind === 'opaque') return 'err';
  const { count, kinds, starts, ends } = lexed.tokens;
  let answer = '';
  for (let at = 0; at < count; at++) answer += `${names[kinds[at] ?? 0]}:${starts[at]}-${ends[at]} `;
  return answer;
}

test('any text has the tokens that rustc’s lexer gives it', { skip }, () => {
  const words = [
    "'",
    "''",
    '"',
    '\\',
    '\\n',
    '#',
    '##',
    '#!',
    'r',
    'r#',
    'b',
    'br',
    'c',
    'cr',
    'k#',
    '/*',
    '*/',
    '//',
    '///',
    '\n',
    '\r\n',
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
    '0',
    '0x',
    '0b1',
    '1',
    '_',
    '.',
    '..',
    'e',
    'E+',
    'f32',
    '::',
    'é',
    '😀',
    '変',
    '\u200e',
    '\ufeff',
    ' ',
    'a',
    'fn',
    '$',
    '@',
    '`',
  ];
  const text = fc.array(fc.constantFrom(...words), { maxLength: 12 }).map((parts) => parts.join(''));
  const near = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          "'a'",
          "b'a'",
          '"a"',
          'r#"a"#',
          'cr"a"',
          "'a",
          '1.5e3',
          '0xff',
          'r#in',
          '/* a */',
          '// b\n',
          '{}',
          '()',
        ),
        fc.constantFrom(...words),
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join(''));
  const texts = [
    ...fc.sample(text, { numRuns: 30_000, seed: 1 }),
    ...fc.sample(near, { numRuns: 30_000, seed: 2 }),
  ];
  const answers = ask('tokens', texts);
  assert.ok(answers.filter((answer) => answer !== 'err').length > 10_000);
  const differing = texts.flatMap((source, i) =>
    own(source) === answers[i] ? [] : [{ source, own: own(source), real: answers[i] }],
  );
  assert.deepEqual(differing.slice(0, 10), [], `${differing.length} of ${texts.length} differ`);
});

const archives = cachedArchives(60);
const noArchives = archives.length === 0 ? 'cargo has no crates in its cache' : skip;

test('the sources of real crates have the tokens that rustc’s lexer gives them', { skip: noArchives }, () => {
  let read = 0;
  for (const path of archives) {
    const sources = readCrateArchive(readFileSync(join(registry, path))).files.filter((file) =>
      file.path.endsWith('.rs'),
    );
    const texts = sources.map(({ bytes }) => Buffer.from(bytes).toString());
    const answers = ask('digest', texts);
    const differing = sources.flatMap((file, i) =>
      digest(own(texts[i] ?? '')) === answers[i] ? [] : [file.path],
    );
    assert.deepEqual(differing, [], path);
    read += texts.length;
  }
  assert.ok(read > archives.length, `only ${read} files`);
});

/** FNV-1a, as the oracle has it. */
function digest(answer: string): string {
  if (answer === 'err') return answer;
  let hash = 0x811c9dc5;
  for (let at = 0; at < answer.length; at++) hash = Math.imul(hash ^ answer.charCodeAt(at), 0x01000193);
  return String(hash >>> 0);
}
