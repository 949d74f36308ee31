/**
 * A file that is passed over yields nothing when it is read whole: whatever a skim says is plain has tokens, and a library of it
 * alone has nothing to find.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { capabilitiesOf } from '../../src/rust/capability/find.ts';
import { soughtIn } from '../../src/rust/capability/words.ts';
import { lex } from '../../src/rust/lexer.ts';
import { moduleTree } from '../../src/rust/module-tree.ts';
import { skim } from '../../src/rust/skim/skim.ts';
import { harmless, malice } from './samples/index.ts';

const sought = soughtIn(new Map());
const skimmed = (text: string) => skim(Buffer.from(text), sought);

describe('a skim', () => {
  const texts: readonly (readonly [text: string, matters: boolean])[] = [
    ['fn f() { a.zip(b); self.time; }', false],
    ['use zip::ZipArchive;', true],
    ['use a::{b, zip};', true],
    ['use std::time::Duration;', false],
    ['extern crate curl;', true],
    ['fn f() { curl::easy::Easy::new(); }', true],
    ['fn f(process: u8, Command: u8) {}', false],
    ['fn f() { process::exit(1) }', true],
    ['m!(a, process);', true],
    ['use crate::a::*; fn f() { g(var) }', true],
    ['fn f(var: u8) { g(var) }', false],
    ['fn f() { std::$name::exit() }', true],
    ['fn f() { transmute::<_, u8>(x) }', false],
    ['fn f() { transmute::<_, fn()>(x) }', true],
    ['use std::mem::transmute as t;', true],
    ['fn f() { r#process::exit(1) }', true],
    ['fn f() { /* process::exit */ "process::exit"; }', false],
    ['const A: &str = "curl https://a.invalid";', true],
    [`const A: &str = "${'a'.repeat(300)}";`, true],
    ['use include as i;', true],
    ['fn f() { x.to_socket_addrs() }', true],
  ];
  for (const [text, matters] of texts)
    it(`${matters ? 'stops at' : 'passes over'} ${text.slice(0, 60)}`, () => {
      assert.equal(skimmed(text)?.matters, matters);
    });

  for (const text of ['fn f( {', 'fn f() { "a }', "'ab'", 'fn f() { 1e }', 'fn ж() {}', 'c"a"', '/* a'])
    it(`leaves to the lexer ${text}`, () => assert.equal(skimmed(text), undefined));

  for (const text of [
    'mod a;',
    '#[cfg(b)] pub mod a;',
    'include!("a.rs");',
    'const A: u8 = 1; mod a; fn f() {}',
  ])
    it(`finds what leads on in ${text}`, () => {
      const found = skimmed(text);
      assert.deepEqual([found?.leads, found?.outline.length], [false, 1]);
    });

  for (const text of ['fn f() { mod a; }', 'macro_rules! a { () => {} }', 'mod a { mod b; }', '#![cfg(a)]'])
    it(`has read whole ${text}`, () => assert.equal(skimmed(text)?.leads, true));
});

it('passes over nothing of samples that would yield anything', () => {
  let passed = 0;
  for (const { files } of [...malice, ...harmless])
    for (const [path, text] of Object.entries(files)) {
      const found = path.endsWith('.rs') ? skimmed(text) : undefined;
      if (found === undefined || found.matters || found.leads) continue;
      passed++;
      assert.equal(lex(text).kind, 'tokens', path);
      const tree = moduleTree(
        path,
        (other) => (other === path ? text : undefined),
        () => undefined,
      );
      const { capabilities } = capabilitiesOf(tree, 'library');
      assert.deepEqual(capabilities, [], path);
    }
  assert.ok(passed > 0);
});
