/**
 * What is read of advisories is kept by the bytes of their files and by `advisoryReaderVersion`. So here is what this version
 * reads of some files: where that changes, raise it and write the new digest beside it.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { advisoryReaderVersion } from '../../../src/facts/advisories/kept.ts';
import { loadFeed } from '../../../src/facts/advisories/load.ts';
import { nodeFeedPorts } from '../../../src/facts/feed/ports.ts';
import { advisorySource, feedTime, fixtureDatabase, oddDatabase } from '../../support/advisory-feeds.ts';
import { tempDir } from '../../support/temp.ts';

const digests: Readonly<Record<number, string>> = {
  1: '1c21e034151c0ed19542ff250497d3c5b8ed0050bd7ea83a56c4a8786189254b',
  2: 'cde357da20468d4b1f95c4f1f2e8d2cfb338c79459378207496189afc119e882',
};

it('reads what its version says', async () => {
  const hash = createHash('sha256');
  for (const folder of [fixtureDatabase, oddDatabase]) {
    const { kept: _, ...ports } = nodeFeedPorts({ cache: tempDir(), clock: () => feedTime });
    const { database, packages, problems } = await loadFeed(advisorySource(folder), ports);
    hash.update(JSON.stringify([database.advisories, packages, problems]));
  }
  assert.equal(hash.digest('hex'), digests[advisoryReaderVersion]);
});

it('is read from what is kept as from the files', async () => {
  const folder = join(tempDir(), 'db');
  cpSync(oddDatabase, folder, { recursive: true });
  const cache = tempDir();
  const read = () => loadFeed(advisorySource(folder), nodeFeedPorts({ cache, clock: () => feedTime }));
  const first = await read();
  const kept = readdirSync(cache).filter((name) => name.startsWith('advisories-'));
  assert.equal(kept.length, 1);
  assert.deepEqual(await read(), first);
  // What was kept of other files, or is damaged, is read anew…
  const path = join(cache, kept[0] ?? '');
  writeFileSync(path, '{"digest": "of other files", "contents": {"advisories": [], "problems": []}}');
  assert.deepEqual(await read(), first);
  writeFileSync(path, 'no JSON');
  assert.deepEqual(await read(), first);
  // …and a file that is changed, gone or new is seen at once.
  const named = (feed: Awaited<ReturnType<typeof read>>) => feed.problems.map((one) => one.path);
  rmSync(join(folder, 'crates/lantern/RUSTSEC-2030-0101.md'));
  assert.deepEqual(named(await read()), named(first).slice(1));
  writeFileSync(join(folder, 'crates/lantern/RUSTSEC-2030-0101.md'), 'broken');
  assert.deepEqual(named(await read()), named(first));
});
