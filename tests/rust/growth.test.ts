/** What a review costs grows with the code and no faster: counted by V8 (each block that is run), since time is that of a busy machine. */
import assert from 'node:assert/strict';
import { Session } from 'node:inspector';
import { after, before, describe, it } from 'node:test';
import { reviewBuildScript } from '../../src/rust/build-script.ts';
import { packageSource } from '../../src/rust/package-source.ts';
import { long } from './long.ts';

describe('a long build script', () => {
  const session = new Session();
  before(() => {
    session.connect();
    session.post('Profiler.enable');
    session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  });
  after(() => session.disconnect());

  /** The blocks of the reader that were run since that was asked last. */
  const counted = () => {
    let sum = 0;
    session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      assert.equal(error, null);
      for (const { url, functions } of result)
        if (url.includes('/src/'))
          for (const { ranges } of functions) for (const { count } of ranges) sum += count;
    });
    return sum;
  };
  const work = (text: string) => {
    const source = packageSource(toml, (path) => ({ 'Cargo.toml': toml, 'build.rs': text })[path]);
    counted();
    assert.ok(reviewBuildScript(source) !== undefined);
    return counted();
  };

  for (const [name, script] of Object.entries(long))
    it(`of ${name} costs twice as much where it is twice as long`, () => {
      work(script(50));
      const [one = 0, two = 0, four = 0] = [100, 200, 400].map((size) => work(script(size)));
      assert.ok(one > 0);
      // Twice, where it grows with the length; four times, where with its square.
      const growth = (four - two) / (two - one);
      assert.ok(growth < 2.7, `${growth.toFixed(2)} times: ${one}, ${two}, ${four} blocks`);
    });
});

const toml = `[package]
name = "a"
version = "1.0.0"
[build-dependencies]
cc = "1"
cmake = "1"
`;
