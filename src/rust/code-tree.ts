import { shippedCfg } from './built-cfg.ts';
import type { Role } from './capability/role.ts';
import { type OpenTree, openTree } from './module-tree.ts';
import type { PackageSource } from './package-source.ts';
import { scriptSets } from './script-cfgs.ts';

/**
 * The modules of one root of a package as they may be built for who depends on it. What is only for the package's tests is left
 * out, unless its build script may have it built.
 */
export function codeTree(source: PackageSource, root: string, role: Role): OpenTree {
  const isLibrary = role !== 'build-script';
  const hasScript = source.buildScripts.length + source.metabuild.length > 0;
  const answer = shippedCfg({
    procMacro: role === 'proc-macro',
    sets: isLibrary && hasScript ? scriptSets(source) : undefined,
  });
  return openTree(root, source.files, answer, isLibrary ? source.libraryEdition : source.edition);
}
