import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { LRUCache } from 'lru-cache';

/** Blobs remembered as whole; some tens of MB at most. */
const remembered = 100_000;
/** Bytes read at a time. */
const piece = 1024 * 1024;

/**
 * Which blobs were seen to hold what their name says. A disk may lose bits and a person may edit a file, so a blob is
 * hashed the first time that a process opens it, and again when its file is another or was touched since.
 */
export class BlobProofs {
  readonly #whole = new LRUCache<string, string>({ max: remembered });

  /** Whether the open file has the digest. */
  async isWhole(digest: string, file: FileHandle, found: Stats): Promise<boolean> {
    const stamp = `${found.ino} ${found.size} ${found.mtimeMs} ${found.ctimeMs}`;
    if (this.#whole.get(digest) === stamp) return true;
    if ((await hashOf(file, found.size)) !== digest) {
      this.#whole.delete(digest);
      return false;
    }
    this.#whole.set(digest, stamp);
    return true;
  }
}

async function hashOf(file: FileHandle, size: number): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(Math.min(size, piece));
  for (let at = 0; at < size; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, size - at), at);
    if (bytesRead === 0) break;
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
  return hash.digest('hex');
}
