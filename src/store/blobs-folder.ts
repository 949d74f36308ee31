import { createHash, randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BlobProofs } from './blob-proofs.ts';
import { StoreError } from './error.ts';
import { makeScratch } from './scratch.ts';
import type { BlobHandle, BlobStore } from './store.ts';

/** Where blobs are in a data folder, and in it those that are not whole yet. */
export const blobFolder = 'blobs';
export const unfinishedBlobs = 'tmp';

/** Bytes that are written at a time: most archives come in many pieces and are smaller. */
const writtenAtOnce = 1024 * 1024;

/**
 * Blobs as files `blobs/ab/cd/<sha256>` of a folder. What has its final name is whole and on disk. Processes may
 * share the folder: content decides the name, so two that write the same blob write the same file. In a cache nothing waits
 * for the disk: what a power cut leaves of a file is not what its name says, and counts as not there.
 */
export function folderBlobs(folder: string, { isCache = false } = {}): BlobStore {
  const root = join(folder, blobFolder);
  const scratch = makeScratch(join(root, unfinishedBlobs));
  const proofs = new BlobProofs();
  return {
    has: async (digest) => hasBlob(root, digest, proofs),
    put: async (body, options) =>
      putBlob(root, join(scratch.folder, randomUUID()), body, { ...options, isCache, proofs }),
    open: async (digest) => openBlob(root, digest, proofs),
    delete: async (digest) => deleteBlob(blobPath(root, digest)),
  };
}

/** What is no regular file, or has not the bytes that its name says, is not there: a `put` makes it whole again. */
async function hasBlob(root: string, digest: string, proofs: BlobProofs): Promise<boolean> {
  try {
    const blob = await openBlob(root, digest, proofs);
    await blob?.close();
    return blob !== undefined;
  } catch (error) {
    if (error instanceof StoreError && error.code === 'store/damaged') return false;
    throw error;
  }
}

async function putBlob(
  root: string,
  temporary: string,
  body: AsyncIterable<Uint8Array>,
  {
    maxBytes,
    expected,
    isCache,
    proofs,
  }: {
    readonly maxBytes: number;
    readonly expected?: string;
    readonly isCache: boolean;
    readonly proofs: BlobProofs;
  },
): Promise<{ digest: string; size: number }> {
  if (expected !== undefined) blobPath(root, expected);
  try {
    const { written, ...stored } = await writeTemporary(temporary, body, maxBytes, isCache);
    if (expected !== undefined && stored.digest !== expected) {
      throw new StoreError(
        'store/blob-mismatch',
        `The bytes have the SHA-256 ${stored.digest}, expected ${expected}: they are not kept.`,
        { details: { expected, actual: stored.digest } },
      );
    }
    const path = blobPath(root, stored.digest);
    await keep(temporary, path, isCache);
    const kept = await lstat(path).catch(() => undefined);
    if (kept !== undefined) proofs.note(stored.digest, written, kept);
    return stored;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Writes the bytes as they come, hashed; `written` is what the file was like when the last of them was in it. */
async function writeTemporary(
  path: string,
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
  isCache: boolean,
): Promise<{ digest: string; size: number; written: Stats }> {
  const file = await attempt(path, () => open(path, 'wx', 0o644));
  try {
    const hash = createHash('sha256');
    let size = 0;
    let waiting: Uint8Array[] = [];
    let waitingSize = 0;
    const write = async () => {
      const bytes = Buffer.concat(waiting, waitingSize);
      waiting = [];
      waitingSize = 0;
      await attempt(path, () => writeAll(file, bytes));
    };
    for await (const chunk of body) {
      size += chunk.byteLength;
      if (size > maxBytes) {
        throw new StoreError(
          'store/blob-too-large',
          `The blob is larger than ${maxBytes} bytes: it is not kept.`,
          {
            details: { maxBytes: String(maxBytes) },
          },
        );
      }
      hash.update(chunk);
      waiting.push(chunk);
      waitingSize += chunk.byteLength;
      if (waitingSize >= writtenAtOnce) await write();
    }
    await write();
    if (!isCache) await attempt(path, () => file.sync());
    const written = await attempt(path, () => file.stat());
    return { digest: hash.digest('hex'), size, written };
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.byteLength; ) {
    done += (await file.write(chunk, done)).bytesWritten;
  }
}

// A file that is there already is replaced: its contents are the same, or it was damaged and is whole again.
async function keep(temporary: string, path: string, isCache: boolean): Promise<void> {
  const folder = dirname(path);
  await attempt(path, async () => {
    const made = await mkdir(folder, { recursive: true });
    await rename(temporary, path);
    if (isCache) return;
    const changed = [folder];
    for (let parent = folder; made !== undefined && parent !== dirname(made); ) {
      parent = dirname(parent);
      changed.push(parent);
    }
    await Promise.all(changed.map(syncFolder));
  });
}

async function openBlob(root: string, digest: string, proofs: BlobProofs): Promise<BlobHandle | undefined> {
  const path = blobPath(root, digest);
  // Nothing but a regular file is ever opened for long: no symbolic link, no pipe that would block.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  let file: FileHandle;
  try {
    file = await open(path, flags);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw codeOf(error) === 'ELOOP' ? damaged(path, 'it is a symbolic link') : explain(path, error);
  }
  try {
    const found = await file.stat();
    if (!found.isFile()) throw damaged(path, 'it is not a regular file');
    if (await attempt(path, () => proofs.isWhole(digest, file, found)))
      return blobHandle(path, file, found.size);
    await file.close();
    return undefined;
  } catch (error) {
    await file.close();
    throw error;
  }
}

function blobHandle(path: string, file: FileHandle, size: number): BlobHandle {
  return {
    size,
    path,
    read: () =>
      attempt(path, async () => {
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(size), 0, size, 0);
        if (bytesRead !== size) throw damaged(path, `it has ${bytesRead} of ${size} bytes`);
        return buffer;
      }),
    stream: () => file.createReadStream({ start: 0, autoClose: false }),
    close: () => file.close(),
  };
}

async function deleteBlob(path: string): Promise<void> {
  await attempt(path, async () => {
    try {
      await rm(path);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return;
      throw error;
    }
    await syncFolder(dirname(path));
  });
}

// A digest may come from outside: nothing but one becomes part of a path.
function blobPath(root: string, digest: string): string {
  if (typeof digest !== 'string' || !/^[0-9a-f]{64}$/.test(digest)) {
    throw new StoreError('store/blob-digest', 'A blob is named by its SHA-256: 64 lower-case hex digits.');
  }
  return join(root, digest.slice(0, 2), digest.slice(2, 4), digest);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explain(path, error);
  }
}

function explain(path: string, error: unknown): unknown {
  const code = codeOf(error);
  if (error instanceof StoreError || code === undefined) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new StoreError('store/full', `The disk of ${path} is full: nothing was kept. Free some space.`, {
      cause: error,
    });
  }
  return new StoreError(
    'store/unreachable',
    `Cannot read and write ${path} (${code}). Check that the folder is writable and the disk is healthy.`,
    { cause: error },
  );
}

function damaged(path: string, what: string): StoreError {
  return new StoreError(
    'store/damaged',
    `The blob ${path} is damaged: ${what}. Delete it; it will be fetched again.`,
    { details: { path } },
  );
}

function codeOf(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException).code;
  return typeof code === 'string' ? code : undefined;
}
