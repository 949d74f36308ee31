import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cfgOf } from '../../src/rust/attribute.ts';
import { itemsOf } from '../../src/rust/item.ts';
import { stringOf } from '../../src/rust/literal.ts';
import { usesOf } from '../../src/rust/use-tree.ts';
import { tokensOf, whole, written } from './support.ts';

/** `kind name { body }` of each item. */
function shown(source: string): readonly string[] {
  const tokens = tokensOf(source);
  return itemsOf(tokens, whole(tokens)).items.map(({ kind, name, body, public: isPublic }) =>
    [
      isPublic ? 'pub ' : '',
      kind,
      ` ${name ?? '-'}`,
      body === undefined ? '' : ` {${written(tokens, body)}}`,
    ].join(''),
  );
}

describe('itemsOf', () => {
  const cases: readonly (readonly [source: string, items: readonly string[]])[] = [
    ['mod a; pub mod b { fn c() {} }', ['mod a', 'pub mod b {fn c() {}}']],
    ['pub(crate) fn f<T>(x: [u8; 3]) -> T where T: A { x }', ['fn f {x}']],
    ['pub const unsafe extern "C" fn f() {} async fn g() {}', ['pub fn f {}', 'fn g {}']],
    ['const A: [u8; 2] = { [1, 2] }; static mut B: u8 = 1;', ['value A', 'value B']],
    ['const _: () = {}; const fn c() {}', ['value _', 'fn c {}']],
    [
      'struct A; struct B(u8); pub struct C { d: u8 } enum E { F } union G { h: u8 } type I = J;',
      ['type A', 'type B', 'pub type C {d: u8}', 'type E {F}', 'type G {h: u8}', 'type I'],
    ],
    ['impl<const N: usize> A<{ N }> for B<{ 1 }, C> { fn d() {} }', ['impl - {fn d() {}}']],
    [
      'unsafe impl Send for A {} unsafe trait B {} auto trait C {}',
      ['impl - {}', 'trait B {}', 'trait C {}'],
    ],
    ['extern crate alloc; extern crate a as b;', ['extern-crate alloc', 'extern-crate a']],
    ['extern "C" { fn a(); } unsafe extern { }', ['extern-block - {fn a();}', 'extern-block - {}']],
    ['use a::{b, c}; use d;', ['use -', 'use -']],
    [
      'macro_rules! m { () => {} } m! { x } a::n!(y); ::o![z];',
      ['macro-rules m {() => {}}', 'macro-call m {x}', 'macro-call n {y}', 'macro-call o {z}'],
    ],
    ['union!(a); default!{b}', ['macro-call union {a}', 'macro-call default {b}']],
    ['pub macro m($a:ident) { } fn f() {};', ['pub macro-rules m {}', 'fn f {}']],
    ['1 + 2; fn a() {}', ['unknown -', 'fn a {}']],
  ];
  for (const [source, items] of cases) it(`reads ${source}`, () => assert.deepEqual(shown(source), items));

  it('tells own attributes from those of an item', () => {
    const tokens = tokensOf(
      '#![no_std]\n#![doc = "x"] #[cfg(unix)] #[path = "b.rs"] #[unsafe(no_mangle)] mod a;',
    );
    const { attributes, items } = itemsOf(tokens, whole(tokens));
    assert.deepEqual(
      attributes.map(({ path, value }) => [path, value]),
      [
        ['no_std', undefined],
        ['doc', 'x'],
      ],
    );
    assert.deepEqual(
      items[0]?.attributes.map(({ path, value }) => [path, value]),
      [
        ['cfg', undefined],
        ['path', 'b.rs'],
        ['no_mangle', undefined],
      ],
    );
  });
});

describe('usesOf', () => {
  const cases: readonly (readonly [source: string, uses: readonly string[]])[] = [
    ['use a;', ['a = a']],
    ['use std::process::Command as C;', ['C = std::process::Command']],
    [
      'use ::std::{fs, io::{self, Read as _, *}, net as n};',
      ['fs = ::std::fs', 'io = ::std::io', '_ = ::std::io::Read', '* = ::std::io', 'n = ::std::net'],
    ],
    ['pub use crate::a::{self as b};', ['pub b = crate::a']],
    ['use {a::b, r#in::c};', ['b = a::b', 'c = in::c']],
    ['extern crate std as s;', ['s = std']],
    ['use *;', ['* = ']],
    ['use self::a; use super::super::b;', ['a = self::a', 'b = super::super::b']],
  ];
  for (const [source, expected] of cases) {
    it(`reads ${source}`, () => {
      const tokens = tokensOf(source);
      const uses = itemsOf(tokens, whole(tokens)).items.flatMap((item) => usesOf(tokens, item));
      const lines = uses.map(
        ({ path, name, public: isPublic }) => `${isPublic ? 'pub ' : ''}${name} = ${path.join('::')}`,
      );
      assert.deepEqual(lines, expected);
    });
  }

  it('stops in a tree that nests without end', () => {
    const tokens = tokensOf(`use ${'a::{'.repeat(50_000)}b${'}'.repeat(50_000)};`);
    assert.deepEqual(
      itemsOf(tokens, whole(tokens)).items.flatMap((item) => usesOf(tokens, item)),
      [],
    );
  });
});

describe('stringOf', () => {
  const cases: readonly (readonly [source: string, text: string | undefined])[] = [
    ['"a\\n\\x41\\u{1F600}\\"\\\\"', 'a\nA😀"\\'],
    ['"a \\\n   b"', 'a b'],
    ['"a\r\nb"', 'a\nb'],
    ['r#"a\\"b"#', 'a\\"b'],
    ['b"\\xff\\0"', '\u00ff\0'],
    ['"\\q"', undefined],
    ['7', undefined],
  ];
  for (const [source, text] of cases)
    it(`reads ${source}`, () => assert.equal(stringOf(tokensOf(source), 0), text));
});

describe('cfgOf', () => {
  it('reads an expression that stands in source, and leaves what it does not know', () => {
    const read = (source: string) => {
      const tokens = tokensOf(source);
      return cfgOf(tokens, whole(tokens));
    };
    assert.deepEqual(read('not(feature = r"std")'), {
      kind: 'not',
      of: { kind: 'is', name: 'feature', value: 'std' },
    });
    assert.deepEqual(read('any(/* a */ unix,\n)'), {
      kind: 'any',
      of: [{ kind: 'is', name: 'unix', value: undefined }],
    });
    assert.equal(read('version("1.60")'), undefined);
    assert.equal(read('feature = "a\\"b"'), undefined);
  });
});
