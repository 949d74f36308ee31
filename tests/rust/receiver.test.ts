/** How far back the expression goes that a method is called on. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { receiverFrom } from '../../src/rust/capability/receiver.ts';
import { isWord } from '../../src/rust/tokens.ts';
import { tokensOf } from './support.ts';

/** Statements with one call of `here`, and what it is called on. */
const table: readonly [code: string, receiver: string][] = [
  ['a.here()', 'a'],
  ['let x = a::b(c)?.d[0].here();', 'a::b(c)?.d[0]'],
  ['&crate::a.here()', '&crate::a'],
  ['format!("{x}").here()', 'format!("{x}")'],
  ['A { b: c }.here()', 'A { b: c }'],
  ['A { name: a.b.here() }', 'a.b'],
  ["'outer: a.here()", 'a'],
  ['if a { b } c.here()', 'c'],
  ['if a.is() { return; } c.d.here()', 'c.d'],
  ['match a { _ => b.here() }', 'b'],
  ['return a.here()', 'a'],
  ['a + b.here()', 'b'],
  ['x = "text".here()', '"text"'],
];

for (const [code, receiver] of table)
  it(code, () => {
    const tokens = tokensOf(`fn f() { ${code} }`);
    const at = Array.from({ length: tokens.count }, (_, i) => i).find((i) => isWord(tokens, i, 'here')) ?? 0;
    const [from, to] = [receiverFrom(tokens, at - 1), at - 2];
    assert.equal(tokens.source.slice(tokens.starts[from], tokens.ends[to]), receiver);
  });
