import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type AdvisoryFeed, loadFeed } from '../../src/facts/advisories/load.ts';
import { nodeFeedPorts } from '../../src/facts/feed/ports.ts';
import { type FeedSource, feedSource } from '../../src/facts/feed/source.ts';
import { tempDir } from './temp.ts';

const root = join(import.meta.dirname, '../..');

/** Advisories of our own writing, that a peer can read. */
export const fixtureDatabase = join(root, 'tests/fixtures/advisory-db');
/** Files in older and other formats, and broken ones. */
export const oddDatabase = join(root, 'tests/fixtures/advisory-odd');
/** The real database, where the machine has it. */
export const realDatabase = join(root, '../shared/data/advisory-db');

/** For the `skip` option of a suite on the real database. */
export const noRealDatabase = existsSync(realDatabase) ? false : 'the real database is not here';

export const feedTime = Date.parse('2030-12-31T12:00:00Z');

export function advisorySource(text: string): FeedSource {
  return feedSource(text, 'advisory database');
}

/** A feed of files in a folder. */
export function folderFeed(folder: string): Promise<AdvisoryFeed> {
  return loadFeed(advisorySource(folder), nodeFeedPorts({ cache: tempDir(), clock: () => feedTime }));
}
