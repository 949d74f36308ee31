import { fileURLToPath } from 'node:url';
import type { BlobHandle } from '../../store/store.ts';
import { RegistryError } from '../error.ts';
import { processPool } from '../process-pool.ts';
import type { ArchiveReader, ArchiveReading, Extent, WantedBytes } from './bytes.ts';

/** Processes that read archives. */
export interface ArchivePool {
  readonly read: ArchiveReader;
  close(): Promise<void>;
}

/**
 * A pool of at most `processes`. One archive may take `patience` milliseconds: past them the reader throws `RegistryError`
 * `registry/too-slow`.
 */
export function archivePool(processes: number, patience = 60_000): ArchivePool {
  // A checkout runs the .ts file; the published package has the .js that was made of it.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const script = fileURLToPath(new URL(`./archive-worker.${extension}`, import.meta.url));
  const pool = processPool<ReaderInput, ArchiveReading>(script, 'readArchive', processes, patience);
  return {
    read: async (blob, release, extent) => {
      const what = `reading ${release.crate} ${release.version}`;
      try {
        return await pool.run({ ...(await sourceOf(blob)), release, extent }, what);
      } catch (error) {
        if (!(error instanceof RegistryError)) throw error;
        const message = `${error.message}: unread it is not handed out`;
        throw new RegistryError(error.code, message, { cause: error.cause });
      }
    },
    close: pool.close,
  };
}

/** What a process is asked to read: a file of this machine where there is one, so that no bytes cross over. */
export type ArchiveSource = { readonly path: string } | { readonly bytes: Uint8Array };

/** What a process is asked. */
export type ReaderInput = ArchiveSource & { readonly release: WantedBytes; readonly extent: Extent };

/** Where a process finds the bytes of a blob. */
export async function sourceOf(blob: BlobHandle): Promise<ArchiveSource> {
  return blob.path === undefined ? { bytes: await blob.read() } : { path: blob.path };
}
