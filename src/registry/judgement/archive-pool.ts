import { fileURLToPath } from 'node:url';
import type { Pool } from 'workerpool';
import type { BlobHandle } from '../../store/store.ts';
import { RegistryError } from '../error.ts';
import type { ArchiveReader } from './bytes.ts';

/** Processes that read archives: a large or hostile one holds up no answer, and its memory goes with the process. */
export interface ArchivePool {
  readonly read: ArchiveReader;
  close(): Promise<void>;
}

/** Milliseconds without work after which the processes go. */
const idle = 5_000;

/**
 * Starts a pool of at most `processes`; they come with the work and go when there is none. One archive may take `patience`
 * milliseconds: past them its process ends, and the reader throws `RegistryError` `registry/too-slow`.
 */
export function archivePool(processes: number, patience = 60_000): ArchivePool {
  let running: Promise<Pool> | undefined;
  let busy = 0;
  let rest: NodeJS.Timeout | undefined;
  const stop = async () => {
    const ended = running;
    running = undefined;
    await (await ended)?.terminate(true);
  };
  const read: ArchiveReader = async (blob, release) => {
    clearTimeout(rest);
    running ??= startPool(processes);
    busy++;
    try {
      const started = await running;
      return await started.exec('readArchive', [{ ...(await sourceOf(blob)), release }]).timeout(patience);
    } catch (error) {
      if ((error as Error).name !== 'TimeoutError') throw error;
      const what = `${release.crate} ${release.version}`;
      const message = `reading ${what} took longer than ${patience / 1000} seconds: unread it is not handed out`;
      throw new RegistryError('registry/too-slow', message, { cause: error });
    } finally {
      if (--busy === 0) rest = setTimeout(stop, idle).unref();
    }
  };
  const close = async () => {
    clearTimeout(rest);
    await stop();
  };
  return { read, close };
}

/** What a process is asked to read: a file of this machine where there is one, so that no bytes cross over. */
export type ArchiveSource = { readonly path: string } | { readonly bytes: Uint8Array };

async function sourceOf(blob: BlobHandle): Promise<ArchiveSource> {
  return blob.path === undefined ? { bytes: await blob.read() } : { path: blob.path };
}

async function startPool(processes: number): Promise<Pool> {
  // Read with the first archive: mostly all of them were read before.
  const { pool } = await import('workerpool');
  // A checkout runs the .ts file; the published package has the .js that was made of it.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const script = fileURLToPath(new URL(`./archive-worker.${extension}`, import.meta.url));
  return pool(script, {
    workerType: 'process',
    maxWorkers: processes,
    forkOpts: { serialization: 'advanced', execArgv: [] },
  });
}
