/** Blobs in memory, in front of those on disk. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { folderBlobs } from '../../src/store/blobs-folder.ts';
import { withMemory } from '../../src/store/blobs-memory.ts';
import type { BlobStore } from '../../src/store/store.ts';
import { type Cleanup, tempDir } from '../support/temp.ts';

/** A store of `maxBytes` in front of a folder; `opened` lists what the folder was asked for. */
function start(t: Cleanup, maxBytes: number) {
  const folder = tempDir(t);
  const disk = folderBlobs(folder);
  const opened: string[] = [];
  const counted: BlobStore = {
    ...disk,
    open: (digest) => {
      opened.push(digest);
      return disk.open(digest);
    },
  };
  const blobs = withMemory(counted, maxBytes);
  const put = async (bytes: Buffer) => {
    const once = async function* () {
      yield bytes;
    };
    return (await blobs.put(once(), { maxBytes: bytes.length })).digest;
  };
  const read = async (digest: string) => {
    const blob = await blobs.open(digest);
    assert.ok(blob);
    const bytes = await blob.read();
    await blob.close();
    return bytes;
  };
  const path = (digest: string) => join(folder, 'blobs', digest.slice(0, 2), digest.slice(2, 4), digest);
  return { blobs, opened, put, read, path };
}

test('a small blob that was read twice is not opened a third time', async (t) => {
  const { blobs, opened, put, read } = start(t, 1_000_000);
  const bytes = Buffer.from('crate '.repeat(1000));
  const digest = await put(bytes);
  for (let i = 0; i < 5; i++) assert.deepEqual(await read(digest), bytes);
  assert.equal(opened.length, 2);
  const handle = await blobs.open(digest);
  assert.equal(handle?.size, bytes.length);
  assert.deepEqual(handle && (await buffer(handle.stream())), bytes);
});

test('a large one is opened every time, and so is every one where there is no memory', async (t) => {
  const large = start(t, 100_000_000);
  const digest = await large.put(Buffer.alloc(512 * 1024 + 1, 1));
  for (let i = 0; i < 4; i++) await large.read(digest);
  assert.equal(large.opened.length, 4);
  const none = start(t, 0);
  const small = await none.put(Buffer.from('small'));
  for (let i = 0; i < 4; i++) await none.read(small);
  assert.equal(none.opened.length, 4);
});

test('the least used gives way', async (t) => {
  const { opened, put, read } = start(t, 2_500);
  const digests = await Promise.all([1, 2, 3].map((fill) => put(Buffer.alloc(1000, fill))));
  for (const digest of digests) for (let i = 0; i < 2; i++) await read(digest);
  opened.length = 0;
  for (const digest of digests.toReversed()) await read(digest);
  assert.deepEqual(opened, [digests[0]]);
});

test('what was deleted is gone, and what changed on disk is not what is given', async (t) => {
  const { blobs, put, read, path } = start(t, 1_000_000);
  const bytes = Buffer.from('the bytes of a crate');
  const digest = await put(bytes);
  for (let i = 0; i < 2; i++) await read(digest);
  writeFileSync(path(digest), 'other bytes');
  const given = await read(digest);
  assert.equal(createHash('sha256').update(given).digest('hex'), digest);
  assert.equal(await blobs.has(digest), false, 'who asks for the file is told of the file');
  rmSync(path(digest));
  await blobs.delete(digest);
  assert.equal(await blobs.open(digest), undefined);
});

test('what is in memory is there without a promise, and nothing else is', async (t) => {
  const { blobs, put, read } = start(t, 1_000_000);
  const bytes = Buffer.from('crate '.repeat(1000));
  const digest = await put(bytes);
  for (const isThere of [false, false, true]) {
    assert.deepEqual(blobs.peek?.(digest), isThere ? bytes : undefined);
    await read(digest);
  }
  await blobs.delete(digest);
  assert.equal(blobs.peek?.(digest), undefined);
});
