import type { Capability } from './capability/capability.ts';
import { capabilitiesOf } from './capability/find.ts';
import type { CodeReview } from './code-review.ts';
import { codeTree } from './code-tree.ts';
import { digestOf, tokenDigest, wholeFiles } from './digest.ts';
import { withInputs } from './inputs/with-inputs.ts';
import type { ModuleTree, Unfollowed } from './module.ts';
import { crateNames, type PackageSource } from './package-source.ts';

/** What the build scripts of a package can do, each with every module that it brings in; `undefined` where it has none. */
export function reviewBuildScript(source: PackageSource): CodeReview | undefined {
  if (source.buildScripts.length + source.metabuild.length === 0) return undefined;
  const crates = crateNames(source, 'build');
  const capabilities: Capability[] = [];
  const opaque: Unfollowed[] = [];
  const helpers = new Set<string>();
  const digests: string[] = [];
  const trees: ModuleTree[] = [];
  for (const root of source.buildScripts) {
    const tree = codeTree(source, root, 'build-script').expand(() => true);
    const found = capabilitiesOf(tree, 'build-script', crates);
    capabilities.push(...found.capabilities);
    opaque.push(...found.opaque);
    for (const helper of found.helpers) helpers.add(helper);
    digests.push(tokenDigest(wholeFiles(tree)));
    trees.push(tree);
  }
  for (const crate of source.metabuild) {
    helpers.add(crates.get(crate) ?? crate);
    opaque.push({
      file: 'Cargo.toml',
      line: source.metabuildLine,
      reason: `its build script is \`${crate}::metabuild\`, in another crate`,
    });
    digests.push(digestOf(['metabuild', crate]));
  }
  if (source.links !== undefined) {
    capabilities.unshift({
      kind: 'links-key',
      name: source.links,
      file: 'Cargo.toml',
      line: source.linksLine,
      code: `links = ${JSON.stringify(source.links)}`,
      confidence: 'certain',
    });
  }
  const names = [...helpers].sort();
  const tokens = digests.length === 1 ? (digests[0] ?? '') : digestOf(digests);
  return withInputs({ capabilities, opaque, helpers: names }, trees, source, { tokens }, true);
}
