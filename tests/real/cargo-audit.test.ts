/**
 * Our matching against cargo-audit's, on every lockfile of the corpus and on lockfiles that hold every package of the
 * RustSec database at versions around every bound. The sets must be equal. Part of `./test --all`.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import type { AdvisoryDatabase } from '../../src/facts/advisories/database.ts';
import { folderFeed, noRealDatabase, realDatabase } from '../support/advisory-feeds.ts';
import { boundaryReleases, lockfileOf, ourRows, peerRows } from '../support/advisory-rows.ts';
import { corpus, corpusFolder } from '../support/corpus.ts';
import { peer } from '../support/peers.ts';

describe('cargo-audit 0.22.2', { skip: noRealDatabase, timeout: 80 * 60_000 }, () => {
  let program: string;
  let database: AdvisoryDatabase;

  before(async () => {
    program = await peer('cargo-audit', '0.22.2');
    database = (await folderFeed(realDatabase)).database;
  });

  async function compare(lockfile: string): Promise<number> {
    const [ours, theirs] = [ourRows(database, lockfile), await peerRows(program, realDatabase, lockfile)];
    assert.deepEqual(onlyIn(ours, theirs), { 'ours alone': [], 'theirs alone': [] });
    assert.equal(ours.length, theirs.length);
    return ours.length;
  }

  it('finds the same in every lockfile of the corpus', async (t) => {
    const applications = corpus();
    assert.ok(applications.length >= 40);
    let matches = 0;
    for (const application of applications) {
      const folder = await corpusFolder(application);
      matches += await compare(readFileSync(join(folder, 'Cargo.lock'), 'utf8'));
    }
    t.diagnostic(`${applications.length} lockfiles, ${matches} matches`);
    assert.ok(matches > 0);
  });

  it('finds the same around every bound of every advisory', async (t) => {
    const releases = boundaryReleases(database.advisories);
    const matches = await compare(lockfileOf(releases));
    t.diagnostic(`${releases.length} releases, ${matches} matches`);
    assert.ok(releases.length > 20_000 && matches > 10_000);
  });
});

function onlyIn(ours: readonly string[], theirs: readonly string[]): Record<string, readonly string[]> {
  const [mine, yours] = [new Set(ours), new Set(theirs)];
  return { 'ours alone': [...mine.difference(yours)], 'theirs alone': [...yours.difference(mine)] };
}
