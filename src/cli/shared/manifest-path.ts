import { resolve as absolute, dirname, join } from 'node:path';
import { diskFiles } from '../../gate/project/files.ts';
import type { BuildOptions } from './build-options.ts';
import { CliError } from './error.ts';

/** The manifest that options name, else that of this folder or the next one above. Throws `CliError` where there is none. */
export function manifestPath(options: Pick<BuildOptions, 'manifestPath'>): string {
  if (options.manifestPath !== undefined) return absolute(options.manifestPath);
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const path = join(folder, 'Cargo.toml');
    if (diskFiles.read(path) !== undefined) return path;
    if (dirname(folder) === folder) {
      throw new CliError('cli/usage', 'there is no Cargo.toml here nor above', {
        next: 'Name one with --manifest-path.',
      });
    }
  }
}
