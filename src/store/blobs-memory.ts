import { Readable } from 'node:stream';
import { LRUCache } from 'lru-cache';
import type { BlobHandle, BlobStore } from './store.ts';

/** Blobs up to this many bytes are kept in memory: nine of ten crates are smaller. */
const largest = 512 * 1024;
/** Digests remembered as read once. */
const noted = 4096;

/**
 * Keeps small blobs in memory, up to `maxBytes` of them in all, once they were read twice: opening, checking, reading
 * and closing a file costs more than sending it. A first fetch of a thousand crates, each read once, fills nothing.
 */
export function withMemory(blobs: BlobStore, maxBytes: number): BlobStore {
  if (maxBytes === 0) return blobs;
  const hot = new LRUCache<string, Buffer>({
    maxSize: maxBytes,
    sizeCalculation: (bytes) => bytes.length + 1,
  });
  const once = new LRUCache<string, true>({ max: noted });
  const keep = (digest: string, bytes: Buffer) => {
    if (once.has(digest)) hot.set(digest, bytes);
    else once.set(digest, true);
  };
  return {
    ...blobs,
    peek: (digest) => hot.get(digest),
    open: async (digest) => {
      const bytes = hot.get(digest);
      if (bytes !== undefined) return memoryHandle(bytes);
      const blob = await blobs.open(digest);
      return blob === undefined || blob.size > largest
        ? blob
        : remembering(blob, (read) => keep(digest, read));
    },
    delete: async (digest) => {
      hot.delete(digest);
      await blobs.delete(digest);
    },
  };
}

function remembering(blob: BlobHandle, keep: (bytes: Buffer) => void): BlobHandle {
  const read = async () => {
    const bytes = await blob.read();
    keep(bytes);
    return bytes;
  };
  return { ...blob, read };
}

function memoryHandle(bytes: Buffer): BlobHandle {
  return {
    size: bytes.length,
    path: undefined,
    read: () => Promise.resolve(bytes),
    stream: () => Readable.from([bytes]),
    close: () => Promise.resolve(),
  };
}
