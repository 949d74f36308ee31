import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { codePatterns } from '../../src/rust/inputs/code-patterns.ts';
import { loosened } from '../../src/rust/inputs/loosened.ts';
import { nativePatterns } from '../../src/rust/inputs/patterns/native.ts';

/** Lines that patterns are found in, each of which other lines beside it would hide from the same pattern for a whole text. */
const lines: Readonly<Record<string, readonly (readonly string[])[]>> = {
  python: [
    ['eval(', '"x")'],
    ['subprocess.run(', '  "ls")'],
    ['x = 1', 'import socket'],
    ['object.', 'exec(code)'],
  ],
  node: [
    ['window.', 'fetch(url)'],
    ['it.', 'eval(text)'],
  ],
  perl: [
    ['my $x', '`curl x`'],
    ['use Foo;', '  use LWP::UserAgent;'],
  ],
  meson: [['target(', 'command: ["sh", "x"]']],
  native: [
    ['static int', 'system("x");'],
    ['this->', 'connect(a, b);'],
    ['int', 'getaddrinfo(a, b, c, d);'],
  ],
};

describe('a pattern for lines as one for whole texts', () => {
  for (const [language, texts] of Object.entries(lines))
    for (const text of texts)
      it(`${language}: ${text.join(' / ')}`, () => {
        const patterns =
          language === 'native'
            ? nativePatterns
            : Object.entries(codePatterns).find(([one]) => one === language)?.[1];
        const found = (patterns ?? []).filter(({ pattern }) => text.some((line) => pattern.test(line)));
        assert.notEqual(found.length, 0);
        for (const { loose } of found) assert.match(text.join('\n'), loose);
      });

  it('keeps classes, escapes and groups, and leaves out what must not stand there', () => {
    const pattern = /(?<![\w.)])a\((?!\s*(?:\[\)]|"))[(?!]b|^c/i;
    assert.deepEqual(loosened(pattern), /a\([(?!]b|^c/im);
  });
});
