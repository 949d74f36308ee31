/** Temporary folders that go away with the test that asked for them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What `tempDir` needs of a test context; `{ after }` from node:test fits too, for a whole suite. */
export type Cleanup = { after(fn: () => void | Promise<void>): void };

/** Folders without a test; one listener removes them all. */
const leftovers = new Set<string>();
process.once('exit', () => [...leftovers].map(removeDir));

/** A fresh folder, removed after the test `t`, or when the process ends if there is none. */
export function tempDir(t?: Cleanup, prefix = 'safeguard-test-'): string {
  const dir = mkdtempSync(join(tmpdir(), prefix));
  if (t === undefined) leftovers.add(dir);
  else t.after(() => removeDir(dir));
  return dir;
}

export function removeDir(dir: string): void {
  rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
}
