import { Piscina } from 'piscina';
import type { ArchiveReader, ArchiveReading } from './bytes.ts';

/** Worker threads that read archives, so that a large or hostile one never holds up an answer. */
export interface ArchivePool {
  readonly read: ArchiveReader;
  close(): Promise<void>;
}

/** Starts a pool; its threads come with the work and go when there is none. */
export function archivePool(threads: number): ArchivePool {
  // A checkout runs the .ts file; the published package has the .js that was made of it.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const pool = new Piscina<unknown, ArchiveReading>({
    filename: new URL(`./archive-worker.${extension}`, import.meta.url).href,
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: 5_000,
    resourceLimits: { maxOldGenerationSizeMb: 1024 },
  });
  return {
    read: (bytes, release) => pool.run({ bytes, release }),
    close: () => pool.close({ force: true }),
  };
}
