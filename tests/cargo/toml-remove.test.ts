import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { placeOf, type TomlPath, withoutElement } from '../../src/cargo/toml-remove.ts';

const table: readonly [what: string, text: string, path: TomlPath, left: string | undefined][] = [
  ['a table of a list', '[[w]]\na = 1\n\n[[w]]\na = 2\n', ['w', 0], '[[w]]\na = 2\n'],
  ['the last one', 'x = 1\n[[w]]\na = 1\n', ['w', 0], 'x = 1\n'],
  [
    'with tables of its own',
    '[[w]]\na = 1\n[w.b]\nc = 1\n[[w.d]]\ne = 1\n[[w]]\na = 2\n',
    ['w', 0],
    '[[w]]\na = 2\n',
  ],
  [
    'and keeps comments in front of the next and at the end',
    '# of all\n[[w]]\n# of it\na = 1\n\n# of the next\n[[w]]\na = 2\n# the end\n',
    ['w', 0],
    '# of all\n\n# of the next\n[[w]]\na = 2\n# the end\n',
  ],
  ['at the end', '[[w]]\na = 1\n[[w]]\na = 2\n# the end\n', ['w', 1], '[[w]]\na = 1\n# the end\n'],
  ['a dotted one', '[[l.e]]\na = 1\n[l]\nx = 1\n', ['l', 'e', 0], '[l]\nx = 1\n'],
  ['a table between brackets', 'w = [{ a = 1 }, { a = 2 }]\n', ['w', 0], 'w = [{ a = 2 }]\n'],
  ['the last between them', 'w = [{ a = 1 }, { a = "]," } ]\n', ['w', 1], 'w = [{ a = 1 }]\n'],
  ['the only one', 'w = [ { a = 1 } ] # why\n', ['w', 0], 'w = [] # why\n'],
  [
    'on lines of their own, with what is said behind it',
    'w = [\n  # of all\n  { a = 1 }, # one\n  { a = 2 }, # two\n  { a = 3 } # three\n]\n',
    ['w', 1],
    'w = [\n  # of all\n  { a = 1 }, # one\n  { a = 3 } # three\n]\n',
  ],
  [
    'the last of those',
    'w = [\n  { a = 1 }, # one\n  { a = 2 } # two\n]\n',
    ['w', 1],
    'w = [\n  { a = 1 }, # one\n]\n',
  ],
  [
    'over several lines',
    'w = [\n  {\n    a = 1,\n  },\n  { a = 2 },\n]\n',
    ['w', 0],
    'w = [\n  { a = 2 },\n]\n',
  ],
  ['with commas in front', 'w = [ "a"\n    , "b"\n    , "c" ]\n', ['w', 1], 'w = [ "a"\n    , "c" ]\n'],
  ['of a dotted key', 'l.e = ["a", "b"]\n', ['l', 'e', 0], 'l.e = ["b"]\n'],
  ['below a header', '[l]\ne = ["a", \'b\']\n', ['l', 'e', 1], '[l]\ne = ["a"]\n'],
  ['of an inline table', 'l = { e = ["a", "b"], f = 1 }\n', ['l', 'e', 0], 'l = { e = ["b"], f = 1 }\n'],
  [
    'in a table of a list',
    '[[b.c]]\nw = ["x"]\n[[b.c]]\nw = ["y", "z"]\n',
    ['b', 'c', 1, 'w', 0],
    '[[b.c]]\nw = ["x"]\n[[b.c]]\nw = ["z"]\n',
  ],
  [
    'in a list of inline tables',
    'b.c = [{ w = ["x"] }, { w = ["y", "z"] }]\n',
    ['b', 'c', 1, 'w', 1],
    'b.c = [{ w = ["x"] }, { w = ["y"] }]\n',
  ],
  ['with CRLF', 'w = [\r\n  "a",\r\n  "b",\r\n]\r\n', ['w', 0], 'w = [\r\n  "b",\r\n]\r\n'],
  ['what is not there', 'w = ["a"]\n', ['w', 1], undefined],
  ['a key', 'w = ["a"]\n', ['w'], undefined],
];

describe('an element taken out of TOML', () => {
  for (const [what, text, path, left] of table) {
    it(what, () => assert.equal(withoutElement(text, path), left));
  }

  it('has a place', () => {
    const text = '[[w]]\na = [\n  "x", { b = ["y"] },\n]\n';
    assert.deepEqual(placeOf(text, ['w', 0]), { line: 1, column: 1 });
    assert.deepEqual(placeOf(text, ['w', 0, 'a', 1, 'b', 0]), { line: 3, column: 15 });
    assert.equal(placeOf(text, ['w', 1]), undefined);
  });
});
