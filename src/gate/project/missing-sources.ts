import { basename, dirname, join } from 'node:path';
import type { Resolution } from '../../cargo/resolve/resolve.ts';
import { GateError } from '../error.ts';
import type { ProjectFiles } from './files.ts';
import type { LocalPackage } from './workspace.ts';

/**
 * What is built itself has its library and programs where the manifest says (cargo: src/ops/cargo_compile/mod.rs); of
 * dependencies cargo does not look. Programs that hang on features are left alone. Throws `GateError('gate/manifest')`.
 */
export function refuseMissing(
  files: ProjectFiles,
  members: readonly LocalPackage[],
  { packages, roots }: Resolution,
): void {
  if (files.hasSources === false) return;
  const built = new Set(roots.map((root) => packages[root]?.name));
  for (const { folder, file, manifest, package: pkg } of members) {
    if (!built.has(pkg.name)) continue;
    for (const table of [manifest.root.table('lib'), ...(manifest.root.tables('bin') ?? [])]) {
      const path = table?.string('path');
      if (table === undefined || path === undefined || table.get('required-features') !== undefined) continue;
      if (isFile(files, join(folder, path))) continue;
      const { line, column } = table.error([...table.path, 'path'], '');
      throw new GateError('gate/manifest', `there is no ${path}.`, {
        at: { file, line, column },
        next: 'Correct the path, or put the file there: cargo refuses to build it.',
      });
    }
  }
}

function isFile(files: ProjectFiles, path: string): boolean {
  return files.list(dirname(path)).some(({ name, folder }) => name === basename(path) && !folder);
}
