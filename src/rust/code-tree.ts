import { shippedCfg } from './built-cfg.ts';
import type { Role } from './capability/scan.ts';
import { type OpenTree, openTree, type Skimmed } from './module-tree.ts';
import type { PackageSource } from './package-source.ts';
import { scriptSets } from './script-cfgs.ts';

/**
 * The modules of one root of a package as they may be built for who depends on it. What is only for the package's tests is left
 * out, unless its build script may have it built.
 */
export function codeTree(source: PackageSource, root: string, role: Role, skimmed?: Skimmed): OpenTree {
  const isLibrary = role !== 'build-script';
  const hasScript = source.buildScripts.length + source.metabuild.length > 0;
  const answer = shippedCfg({
    procMacro: role === 'proc-macro',
    sets: isLibrary && hasScript ? scriptSets(source) : undefined,
  });
  const edition = isLibrary ? source.libraryEdition : source.edition;
  return openTree(root, source.files, answer, edition, skimmed);
}
