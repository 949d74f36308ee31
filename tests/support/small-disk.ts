/** A disk of a few MB that a test can fill: a tmpfs, which only root can mount. */
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Cleanup, tempDir } from './temp.ts';

export type SmallDisk = {
  readonly folder: string;
  /** Leaves no byte free. */
  fill(): void;
  /** Frees what `fill` took. */
  free(): void;
};

/** Why there can be none, or `undefined`; for the `skip` option of a test. */
export function smallDiskAvailable(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root can mount a small disk';
  try {
    const folder = tempDir(undefined, 'safeguard-disk-');
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'pipe' });
    execFileSync('umount', [folder], { stdio: 'pipe' });
    return undefined;
  } catch {
    return 'no disk can be mounted here';
  }
}

/** Gone with the test, before its folder is removed. */
export function smallDisk(t: Cleanup, megabytes: number): SmallDisk {
  const folder = tempDir(undefined, 'safeguard-disk-');
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'pipe' });
  // Lazily: whatever still has a file open there keeps it until it ends.
  t.after(() => void execFileSync('umount', ['--lazy', folder], { stdio: 'pipe' }));
  const ballast = join(folder, 'ballast');
  return {
    folder,
    fill() {
      const file = openSync(ballast, 'a');
      try {
        for (const size of [65_536, 4_096, 1]) {
          while (take(file, size));
        }
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(ballast, { force: true }),
  };
}

function take(file: number, size: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(size)) === size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}
