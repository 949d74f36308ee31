import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { definesFunction } from '../../src/rust/defined-functions.ts';

const source = `
use other::handed_on;
pub use inner::plain as renamed;
pub fn plain<T>(x: [u8; { 1 + 2 }], t: T) -> impl Iterator<Item = u8> where T: Into<u8> {
    fn within() {}
    std::iter::once(t.into())
}
pub const unsafe fn const_one() -> u8 { 1 }
extern "C" { fn foreign(n: i32) -> i32; }
pub extern "C" fn exported() {}
macro_rules! made { ($n:ident) => { pub fn made_by_macro() {} } }
mod inner { pub(crate) mod deeper { pub fn deep() {} } }
#[cfg(test)] mod tests { fn only_tested() {} }
pub struct Thing<T>(T);
impl<T: std::fmt::Display> Thing<T> where T: Clone { pub fn method(&self) -> u8 { 0 } }
impl<T> std::ops::Deref for Thing<T> { type Target = T; fn deref(&self) -> &T { &self.0 } }
impl<T> From<Other<Thing<T>>> for Wrapped { fn from(_: Other<Thing<T>>) -> Self { todo!() } }
pub trait Act { fn act(&self); fn by_default(&self) -> u8 { 1 } }
unsafe impl Act for Box<dyn Fn(u8) -> u8> { fn act(&self) {} }
`;

/** A path, and whether the source defines it. */
const cases: readonly (readonly [path: string, is: boolean])[] = [
  ['plain', true],
  ['const_one', true],
  ['exported', true],
  ['deep', true],
  ['Thing::method', true],
  ['Thing::deref', true],
  ['Deref::deref', true],
  ['Wrapped::from', true],
  ['From::from', true],
  ['Act::act', true],
  ['Box::act', true],
  ['Act::by_default', true],
  // Handed on from elsewhere or under another name, C code, what a macro makes, and what only its own tests have.
  ['handed_on', false],
  ['renamed', false],
  ['foreign', false],
  ['made', false],
  ['made_by_macro', false],
  ['only_tested', false],
  ['within', false],
  ['absent', false],
  // Of others than it is said of.
  ['method', false],
  ['act', false],
  ['Thing::plain', false],
  ['Thing::from', false],
  ['Display::method', false],
  ['Clone::method', false],
];

describe('functions that a source defines', () => {
  for (const [path, is] of cases)
    it(`${path}: ${is ? 'defined' : 'not'}`, () => {
      const [name = '', type] = path.split('::').toReversed();
      assert.equal(definesFunction(source, { type, name }), is);
    });

  it('nothing in what is no Rust', () => {
    assert.equal(definesFunction('fn plain( {', { name: 'plain' }), false);
    for (const text of ['fn', 'fn plain', 'impl', 'mod tests', 'trait {', 'fn plain()'])
      assert.equal(definesFunction(text, { name: 'plain' }), false, text);
  });
});
