/** How the calls of macros fit their rules, as rustc 1.95 was seen to take them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lex } from '../../src/rust/lexer.ts';
import { mayBegin } from '../../src/rust/macro-rules/fragment.ts';
import { capabilitiesIn, reviewPackage } from '../../src/rust/package-review.ts';
import { packageSource } from '../../src/rust/package-source.ts';

/** Of `($x:KIND) => { 1 }; ($($t:tt)*) => { 0 }`, what the second rule takes, and what the first one takes. */
const begins: readonly (readonly [kind: string, second: string, first: string])[] = [
  [
    'expr',
    '@|=>|;|,|=|==|!=|+|/|%|^|>=|>|?|.|~|:|->|<-|<=|$|as|dyn|else|enum|extern|fn|impl|in|let|mod|mut|pub|ref|struct|trait|type|use|where|typeof|virtual',
    '|| a~&& a~& a~- a~* a~! a~.. a~... a~..= a~< a as T >::b~:: a~# [a] a~return a~break~loop {}~unsafe {}~if a {}~match a {}~async {}~static || a~move || a~crate::a~Self~{a}~(a)~[a]~1~yield a~while a {}~safe~union',
  ],
  [
    'pat',
    '@|=>|;|,|=|==|!=|+|/|%|^|>=|>|?|.|~|:|->|<-|<=|*|!|..=|#|$|{',
    '| a | b~&& a~& a~.. a~... a~< a as T >::b~:: a~mut a~ref a~_~(a)~[a]~1',
  ],
  [
    'pat_param',
    '@|=>|;|,|=|==|!=|+|/|%|^|>=|>|?|.|~|:|->|<-|<=|*|!|..=|#|$|{',
    '&& a~& a~.. a~... a~:: a~mut a~ref a~_~(a)~[a]~1',
  ],
];

describe('what a fragment may begin with', () => {
  for (const [kind, second, first] of begins) {
    it(`${kind}: not with`, () => {
      for (const text of second.split('|')) assert.equal(mayBe(kind, text), false, text);
    });
    it(`${kind}: with`, () => {
      for (const text of first.split('~')) assert.equal(mayBe(kind, text), true, text);
    });
  }
});

function mayBe(kind: string, text: string): boolean {
  const lexed = lex(text === '{' ? '{}' : text, '2021');
  assert.ok(lexed.kind === 'tokens');
  return mayBegin(kind, lexed.tokens, 0);
}

/** A macro whose last rule has a mark of its own, which the rules before it have no expression for. */
const marked = `macro_rules! check {
  ($a:expr $(,)?) => { check!($a, "") };
  ($a:expr, $($rest:tt)+) => { check!(@inner, $a, $($rest)*) };
  (@inner, $a:expr, $($rest:tt)+) => { { let _ = std::$a(); } };
}
`;

describe('a macro that calls itself by a rule with a mark', () => {
  it('ends, and what it makes is read', () => {
    const calls = Array.from({ length: 60 }, (_, i) => `check!(one${i});`).join(' ');
    const found = reviewed(`${marked} pub fn go() { ${calls} check!(process::abort); }`);
    assert.deepEqual(found.opaque, []);
  });
  it('and is named by what it leads to', () => {
    const mark = marked
      .replace('std::$a()', 'std::process::$a::new("sh")')
      .replace('@inner, $a:expr', '@inner, $a:ident');
    const { kinds } = reviewed(`${mark} pub fn go() { check!(Command); }`);
    assert.ok(kinds.includes('shell'), kinds.join(' '));
  });
});

function reviewed(source: string): { readonly opaque: readonly string[]; readonly kinds: readonly string[] } {
  const manifest = '[package]\nname = "a"\nversion = "1.0.0"\nedition = "2021"\n';
  const files: Readonly<Record<string, string>> = { 'Cargo.toml': manifest, 'src/lib.rs': source };
  const review = reviewPackage(packageSource(manifest, (path) => files[path]));
  return {
    opaque: (review.library?.opaque ?? [])
      .filter(({ unread }) => unread === true)
      .map(({ reason }) => reason),
    kinds: capabilitiesIn(review).map(({ kind }) => kind),
  };
}
