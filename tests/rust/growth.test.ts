/** What a review costs grows with the code and no faster. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { reviewBuildScript } from '../../src/rust/build-script.ts';
import { packageSource } from '../../src/rust/package-source.ts';
import { CountedWork } from '../support/counted-work.ts';
import { long } from './long.ts';

describe('a long build script', () => {
  let work: CountedWork;
  before(() => {
    work = new CountedWork();
  });
  after(() => work.close());

  const review = (text: string) => {
    const source = packageSource(toml, (path) => ({ 'Cargo.toml': toml, 'build.rs': text })[path]);
    assert.ok(reviewBuildScript(source) !== undefined);
  };

  for (const [name, script] of Object.entries(long))
    it(`of ${name} costs twice as much where it is twice as long`, () => {
      const growth = work.growth(100, (size) => review(script(size)));
      assert.ok(growth < 2.7, `${growth.toFixed(2)} times`);
    });
});

const toml = `[package]
name = "a"
version = "1.0.0"
[build-dependencies]
cc = "1"
cmake = "1"
`;
