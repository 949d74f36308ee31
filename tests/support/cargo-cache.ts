/** What this machine's cargo has downloaded before: real archives and index lines, unchanged by anybody's mirror. */
import { globSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Cargo's folder of registries. */
export const registry = join(process.env.CARGO_HOME ?? join(homedir(), '.cargo'), 'registry');

/** Paths of at most this many archives, from `registry`, spread over all that are there. */
export function cachedArchives(count: number): readonly string[] {
  return evenly(globSync('cache/*/*.crate', { cwd: registry }).sort(), count);
}

/** At most `count` of a list, spread over it. */
export function evenly<T>(list: readonly T[], count: number): readonly T[] {
  const step = Math.max(1, Math.ceil(list.length / count));
  return list.filter((_, i) => i % step === 0);
}
