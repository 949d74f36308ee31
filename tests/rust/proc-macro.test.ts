/** What of macros people approve: the surface, and the code that the exports can reach. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { lex } from '../../src/rust/lexer.ts';
import { type PackageReview, reviewPackage } from '../../src/rust/package-review.ts';
import { packageSource } from '../../src/rust/package-source.ts';
import { textOf } from '../../src/rust/tokens.ts';

const manifest = `[package]
name = "shown"
version = "1.0.0"
[lib]
proc-macro = true
[dependencies]
syn = { version = "2", features = ["full"] }
helper-impl = "1"
`;
const head = 'use proc_macro::TokenStream;';
const derive = `#[proc_macro_derive(Show, attributes(show, hide))]
pub fn show(input: TokenStream) -> TokenStream { shown(input) }`;
const attribute = `#[proc_macro_attribute]
pub fn watch(attribute: TokenStream, item: TokenStream) -> TokenStream { let _ = attribute; item }`;
const inner = 'fn shown(input: TokenStream) -> TokenStream { if true { input } else { TokenStream::new() } }';
const unreached = 'fn never() -> u32 { 1 }';
const items = [head, derive, attribute, inner, unreached];
const base = { 'Cargo.toml': manifest, 'src/lib.rs': items.join('\n') };

function review(files: Readonly<Record<string, string>>): NonNullable<PackageReview['macros']> {
  const { macros } = reviewPackage(packageSource(files['Cargo.toml'] ?? '', (path) => files[path]));
  assert.ok(macros !== undefined);
  return macros;
}

const before = review(base);
const lib = (...texts: readonly string[]) => ({ 'src/lib.rs': texts.join('\n') });
const instead = (from: string, to: string) => lib(...items.map((item) => item.replace(from, to)));
const toml = (from: string, to: string) => ({ 'Cargo.toml': manifest.replace(from, to) });

/** Whether the surface stays, and whether the code does. */
const edits: readonly (readonly [
  what: string,
  files: Readonly<Record<string, string>>,
  surface: boolean,
  tokens: boolean,
])[] = [
  ['layout', lib(...items.map((item) => item.replaceAll(' ', '\n  '))), true, true],
  ['comments', lib('//! Shows.', ...items.flatMap((item) => ['// Why.', item, '/* Ended. */'])), true, true],
  ['documentation', instead('fn shown', '/// Shows it.\nfn shown'), true, true],
  ['what no export reaches', instead('{ 1 }', '{ 2 }'), true, true],
  ['the order of items', lib(head, unreached, inner, attribute, derive), true, false],
  ['what an export reaches', instead('if true', 'if false'), true, false],
  ['the version', toml('1.0.0', '1.0.1'), true, true],
  ['what a dependency must be', toml('helper-impl = "1"', 'helper-impl = "1.2"'), true, true],
  [
    'one more export',
    lib(...items, '#[proc_macro]\npub fn all(t: TokenStream) -> TokenStream { t }'),
    false,
    false,
  ],
  ['one export less', lib(head, derive, inner, unreached), false, false],
  ['another name', instead('derive(Show', 'derive(Display'), false, false],
  ['a helper attribute more', instead('show, hide', 'show, hide, skip'), false, false],
  ['the order of helper attributes', instead('show, hide', 'hide, show'), true, false],
  [
    'a condition that always holds',
    instead('#[proc_macro_attribute]', '#[proc_macro_attribute]\n#[cfg(all())]'),
    true,
    false,
  ],
  ['a feature of a dependency', toml('["full"]', '["full", "fold"]'), false, true],
  ['one more dependency', toml('[dependencies]', '[dependencies]\nmore = "1"'), false, true],
  [
    'a program that is run',
    instead('if true', 'std::process::Command::new("sh").status().ok();\n if true'),
    false,
    false,
  ],
  [
    'a variable that is read',
    instead('if true', 'std::env::var("AWS_SECRET_ACCESS_KEY").ok();\n if true'),
    false,
    false,
  ],
  ['an inclusion at expansion', instead('if true', 'include_bytes!("x.bin");\n if true'), false, false],
  [
    'what is written into others’ code',
    instead('if true', 'quote::quote!(std::process::Command::new("sh"));\n if true'),
    false,
    false,
  ],
  [
    'a build script',
    { 'build.rs': 'fn main() { std::process::Command::new("sh").status().ok(); }' },
    false,
    true,
  ],
  ['a build script that can do nothing', { 'build.rs': 'fn main() {}' }, true, true],
];

describe('the surface of macros', () => {
  it('names exports with their attributes and signatures', () => {
    assert.deepEqual(
      before.exports.map(({ kind, name, attributes, signature }) => [kind, name, attributes, signature]),
      [
        ['attribute', 'watch', [], 'fn watch(attribute: TokenStream, item: TokenStream) -> TokenStream'],
        ['derive', 'Show', ['hide', 'show'], 'fn show(input: TokenStream) -> TokenStream'],
      ],
    );
    assert.deepEqual(before.runs, ['helper-impl', 'syn full']);
  });

  for (const [what, files, surface, tokens] of edits) {
    it(`${surface ? 'stays' : 'changes'} with ${what}, the code ${tokens ? 'stays' : 'changes'}`, () => {
      const after = review({ ...base, ...files });
      assert.deepEqual([after.surface === before.surface, after.tokens === before.tokens], [surface, tokens]);
    });
  }

  it('stays with any layout and comments, and any order of items', () => {
    const between = fc.constantFrom(' ', '\n', '\t\n', ' /* a */ ', ' // b\n', '\n/* c /* d */ */\n');
    fc.assert(
      fc.property(
        fc.shuffledSubarray(items, { minLength: items.length }),
        fc.infiniteStream(between),
        fc.infiniteStream(between),
        (order, gaps, others) => {
          const spaced = (gap: Iterator<string>) => order.map((item) => respaced(item, gap)).join('\n');
          const once = review({ ...base, 'src/lib.rs': spaced(gaps) });
          const again = review({ ...base, 'src/lib.rs': spaced(others) });
          assert.equal(once.surface, before.surface);
          assert.equal(again.surface, before.surface);
          assert.equal(once.tokens, again.tokens);
        },
      ),
      { numRuns: 200 },
    );
  });

  describe('of which a macro makes the exports', () => {
    const make = (body: string) =>
      `macro_rules! make { ($n:ident => $f:ident) => { #[proc_macro] pub fn $n(t: TokenStream) -> TokenStream { ${body} } } }`;
    const call = 'make!(one => shown);';
    const withMade = (...texts: readonly string[]) => review({ ...base, ...lib(...items, ...texts) });
    const first = withMade(make('$f(t)'), call);

    it('names them by their calls, and reaches what those name', () => {
      assert.ok(first.exports.some(({ name }) => name === 'make!(one => shown)'));
      assert.deepEqual(first.opaque, []);
      const onlyMade = (body: string) =>
        review({
          ...base,
          ...lib(head, `fn shown(t: TokenStream) -> TokenStream { ${body} }`, make('$f(t)'), call),
        });
      assert.notEqual(onlyMade('t').tokens, onlyMade('TokenStream::new()').tokens);
    });

    it('changes with a call and with the definition, and not with what they reach', () => {
      assert.notEqual(withMade(make('$f(t)'), call, 'make!(two => shown);').surface, first.surface);
      assert.notEqual(withMade(make('$f(TokenStream::new())'), call).surface, first.surface);
      assert.equal(withMade(make('$f(t) /* same */'), call, 'fn more() {}').surface, first.surface);
    });

    it('is opaque where nobody can see the call', () => {
      assert.equal(withMade(make('$f(t)'), 'others::call_it!();').opaque.length, 1);
    });
  });

  it('are read where cargo finds a library of the first edition by its name', () => {
    const of = (more: string, path: string) =>
      review({
        'Cargo.toml': `[package]\nname = "my-shown"\nversion = "1.0.0"\n[lib]\nproc-macro = true\n${more}`,
        [path]: `${head}\n${derive}\nfn shown(_: TokenStream) -> TokenStream { std::process::Command::new("x"); }`,
      }).shapes;
    for (const shapes of [of('', 'src/my_shown.rs'), of('name = "other"', 'src/other.rs')])
      assert.deepEqual(shapes, ['process x']);
    assert.deepEqual(of('', 'src/my-shown.rs'), ['opaque: src/lib.rs is not in the package']);
  });
});

/** The same tokens with other things between them; signs that belong together stay together. */
function respaced(text: string, gaps: Iterator<string>): string {
  const lexed = lex(text);
  assert.ok(lexed.kind === 'tokens');
  const { tokens } = lexed;
  let out = '';
  for (let at = 0; at < tokens.count; at++) {
    const isJoined = at > 0 && tokens.ends[at - 1] === tokens.starts[at];
    if (!isJoined) out += gaps.next().value;
    out += textOf(tokens, at);
  }
  return out;
}
