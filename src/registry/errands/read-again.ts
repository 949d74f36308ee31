import type { ReleaseKey } from '../../store/store.ts';
import { RegistryError } from '../error.ts';
import { currentReading } from '../judgement/bytes.ts';
import type { Mirror } from '../serve/mirror.ts';

/** Releases looked up at a time. */
const batch = 64;

/**
 * Reads the archives again that an earlier version of the program read, which saw less in them, and judges their releases by
 * what they say now. One after the other: it is in nobody's way. What cannot be had now is left for the next start.
 */
export async function readAgain(mirror: Mirror, signal: AbortSignal): Promise<void> {
  const { store, blobs, journal } = mirror.context;
  let after: ReleaseKey | undefined;
  for (;;) {
    const found = await store.readOtherwise(currentReading, after, batch);
    for (const { registry, key, version } of found) {
      if (signal.aborted) return;
      const release = await store.release(registry, key, version);
      // One that was only compared with is read again with what is compared; without its bytes here nothing is fetched.
      if (release?.judged !== 'release' || !(await blobs.has(release.checksum))) continue;
      try {
        await mirror.judge(registry, key, version, 'reader');
      } catch (error) {
        if (!(error instanceof RegistryError)) throw error;
        journal.trouble(`${key}@${version} could not be read again: ${error.message}`, { registry });
      }
    }
    after = found.at(-1);
    if (found.length < batch) return;
  }
}
