/**
 * Asks cargo-audit about our own advisories and writes down what it says: `node scripts/record-cargo-audit.ts`.
 * tests/facts/advisories/cargo-audit.test.ts compares, without the peer.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixtureDatabase, folderFeed } from '../tests/support/advisory-feeds.ts';
import { boundaryReleases, lockfileOf, peerRows } from '../tests/support/advisory-rows.ts';
import { peer } from '../tests/support/peers.ts';

export const recordedAnswers = join(import.meta.dirname, '../tests/fixtures/cargo-audit-answers.json');

/** What is recorded. `releases` are `crate version`. */
export interface Recorded {
  readonly peer: string;
  readonly releases: readonly string[];
  readonly rows: readonly string[];
}

if (import.meta.main) {
  const version = '0.22.2';
  const { database } = await folderFeed(fixtureDatabase);
  const releases = boundaryReleases(database.advisories);
  const rows = await peerRows(await peer('cargo-audit', version), fixtureDatabase, lockfileOf(releases));
  const recorded: Recorded = {
    peer: `cargo-audit ${version}`,
    releases: releases.map((release) => release.join(' ')),
    rows,
  };
  writeFileSync(recordedAnswers, `${JSON.stringify(recorded, null, 2)}\n`);
  console.log(`${releases.length} releases, ${rows.length} matches`);
}
