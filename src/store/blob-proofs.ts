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
 * hashed the first time that a process opens it, unless it hashed it as it wrote it, and again when its file is another
 * or was touched since.
 */
export class BlobProofs {
  readonly #whole = new LRUCache<string, string>({ max: remembered });

  /** Notes a file that this process wrote and hashed: `written` is what it was like then, `found` what lies at its final name. */
  note(digest: string, written: Stats, found: Stats): void {
    const isIt = found.ino === written.ino && found.dev === written.dev;
    if (isIt && found.size === written.size && found.mtimeMs === written.mtimeMs)
      this.#whole.set(digest, stampOf(found));
  }

  /** Whether the open file has the digest. */
  async isWhole(digest: string, file: FileHandle, found: Stats): Promise<boolean> {
    const stamp = stampOf(found);
    if (this.#whole.get(digest) === stamp) return true;
    if ((await hashOf(file, found.size)) !== digest) {
      this.#whole.delete(digest);
      return false;
    }
    this.#whole.set(digest, stamp);
    return true;
  }
}

function stampOf({ ino, size, mtimeMs, ctimeMs }: Stats): string {
  return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
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
