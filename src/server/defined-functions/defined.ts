import { fileURLToPath } from 'node:url';
import { LRUCache } from 'lru-cache';
import { crateKey } from '../../cargo/index-path.ts';
import type { Defines } from '../../inventory/affected/functions.ts';
import { RegistryError } from '../../registry/error.ts';
import { type ArchiveSource, sourceOf } from '../../registry/judgement/archive-pool.ts';
import { processPool } from '../../registry/process-pool.ts';
import type { Mirror } from '../../registry/serve/mirror.ts';
import type { FunctionPath } from '../../rust/defined-functions.ts';
import { registryOf } from '../recorded-releases.ts';

/** What a process is asked: whether an archive defines functions. */
export type AskedFunctions = ArchiveSource & { readonly paths: readonly FunctionPath[] };

/** Milliseconds that somebody waits for an answer. */
const patience = 20_000;

/** Answers that are remembered: an archive never says anything else. */
const remembered = 10_000;

/** Says whether releases define functions, by the archives that the mirror has. What it has not is not fetched for that. */
export function definedFunctions(mirror: Mirror): { readonly defines: Defines; close(): Promise<void> } {
  // A checkout runs the .ts file; the published package has the .js that was made of it.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const script = fileURLToPath(new URL(`./worker.${extension}`, import.meta.url));
  const pool = processPool<AskedFunctions, boolean>(script, 'defines', 1, patience);
  const known = new LRUCache<string, boolean>({ max: remembered });
  return {
    defines: async (component, paths) => {
      const registry = registryOf(mirror, component);
      if (registry === undefined) return false;
      const releases = await mirror.context.store.releases(registry, crateKey(component.name));
      const release = releases.find(({ version }) => version === component.version);
      if (release === undefined) return false;
      const key = JSON.stringify([release.checksum, paths]);
      const before = known.get(key);
      if (before !== undefined) return before;
      const blob = await mirror.context.blobs.open(release.checksum);
      if (blob === undefined) return false;
      try {
        const asked = { ...(await sourceOf(blob)), paths };
        const answer = await pool.run(asked, `reading ${component.name} ${component.version}`);
        known.set(key, answer);
        return answer;
      } catch (error) {
        // What takes too long proves nothing.
        if (error instanceof RegistryError) return false;
        throw error;
      } finally {
        await blob.close();
      }
    },
    close: pool.close,
  };
}
