import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { corpus } from '../support/corpus.ts';
import { corpusRuns, fetchedCrate, ourAnswer, theirAnswer } from '../support/resolve-corpus.ts';

const crates = corpus();
const skip = crates.length === 0 ? 'the corpus is not at ../shared/data' : false;

describe('the whole corpus is resolved as by cargo', { skip }, () => {
  const counts = { built: 0, refused: 0 };
  for (const crate of crates) {
    it(`${crate.name} ${crate.version}`, async () => {
      const folder = await fetchedCrate(crate);
      for (const run of corpusRuns) {
        const theirs = await theirAnswer(crate, folder, run);
        const ours = await ourAnswer(folder, run);
        counts[theirs.kind]++;
        if (theirs.kind === 'refused') assert.equal(ours.kind, 'refused', theirs.message);
        else assert.deepEqual(ours, theirs, JSON.stringify(run));
      }
    });
  }
  after(() => {
    console.log(`${counts.built} resolutions equal, ${counts.refused} refused by both`);
    assert.ok(counts.built > 10 * counts.refused);
  });
});
