import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { type Recorded, recordedAnswers } from '../../../scripts/record-cargo-audit.ts';
import { fixtureDatabase, folderFeed } from '../../support/advisory-feeds.ts';
import { boundaryReleases, lockfileOf, ourRows, type Release } from '../../support/advisory-rows.ts';

// The small twin of tests/real/cargo-audit.test.ts: our own advisories, and what the peer answered when it was asked.

const recorded = JSON.parse(readFileSync(recordedAnswers, 'utf8')) as Recorded;
const releases = recorded.releases.map((text) => text.split(' ') as unknown as Release);

describe(`what ${recorded.peer} finds in our own advisories`, () => {
  it('is what we find', async () => {
    const { database } = await folderFeed(fixtureDatabase);
    assert.deepEqual(ourRows(database, lockfileOf(releases)), recorded.rows);
  });

  it('is recorded for the advisories as they are now (else: node scripts/record-cargo-audit.ts)', async () => {
    const { database } = await folderFeed(fixtureDatabase);
    assert.deepEqual(boundaryReleases(database.advisories), releases);
  });
});
