import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { corpusRuns, fetchedCrate, ourAnswer, theirAnswer } from '../support/resolve-corpus.ts';
import { toolchain } from '../support/unit-graph.ts';

/** A tenth of the corpus, its small ones; `./test --all` takes every crate. */
const crates = [
  { name: 'flip-link', version: '0.1.12' },
  { name: 'cargo-auditable', version: '0.7.7' },
  { name: 'ripgrep', version: '15.2.0' },
  { name: 'cargo-llvm-cov', version: '0.9.1' },
];

const skip = toolchain === undefined ? 'there is no cargo here' : false;

describe('real applications are resolved as by cargo', { skip }, () => {
  for (const crate of crates) {
    it(`${crate.name} ${crate.version}`, async (t) => {
      let folder: string;
      try {
        folder = await fetchedCrate(crate);
      } catch (error) {
        if (process.env.SAFEGUARD_REQUIRE_ALL === '1') throw error;
        return t.skip(`it cannot be fetched: ${(error as Error).message.split('\n')[0]}`);
      }
      for (const run of corpusRuns) {
        const theirs = await theirAnswer(crate, folder, run);
        assert.equal(theirs.kind, 'built');
        assert.deepEqual(await ourAnswer(folder, run), theirs, JSON.stringify(run));
      }
    });
  }
});
