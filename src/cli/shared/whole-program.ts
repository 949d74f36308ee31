import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import type { MakingCode } from './kept-file.ts';

/** All code that there is, for values that nearly all of it has a part in. */
export function wholeProgram(): MakingCode {
  const source = join(import.meta.dirname, '../..');
  const entries = readdirSync(source, { recursive: true, withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory());
  return {
    folders: ['', ...folders.map(({ parentPath, name }) => relative(source, join(parentPath, name)))].sort(),
    packages: Object.keys(packageJson.dependencies).sort(),
  };
}
