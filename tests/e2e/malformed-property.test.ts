/** Whatever an upstream sends as an index file, the mirror neither fails nor serves what is in no valid line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { makeCrate } from '../support/crate.ts';
import { linesOf, startScene } from '../support/scene.ts';

/** What a line needs to be a release, said without the code under test. */
function isRelease(line: string, name: string): boolean {
  try {
    const value = JSON.parse(line);
    const number = '(0|[1-9]\\d*)';
    return (
      value.name.toLowerCase() === name &&
      new RegExp(`^${number}\\.${number}\\.${number}(?:[-+].*)?$`).test(value.vers) &&
      /^[0-9a-f]{64}$/.test(value.cksum) &&
      Array.isArray(value.deps)
    );
  } catch {
    return false;
  }
}

const noise = fc.uint8Array({ maxLength: 300 });
/** A valid line, as it is or with some of its bytes replaced, removed or doubled. */
const mutated = fc.record({
  version: fc.constantFrom('1.0.0', '1.0.1', '1.0.1+a', '2.0.0-rc.1'),
  cuts: fc.array(
    fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      put: fc.uint8Array({ maxLength: 4 }),
      drop: fc.nat(6),
    }),
    {
      maxLength: 3,
    },
  ),
});
const part = fc.oneof({ weight: 1, arbitrary: noise }, { weight: 3, arbitrary: mutated });
const file = fc.record({
  parts: fc.array(part, { maxLength: 8 }),
  separator: fc.constantFrom('\n', '\r\n', '\n\n', '\0', ''),
});

function bytesOf(
  name: string,
  { parts, separator }: typeof file extends fc.Arbitrary<infer T> ? T : never,
): Buffer {
  return Buffer.concat(parts.flatMap((each) => [lineOf(name, each), Buffer.from(separator)]));
}

function lineOf(
  name: string,
  each: Uint8Array | { version: string; cuts: readonly { at: number; put: Uint8Array; drop: number }[] },
): Buffer {
  if (each instanceof Uint8Array) return Buffer.from(each);
  let line = Buffer.from(JSON.stringify(makeCrate({ name, version: each.version }).indexEntry));
  for (const { at, put, drop } of each.cuts) {
    const from = Math.floor(at * line.length);
    line = Buffer.concat([line.subarray(0, from), put, line.subarray(from + drop)]);
  }
  return line;
}

test('random bytes as an index file: no 500, no line that the file has not', async (t) => {
  const scene = await startScene(t);
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 3 }), async (files) => {
      // Another crate each time; its file changes from look to look.
      const name = `word-${count++}`;
      const seen = new Set<string>();
      for (const each of files) {
        const bytes = bytesOf(name, each);
        for (const line of bytes.toString('utf8').split('\n')) seen.add(line);
        scene.upstream.setRawIndex(name, bytes);
        const answer = await scene.index(name);
        assert.ok([200, 404, 502, 503].includes(answer.status), `${answer.status} ${answer.text}`);
        if (answer.status !== 200) continue;
        for (const line of linesOf(answer)) {
          const before = [
            line,
            line.replace('"yanked":true', '"yanked":false'),
            line.replace(/,"yanked":true\}/, '}'),
          ];
          assert.ok(
            before.some((text) => seen.has(text)),
            line,
          );
          assert.ok(isRelease(line, name), line);
        }
        scene.clock.advance('10m');
        await scene.mirror.tick();
      }
    }),
    { numRuns: 100, seed: 20260820 },
  );
  assert.deepEqual(
    scene.mirror.log.filter((line) => /^\S+ ERROR /.test(line)),
    [],
  );
});
