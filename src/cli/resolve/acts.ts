import type { PackageUse } from '../../cargo/resolve/resolve.ts';
import { type Path, pathsTo } from '../../gate/project/paths.ts';
import { treeLines } from '../../gate/project/tree.ts';
import type { BuildOptions } from '../shared/build-options.ts';
import { paint, print, printable } from '../shared/terminal.ts';
import { resolutionOf, type ShownResolution } from './resolution.ts';

type ShownPackage = ShownResolution['packages'][number];

export interface ResolveOptions extends BuildOptions {
  readonly why?: string;
  readonly format: 'text' | 'json';
}

/** Resolves a project on this machine and prints it. */
export async function resolveHere(options: ResolveOptions): Promise<void> {
  const { why, format, ...build } = options;
  const resolution = await resolutionOf(build);
  if (why !== undefined) printPaths(resolution, why, format);
  else if (format === 'json') print(JSON.stringify({ packages: resolution.packages.map(shown) }, null, 2));
  else printTree(resolution);
}

/** A package as the JSON has it. */
function shown(pkg: ShownPackage) {
  const { name, version, source, builtFor, features, procMacro, buildScript, opaque, unread } = pkg;
  return {
    name,
    version,
    source: source ?? null,
    builtFor,
    features,
    procMacro,
    buildScript,
    ...(opaque === undefined && unread === undefined ? {} : { unknown: opaque ?? unread }),
  };
}

function printTree(resolution: ShownResolution): void {
  for (const { branches, package: pkg, use, seen } of treeLines(resolution)) {
    const again = seen && (pkg.uses.length > 0 || pkg.features.length > 0) ? paint('dim', ' (*)') : '';
    print(`${paint('dim', branches)}${described(pkg, use, !seen)}${again}`);
  }
  const { packages } = resolution;
  const forHost = packages.filter(({ builtFor }) => builtFor === 'host').length;
  const programs = packages.filter(({ buildScript, procMacro }) => buildScript || procMacro).length;
  print();
  print(
    `${packages.length} packages: ${packages.length - forHost} for the target, ${forHost} for the machine that builds; ` +
      `${programs} run code while it builds.`,
  );
  if (packages.length > 0) print(paint('dim', '(*) its features and what it uses are shown further up.'));
}

function described(pkg: ShownPackage, use: PackageUse | undefined, full: boolean): string {
  const words = [
    ...(use?.kind === 'build' || use?.kind === 'dev' ? [use.kind] : []),
    ...(use?.as === undefined ? [] : [`as ${printable(use.as)}`]),
    ...(pkg.builtFor === 'host' ? ['host'] : []),
    ...(pkg.procMacro ? ['macro'] : []),
    ...(pkg.buildScript ? ['build script'] : []),
  ];
  const about = words.length === 0 ? '' : ` ${paint('yellow', `(${words.join(', ')})`)}`;
  const features =
    !full || pkg.features.length === 0 ? '' : paint('dim', ` [${pkg.features.map(printable).join(', ')}]`);
  return `${printable(pkg.name)} ${pkg.version}${about}${features}`;
}

function printPaths(resolution: ShownResolution, why: string, format: ResolveOptions['format']): void {
  const found = pathsTo(resolution, why);
  if (format === 'json') {
    const crates = [...found].map(([target, paths]) => ({
      ...shown(packageAt(resolution, target)),
      paths: paths.map((path) => path.map((step) => labelOf(resolution, step.package))),
    }));
    print(JSON.stringify({ crates }, null, 2));
    return;
  }
  if (found.size === 0) print(`Nothing brings ${printable(why)}: it is not built.`);
  for (const [target, paths] of found) {
    print(described(packageAt(resolution, target), undefined, true));
    for (const path of paths) print(`  ${pathText(resolution, path)}`);
  }
}

function pathText(resolution: ShownResolution, path: Path): string {
  return path
    .map(({ package: index, use }) => {
      const kind = use?.kind === 'build' || use?.kind === 'dev' ? paint('yellow', ` (${use.kind})`) : '';
      return `${labelOf(resolution, index)}${kind}`;
    })
    .join(paint('dim', ' → '));
}

function labelOf(resolution: ShownResolution, index: number): string {
  const { name, version } = packageAt(resolution, index);
  return `${printable(name)} ${version}`;
}

function packageAt(resolution: ShownResolution, index: number): ShownPackage {
  const found = resolution.packages[index];
  if (found === undefined) throw new Error(`no package ${index}`);
  return found;
}
