import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { copyDatabase, databaseSize } from './backup.ts';
import { databaseFile, sqliteReader } from './dialect/sqlite.ts';
import { requireCurrent } from './migrate.ts';

/** By so much another cache's database must be larger before it is worth the copy: a copy is smaller than what it is of. */
const worthIt = 1.25;

/**
 * Takes over, into the folder of a cache that this process holds, the largest database of others like it, where that is
 * larger than its own: they hold what was read once, so that the larger one knows more. Other processes may work on
 * theirs. What cannot be copied, or is of another version, stays where it is.
 */
export async function seedFrom(others: readonly string[], folder: string): Promise<void> {
  const [largest] = others.toSorted((a, b) => databaseSize(b) - databaseSize(a));
  if (largest === undefined || databaseSize(largest) <= databaseSize(folder) * worthIt) return;
  const place = join(folder, 'seed');
  try {
    await requireSameSteps(largest);
    rmSync(place, { recursive: true, force: true });
    mkdirSync(place, { mode: 0o700 });
    copyDatabase(largest, place);
    const own = join(folder, databaseFile);
    for (const file of [`${own}-wal`, `${own}-shm`]) rmSync(file, { force: true });
    renameSync(join(place, databaseFile), own);
  } catch {
    // It is only faster with it.
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

async function requireSameSteps(folder: string): Promise<void> {
  const { reader, close } = sqliteReader(folder);
  try {
    await requireCurrent(reader);
  } finally {
    await close();
  }
}
