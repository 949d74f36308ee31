import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lockfile } from '../../cargo/lockfile.ts';
import { BuildError } from '../error.ts';

/** The archives that a build has, each as the lockfile names it. */
export interface SealedArchives {
  readonly count: number;
  /** Of the archives. */
  readonly bytes: number;
}

/**
 * Copies the archives that a lockfile names from cargo's home to a home of the build's own, and holds each against its
 * checksum: cargo unpacks what lies in its cache without looking again, and compiles what was unpacked before. What is not there,
 * cargo does not need for this target. Throws `BuildError('build/altered')`.
 */
export function sealArchives({ packages }: Lockfile, from: string, to: string): SealedArchives {
  const cache = join(from, 'registry', 'cache');
  const registries = existsSync(cache) ? readdirSync(cache) : [];
  let count = 0;
  let size = 0;
  for (const { name, version, checksum } of packages) {
    if (checksum === undefined) continue;
    const file = `${name}-${version}.crate`;
    let altered: string | undefined;
    let found: number | undefined;
    // Cargo looks for it under the registry that it is configured to go to now, which it may have under others as well.
    for (const registry of registries) {
      const path = join(cache, registry, file);
      if (!existsSync(path)) continue;
      const bytes = readFileSync(path);
      if (createHash('sha256').update(bytes).digest('hex') !== checksum) {
        altered ??= path;
        continue;
      }
      const folder = join(to, 'registry', 'cache', registry);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, file), bytes);
      found = bytes.length;
    }
    if (found !== undefined) {
      count++;
      size += found;
    } else if (altered !== undefined)
      throw new BuildError(
        'build/altered',
        `${altered} is not the archive of ${name} ${version} that Cargo.lock names`,
        { next: 'Find out who changed it; then delete the file, and cargo fetches it anew.' },
      );
  }
  return { count, bytes: size };
}
