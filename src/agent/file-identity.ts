import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { BinaryError } from '../binary/error.ts';
import { readExecutable } from '../binary/executable.ts';
import { fileSource } from './file-source.ts';

/** What a file is, whatever it is called. */
export interface FileIdentity {
  readonly sha256: string;
  readonly buildId: string | undefined;
}

/** Larger executables are not hashed: bytes. */
const maxHashed = 4 * 1024 * 1024 * 1024;

/** Hashes files, each once: one that has the same device, inode, change time and size is the same. */
export class FileIdentities {
  #known = new Map<string, FileIdentity>();
  /** Those that were asked for since the last `forgetUnused`. */
  #used = new Map<string, FileIdentity>();

  /** Opens a path and reads it; `undefined` for what is no file, or too large. Throws what the system says. */
  of(path: string): FileIdentity | undefined {
    const descriptor = openSync(path, 'r');
    try {
      // Times of modification can be set back by anybody; that of the change cannot.
      const stats = fstatSync(descriptor, { bigint: true });
      const { dev, ino, ctimeNs, size } = stats;
      if (!stats.isFile() || size > BigInt(maxHashed)) return undefined;
      const key = `${dev}:${ino}:${ctimeNs}:${size}`;
      const known = this.#known.get(key) ?? this.#used.get(key);
      if (known !== undefined) {
        this.#used.set(key, known);
        return known;
      }
      const identity = { sha256: hashOf(descriptor), buildId: buildIdOf(descriptor, Number(size)) };
      this.#used.set(key, identity);
      return identity;
    } finally {
      closeSync(descriptor);
    }
  }

  /** Forgets files that nobody asked for since this was last called: who looks for months meets many. */
  forgetUnused(): void {
    this.#known = this.#used;
    this.#used = new Map();
  }
}

function hashOf(descriptor: number): string {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(1024 * 1024);
  let at = 0;
  for (let count = readSync(descriptor, piece, 0, piece.length, at); count > 0; ) {
    hash.update(piece.subarray(0, count));
    at += count;
    count = readSync(descriptor, piece, 0, piece.length, at);
  }
  return hash.digest('hex');
}

/** Scripts and broken files have none. */
function buildIdOf(descriptor: number, size: number): string | undefined {
  try {
    return readExecutable(fileSource(descriptor, size))[0]?.buildId;
  } catch (error) {
    if (error instanceof BinaryError) return undefined;
    throw error;
  }
}
