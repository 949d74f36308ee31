import { join } from 'node:path';
import { ancestors } from './config-files.ts';
import type { ProjectFiles } from './files.ts';

/**
 * Whether a folder's toolchain file asks rustup for a nightly, which takes unstable flags. The nearest file counts, the
 * old name first.
 */
export function isNightly(files: ProjectFiles, folder: string): boolean {
  for (const each of ancestors(folder)) {
    for (const name of ['rust-toolchain', 'rust-toolchain.toml']) {
      const text = files.read(join(each, name));
      if (text !== undefined)
        return /^[ \t]*(?:(?:toolchain\s*\.\s*)?channel\s*=\s*["'])?nightly/m.test(text);
    }
  }
  return false;
}
