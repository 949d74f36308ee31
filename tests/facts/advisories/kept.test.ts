/**
 * What is read of advisories is kept by the bytes of their files and by `advisoryReaderVersion`. So here is what this version
 * reads of some files: where that changes, raise it and write the new digest beside it.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
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

/**
 * A database in a folder that was read a while ago, and what reading it again says: the feed, and whether its files
 * were opened.
 */
function readWhileAgo(t: TestContext) {
  const folder = join(tempDir(), 'db');
  cpSync(oddDatabase, folder, { recursive: true });
  const cache = tempDir();
  // What was written a moment ago is not believed to be settled.
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 10_000 });
  const read = async () => {
    const ports = nodeFeedPorts({ cache, clock: () => feedTime, isAlone: true });
    let isOpened = false;
    const opened: typeof ports.folder = (path, wanted) => {
      isOpened = true;
      return ports.folder(path, wanted);
    };
    const feed = await loadFeed(advisorySource(folder), { ...ports, folder: opened });
    return { feed, isOpened };
  };
  const keptFile = () => join(cache, readdirSync(cache).find((name) => name.startsWith('advisories-')) ?? '');
  return { folder, read, keptFile };
}

it('opens no file of a folder in which nothing has changed', async (t) => {
  const { read } = readWhileAgo(t);
  const first = await read();
  assert.equal(first.isOpened, true);
  const again = await read();
  assert.equal(again.isOpened, false);
  assert.deepEqual(again.feed, first.feed);
});

for (const [what, change] of Object.entries<(folder: string) => void>({
  'a file of the same size and time, with other content': (folder) => {
    const path = join(folder, 'crates/lantern/RUSTSEC-2030-0101.md');
    const { atime, mtime } = statSync(path);
    const text = readFileSync(path);
    text[0] = 0x7a;
    writeFileSync(path, text);
    utimesSync(path, atime, mtime);
  },
  'a file that is gone': (folder) => rmSync(join(folder, 'crates/lantern/RUSTSEC-2030-0101.md')),
  'a file that is new': (folder) => writeFileSync(join(folder, 'crates/lantern/new.md'), 'broken'),
  'a folder that is new': (folder) => {
    mkdirSync(join(folder, 'crates/other'));
    writeFileSync(join(folder, 'crates/other/new.md'), 'broken');
  },
  'a file in another one’s place': (folder) =>
    renameSync(join(folder, 'crates/lantern/RUSTSEC-2030-0101.md'), join(folder, 'crates/lantern/moved.md')),
}))
  it(`sees ${what}`, async (t) => {
    const { folder, read } = readWhileAgo(t);
    await read();
    change(folder);
    const { isOpened, feed } = await read();
    assert.equal(isOpened, true);
    const { kept: _, ...ports } = nodeFeedPorts({ cache: tempDir(), clock: () => feedTime });
    assert.deepEqual(feed, await loadFeed(advisorySource(folder), ports));
  });

it('believes nothing that was written a moment ago', async (t) => {
  const { folder, read } = readWhileAgo(t);
  t.mock.timers.reset();
  writeFileSync(join(folder, 'crates/lantern/new.md'), 'broken');
  await read();
  assert.equal((await read()).isOpened, true);
});

it('believes nothing that is damaged, that somebody else may write, or of another version', async (t) => {
  const { read, keptFile } = readWhileAgo(t);
  const { feed } = await read();
  const kept = readFileSync(keptFile(), 'utf8');
  const text = kept.slice(kept.indexOf('\n') + 1);
  const framed = (other: string) => `${createHash('sha256').update(other).digest('hex')}\n${other}`;
  for (const other of [
    kept.slice(0, -1),
    kept.slice(0, 64),
    '',
    text,
    kept.replace('RUSTSEC-2030', 'RUSTSEC-2031'),
    framed('[]'),
    framed('{}'),
    framed('no JSON'),
    framed(text.replace(`"reader":${advisoryReaderVersion}`, '"reader":1')),
  ]) {
    writeFileSync(keptFile(), other);
    const again = await read();
    assert.equal(again.isOpened, true);
    assert.deepEqual(again.feed, feed);
  }
  await read();
  assert.equal((await read()).isOpened, false);
  chmodSync(keptFile(), 0o666);
  assert.equal((await read()).isOpened, true);
});
