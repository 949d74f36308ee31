import { parsePlatform, platformMatches } from '../../cargo/cfg/platform.ts';
import { type Target, targetOf } from '../../cargo/cfg/target.ts';
import { CargoError } from '../../cargo/error.ts';
import { crateOfDependency, type IndexDependency, parseIndexLine } from '../../cargo/index-entry.ts';
import type { LockedPackage } from '../../cargo/lockfile.ts';
import { codeName } from '../../cargo/manifest/targets.ts';
import type { CodeFact } from '../../facts/code.ts';
import { isHelper } from '../../rust/capability/acts.ts';
import type { PackageFacts } from '../facts-port.ts';
import { isOwn } from './judge-package.ts';

/**
 * The libraries of a lockfile that run while others are compiled, with the crates whose macros or build script they are
 * compiled into, sorted: all that macros depend on, and what build scripts call. Known tools and other
 * macros are no parts; what nobody knows the code of is searched through as if it were one. What a dependency is for counts as far
 * as any of the `hosts` (target triples) builds it: nothing that is built for WebAssembly alone runs at build time.
 */
export function partsOf(
  packages: readonly LockedPackage[],
  of: (pkg: LockedPackage) => PackageFacts,
  hosts: readonly string[],
): ReadonlyMap<LockedPackage, readonly string[]> {
  const platforms = hosts.map(targetOf);
  const found = new Map<LockedPackage, Set<string>>();
  const needs = new Map<LockedPackage, Needs>();
  const needsOf = (pkg: LockedPackage): Needs => {
    const known = needs.get(pkg) ?? readNeeds(of(pkg), platforms);
    needs.set(pkg, known);
    return known;
  };
  for (const root of packages) {
    const code = codeOf(of(root));
    if (code === undefined || code.tier === 'standard') continue;
    const queue = directParts(root, code, needsOf(root), packages);
    for (const pkg of queue) {
      const into = found.get(pkg) ?? new Set();
      found.set(pkg, into);
      if (into.has(root.name)) continue;
      into.add(root.name);
      for (const next of dependenciesOf(pkg, needsOf(pkg), 'normal', packages))
        if (isPart(next, of)) queue.push(next);
    }
  }
  const parts = [...found].filter(([pkg]) => isPart(pkg, of));
  return new Map(parts.map(([pkg, crates]) => [pkg, [...crates].sort()]));
}

/** Crates that a release depends on, by kind; `undefined` where that is not known. */
type Needs = Readonly<Record<'normal' | 'build', ReadonlySet<string>>> | undefined;

function readNeeds(known: PackageFacts, platforms: readonly Target[]): Needs {
  if (known?.needs !== undefined)
    return { normal: new Set(known.needs.normal), build: new Set(known.needs.build) };
  if (known?.line === undefined) return undefined;
  const deps = parseIndexLine(known.line).deps.filter((dependency) => isFor(dependency, platforms));
  const of = (kind: string) =>
    new Set(deps.filter((dependency) => dependency.kind === kind).map(crateOfDependency));
  return { normal: of('normal'), build: of('build') };
}

/** Whether a dependency counts on any of some platforms; a condition that cannot be read counts. */
function isFor({ target }: IndexDependency, platforms: readonly Target[]): boolean {
  if (target === undefined) return true;
  try {
    const platform = parsePlatform(target);
    return platforms.some((each) => platformMatches(platform, each));
  } catch (error) {
    if (error instanceof CargoError) return true;
    throw error;
  }
}

/**
 * The packages of a lockfile that any of some platforms (target triples) has built, as far as conditions on targets tell: all that the
 * project's own packages lead to, and of packages of registries what their index lines do.
 */
export function builtFor(
  packages: readonly LockedPackage[],
  of: (pkg: LockedPackage) => PackageFacts,
  triples: readonly string[],
): ReadonlySet<LockedPackage> {
  const platforms = triples.map(targetOf);
  const built = new Set(packages.filter(isOwn));
  if (built.size === 0) return new Set(packages);
  for (const pkg of built) {
    const needs = readNeeds(of(pkg), platforms);
    for (const kind of ['normal', 'build'] as const)
      for (const next of dependenciesOf(pkg, needs, kind, packages)) built.add(next);
  }
  return built;
}

/** What macros depend on runs with them; of what a build script may use, that which it calls. */
function directParts(
  root: LockedPackage,
  { macros, buildScript }: CodeFact,
  needs: Needs,
  packages: readonly LockedPackage[],
): LockedPackage[] {
  const called = new Set(
    buildScript?.shapes.flatMap((shape) => (shape.startsWith(calls) ? [shape.slice(calls.length)] : [])),
  );
  return [
    ...(macros === undefined ? [] : dependenciesOf(root, needs, 'normal', packages)),
    ...dependenciesOf(root, needs, 'build', packages).filter(({ name }) => called.has(codeName(name))),
  ].filter(({ name }) => isHelper(codeName(name)));
}

/** How a build script's shapes name the crates that it calls. */
const calls = 'calls ';

function dependenciesOf(
  { dependencies }: LockedPackage,
  needs: Needs,
  kind: 'normal' | 'build',
  packages: readonly LockedPackage[],
): readonly LockedPackage[] {
  return dependencies.flatMap((i) => {
    const pkg = packages[i];
    return pkg !== undefined && (needs === undefined || needs[kind].has(pkg.name)) ? [pkg] : [];
  });
}

function isPart(pkg: LockedPackage, of: (pkg: LockedPackage) => PackageFacts): boolean {
  return isHelper(codeName(pkg.name)) && codeOf(of(pkg))?.macros === undefined;
}

function codeOf(known: PackageFacts): CodeFact | undefined {
  const code = known?.facts.code;
  return code?.kind === 'known' ? code.value : undefined;
}
