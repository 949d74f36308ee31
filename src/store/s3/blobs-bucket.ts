import { createReadStream, type ReadStream, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { blobFolder, folderBlobs } from '../blobs-folder.ts';
import { StoreError } from '../error.ts';
import type { BlobHandle, BlobStore } from '../store.ts';
import type { Bucket } from './bucket.ts';

/** Bytes of one blob that are taken from a bucket at most. */
const ordinary = 1024 ** 3;
/** Downloads that are begun for one blob, where one breaks off. */
const tries = 3;
/** Whose bytes are not those that were asked for, or without end: as good as not there. */
const otherBytes: ReadonlySet<string> = new Set(['store/blob-mismatch', 'store/blob-too-large']);

/** The folders of a data folder that belong to a bucket: what was fetched from it, and what is on its way there. */
export const cacheFolder = 'bucket-cache';
export const outgoingFolder = 'bucket-outgoing';

/**
 * Blobs as objects `ab/cd/<sha256>` of a bucket, which any number of servers share. `folder` keeps copies of those that
 * were used last, up to `maxBytes`: they are read, and given to other processes, from there. The bytes are checked by
 * us on the way in and out, whatever the store says of them: an object with other bytes counts as not there, and a
 * `put` replaces it. What `folder` had as blobs of its own before there was a bucket is brought there when it is asked
 * for.
 */
export function bucketBlobs(bucket: Bucket, folder: string, maxBytes: number, largest = ordinary): BlobStore {
  const cache = trimmed(join(folder, cacheFolder), maxBytes);
  const outgoing = folderBlobs(join(folder, outgoingFolder));
  const before = folderBlobs(folder);

  const fetching = onceAtATime<boolean>();
  const bringing = onceAtATime<void>();

  /** Copies an object here; `false`: it is not there, or has other bytes. */
  const copyHere = async (digest: string): Promise<boolean> => {
    for (let tried = 1; ; tried++) {
      const body = await bucket.get(nameOf(digest));
      if (body === undefined) return false;
      try {
        await cache.put(body, { maxBytes: largest, expected: digest });
        return true;
      } catch (cause) {
        if (cause instanceof StoreError && !otherBytes.has(cause.code)) throw cause;
        if (cause instanceof StoreError) return false;
        if (tried === tries)
          throw new StoreError('store/unreachable', `The bucket ${bucket.name} breaks off what it sends.`, {
            cause,
          });
      }
    }
  };

  const fetched = async (digest: string): Promise<BlobHandle | undefined> => {
    for (let tried = 1; tried <= tries; tried++) {
      if (!(await fetching(digest, () => copyHere(digest)))) return undefined;
      const blob = await cache.open(digest);
      if (blob !== undefined) return blob;
    }
    throw new StoreError(
      'store/unreachable',
      `Copies of the bucket ${bucket.name} are gone before they are read: raise cache in [blobs].`,
    );
  };

  /** Writes an object once: one that is there stays, unless its bytes are others. */
  const send = async (digest: string, blob: BlobHandle): Promise<void> => {
    const name = nameOf(digest);
    const body = { open: () => bytesOf(blob), sha256: digest, size: blob.size };
    if ((await bucket.put(name, body, { once: true })) === 'written') return;
    const there = await fetched(digest);
    await there?.close();
    if (there === undefined) await bucket.put(name, body);
  };

  /** Sends what was put and is on its way, which ends there either way: whoever failed to put it puts it again. */
  const bring = async (digest: string): Promise<void> => {
    const blob = await outgoing.open(digest);
    if (blob === undefined) {
      // Somebody who put the same took it along, and may have failed.
      const there = await fetched(digest);
      await there?.close();
      if (there !== undefined) return;
      throw new StoreError('store/unreachable', `The bucket ${bucket.name} did not take what was put.`);
    }
    try {
      await send(digest, blob);
      await cache.put(bytesOf(blob), { maxBytes: largest, expected: digest });
    } finally {
      await blob.close();
      await outgoing.delete(digest);
    }
  };

  const open = async (digest: string): Promise<BlobHandle | undefined> => {
    const found = (await cache.open(digest)) ?? (await fetched(digest));
    if (found !== undefined) return found;
    const old = await before.open(digest);
    if (old === undefined) return undefined;
    try {
      await send(digest, old);
      await cache.put(bytesOf(old), { maxBytes: largest, expected: digest });
    } finally {
      await old.close();
    }
    await before.delete(digest);
    return await cache.open(digest);
  };

  return {
    open,
    has: async (digest) => {
      const blob = await open(digest);
      await blob?.close();
      return blob !== undefined;
    },
    put: async (body, options) => {
      const stored = await outgoing.put(body, options);
      await bringing(stored.digest, () => bring(stored.digest));
      return stored;
    },
    delete: async (digest) => {
      await bucket.delete(nameOf(digest));
      await Promise.all([cache.delete(digest), before.delete(digest)]);
    },
  };
}

/** Runs work by the name of what it is about: whoever wants the same while it is under way waits for that. */
function onceAtATime<T>(): (name: string, work: () => Promise<T>) => Promise<T> {
  const underWay = new Map<string, Promise<T>>();
  return (name, work) => {
    const begun = underWay.get(name) ?? work().finally(() => underWay.delete(name));
    underWay.set(name, begun);
    return begun;
  };
}

/** The bytes of a blob of a folder by a stream of its own: whoever reads one may end it, and its file with it. */
function bytesOf({ path }: BlobHandle): ReadStream {
  if (path === undefined) throw new Error('a blob of a folder has a path');
  return createReadStream(path);
}

function nameOf(digest: string): string {
  if (!/^[0-9a-f]{64}$/.test(digest))
    throw new StoreError('store/blob-digest', 'A blob is named by its SHA-256: 64 lower-case hex digits.');
  return `${digest.slice(0, 2)}/${digest.slice(2, 4)}/${digest}`;
}

/** Blobs of a folder, of which those that were used longest ago are deleted past `maxBytes` in all. */
function trimmed(folder: string, maxBytes: number): Pick<BlobStore, 'put' | 'open' | 'delete'> {
  const blobs = folderBlobs(folder, { isCache: true });
  // Whoever puts waits for it, so that the folder does not outgrow its size.
  let deleted: Promise<void> = Promise.resolve();
  const sizes = new LRUCache<string, number>({
    maxSize: maxBytes,
    // What is larger than all of it has the folder for itself: it is there to be read, and goes with the next one.
    sizeCalculation: (size) => Math.min(size + 1, maxBytes),
    // Whoever reads it now has it open.
    dispose: (_size, digest, reason) => {
      if (reason === 'evict') deleted = deleted.then(() => blobs.delete(digest)).catch(() => undefined);
    },
  });
  for (const { digest, size } of filesOf(folder)) sizes.set(digest, size);
  return {
    put: async (body, options) => {
      const stored = await blobs.put(body, options);
      sizes.set(stored.digest, stored.size);
      await deleted;
      return stored;
    },
    open: async (digest) => {
      sizes.get(digest);
      return await blobs.open(digest);
    },
    delete: async (digest) => {
      sizes.delete(digest);
      await blobs.delete(digest);
    },
  };
}

/** What a folder of blobs holds, what was written longest ago first. */
function filesOf(folder: string): readonly { readonly digest: string; readonly size: number }[] {
  const root = join(folder, blobFolder);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^[0-9a-f]{64}$/.test(entry.name))
    .map((entry) => ({ digest: entry.name, ...sizeAndTime(join(entry.parentPath, entry.name)) }))
    .sort((a, b) => a.time - b.time);
}

function sizeAndTime(path: string): { readonly size: number; readonly time: number } {
  const { size, mtimeMs } = statSync(path);
  return { size, time: mtimeMs };
}
