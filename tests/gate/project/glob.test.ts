import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { expandMembers, globMatches } from '../../../src/gate/project/glob.ts';
import { memoryFiles } from '../../../src/gate/project/memory-files.ts';

describe('globMatches', () => {
  const cases: readonly (readonly [glob: string, fits: readonly string[], not: readonly string[]])[] = [
    ['a*', ['a', 'ab', 'a.b'], ['ba', '']],
    ['*-sys', ['x-sys', '-sys', 'a-sys-sys'], ['sys', 'x-sys2']],
    ['a?c', ['abc', 'a?c'], ['ac', 'abbc']],
    ['[ab]c', ['ac', 'bc'], ['cc', 'c']],
    ['[a-c]', ['a', 'b', 'c'], ['d', '-']],
    ['[!a-c]', ['d', '-'], ['a', 'b']],
    ['[]]', [']'], ['[']],
    ['[a', [], ['[a', 'a']],
    ['a.b+c', ['a.b+c'], ['axb+c', 'a.bbc']],
  ];
  for (const [glob, fits, not] of cases) {
    it(`reads ${glob}`, () => {
      for (const name of fits) assert.ok(globMatches(glob, name), name);
      for (const name of not) assert.ok(!globMatches(glob, name), name);
    });
  }

  it('takes no longer for many stars', () => {
    assert.equal(globMatches(`${'a*'.repeat(200)}b`, 'a'.repeat(5_000)), false);
  });
});

describe('expandMembers', () => {
  const files = (paths: readonly string[]) => memoryFiles({ root: '/p', texts: new Map(), others: paths });

  it('finds folders at any depth, sorted, each once', () => {
    const all = files(['b/x/f', 'a/x/f', 'a/y/z/f', 'f']);
    assert.deepEqual(expandMembers(all, '/p', '*/x'), ['/p/a/x', '/p/b/x']);
    assert.deepEqual(expandMembers(all, '/p', 'a/**'), ['/p/a', '/p/a/x', '/p/a/y', '/p/a/y/z']);
    assert.deepEqual(expandMembers(all, '/p', 'a/../b/*'), ['/p/b/x']);
    assert.deepEqual(expandMembers(all, '/p', 'none*'), ['/p/none*']);
  });

  it('refuses a pattern that would have no end', () => {
    const deep = files([`${'a/'.repeat(60)}f`]);
    const pattern = Array(12).fill('**/a').join('/');
    assert.throws(() => expandMembers(deep, '/p', pattern), /takes too long to expand/);
  });
});
