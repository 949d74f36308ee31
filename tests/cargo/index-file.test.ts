import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { maxLineBytes, parseIndexLine, splitIndexFile } from '../../src/cargo/index-entry.ts';

test('an index file is cut at its newlines', () => {
  const bytes = Buffer.concat([
    Buffer.from('{"a":1}\n\n \r\n{"b":"é"}\r\n'),
    Buffer.from([0xff, 0x0a]),
    Buffer.from('\ufefflast'),
  ]);
  assert.deepEqual(splitIndexFile(bytes), {
    lines: [
      { text: '{"a":1}', number: 1 },
      { text: '{"b":"é"}\r', number: 4 },
      { text: '\ufefflast', number: 6 },
    ],
    malformed: [{ number: 5, reason: 'is not UTF-8' }],
  });
  assert.deepEqual(splitIndexFile(new Uint8Array()), { lines: [], malformed: [] });
});

test('long lines are read up to the limit', () => {
  const file = Buffer.from(
    `${'a'.repeat(100_000)}\n${'b'.repeat(10_000_000)}\n${'c'.repeat(maxLineBytes)}\n`,
  );
  const { lines, malformed } = splitIndexFile(file);
  assert.deepEqual(
    [lines.map(({ text }) => text.length), malformed.map(({ number }) => number)],
    [[100_000, maxLineBytes], [2]],
  );
  const deps = Array.from({ length: 20_000 }, (_, i) => ({ name: `d${i}`, req: '^1' }));
  const long = JSON.stringify({ name: 'a', vers: '1.0.0', deps, cksum: 'ab'.repeat(32) });
  assert.equal(parseIndexLine(long).deps.length, 20_000);
});

test('no bytes make it throw, and none are lost', () => {
  const chunk = fc.oneof(
    fc.uint8Array({ maxLength: 8 }),
    fc.constantFrom('\n', '{}\n', '\r\n', 'é', '\ufeff').map((t) => Buffer.from(t)),
  );
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 20 }), (chunks) => {
      const bytes = Buffer.concat(chunks);
      const { lines, malformed } = splitIndexFile(bytes);
      const raw = bytes.toString('latin1').split('\n');
      for (const { text, number } of lines)
        assert.equal(Buffer.from(text).toString('latin1'), raw[number - 1]);
      const seen = new Set([...lines, ...malformed].map(({ number }) => number));
      for (const [i, text] of raw.entries()) assert.equal(seen.has(i + 1), !/^[ \t\r]*$/.test(text));
    }),
  );
});
