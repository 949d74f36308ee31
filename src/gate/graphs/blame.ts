import { readDependencies } from '../../cargo/manifest/dependency.ts';
import type { FeatureReason, FeatureReasons, PackageName } from '../../cargo/resolve/reasons.ts';
import { locateKey } from '../../cargo/toml-span.ts';
import type { FeatureBlame } from '../../facts/embedded.ts';
import type { Span } from '../change.ts';
import type { ProjectWorkspace } from '../project/workspace.ts';

/** Where a package of the project asks for a dependency. */
export type AskedAt = (pkg: PackageName, dependency: string) => Span | undefined;

/** Who is to blame that a feature of a package is on; `undefined` where that is not known. */
export function blameOf(reasons: FeatureReasons, pkg: PackageName, feature: string, askedAt: AskedAt) {
  const steps = reasons(pkg, feature);
  const asker = steps.find(({ dependency }) => dependency !== undefined);
  if (asker === undefined) return undefined;
  const own = steps.find((step) => step.package.source === undefined && step.dependency !== undefined);
  const blame: FeatureBlame = {
    by: asker.package.name,
    asks: asker.asks,
    chain: [`${pkg.name}/${feature}`, ...steps.map(sayStep)].join(' ← '),
    ...(own === undefined ? {} : editOf(own, askedAt)),
  };
  return blame;
}

function sayStep({ package: { name }, feature }: FeatureReason): string {
  return feature === undefined ? name : `${name}/${feature}`;
}

function editOf(
  { package: pkg, dependency = '', asks }: FeatureReason,
  askedAt: AskedAt,
): Pick<FeatureBlame, 'edit'> {
  const at = askedAt(pkg, dependency);
  return at === undefined ? {} : { edit: { file: at.file, line: at.line, dependency, asks } };
}

/** Looks dependencies up in the project's manifests; what is inherited, where the workspace says it. */
export function askedIn(
  { members, others, root }: ProjectWorkspace,
  nameOf: (path: string) => string,
): AskedAt {
  return (pkg, dependency) => {
    const local = [...members, ...others].find(
      (each) => each.package.name === pkg.name && each.package.version === pkg.version,
    );
    if (local === undefined) return undefined;
    const { edition } = local.manifest.package ?? {};
    const found = readDependencies(local.manifest.root, typeof edition === 'string' ? edition : '2021').find(
      ({ name, kind }) => name === dependency && kind === 'normal',
    );
    if (found === undefined) return undefined;
    const { file, manifest } = found.inherited ? root : local;
    const at = found.inherited ? ['workspace', 'dependencies', dependency] : found.at;
    const { line } = locateKey(manifest.root.text, at);
    return line === 0 ? undefined : { file: nameOf(file), line };
  };
}
