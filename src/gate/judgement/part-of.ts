import { parsePlatform, platformMatches } from '../../cargo/cfg/platform.ts';
import { type Target, targetOf } from '../../cargo/cfg/target.ts';
import { CargoError } from '../../cargo/error.ts';
import { crateOfDependency, type IndexDependency, rememberedIndexLine } from '../../cargo/index-entry.ts';
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
  const needsOf = remembered((pkg: LockedPackage) => readNeeds(of(pkg), platforms));
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

/** `platforms` of `undefined` are all there are. */
function readNeeds(known: PackageFacts, platforms: readonly Target[] | undefined): Needs {
  if (known?.needs !== undefined)
    return { normal: new Set(known.needs.normal), build: new Set(known.needs.build) };
  if (known?.line === undefined) return undefined;
  const deps = rememberedIndexLine(known.line).deps.filter((dependency) => isFor(dependency, platforms));
  const of = (kind: string) =>
    new Set(deps.filter((dependency) => dependency.kind === kind).map(crateOfDependency));
  return { normal: of('normal'), build: of('build') };
}

/** Whether a dependency counts on any of some platforms; a condition that cannot be read counts. */
function isFor({ target }: IndexDependency, platforms: readonly Target[] | undefined): boolean {
  if (target === undefined || platforms === undefined) return true;
  try {
    const platform = parsePlatform(target);
    return platforms.some((each) => platformMatches(platform, each));
  } catch (error) {
    if (error instanceof CargoError) return true;
    throw error;
  }
}

/** What a project is built for, as target triples. */
export interface Platforms {
  /** What the program may be built for; `undefined` where that may be anything. */
  readonly targets: readonly string[] | undefined;
  /** The machines that may build. */
  readonly hosts: readonly string[];
}

/**
 * The packages of a lockfile that are built on any of some platforms, as far as conditions on targets tell: all that
 * the project's own packages lead to, and of packages of registries what their index lines do. What build scripts and
 * macros depend on is built for the hosts alone; the rest for the targets, and for hosts as well, where tests and tools
 * run.
 */
export function builtFor(
  packages: readonly LockedPackage[],
  of: (pkg: LockedPackage) => PackageFacts,
  { targets, hosts }: Platforms,
): ReadonlySet<LockedPackage> {
  const own = packages.filter(isOwn);
  if (own.length === 0) return new Set(packages);
  const host = hosts.map(targetOf);
  const anywhere = targets === undefined ? undefined : [...targets.map(targetOf), ...host];
  const needsOnHost = remembered((pkg: LockedPackage) => readNeeds(of(pkg), host));
  const needsAnywhere = remembered((pkg: LockedPackage) => readNeeds(of(pkg), anywhere));
  const onHost = new Set<LockedPackage>();
  const built = new Set(own);
  for (const pkg of built) {
    // Of what is not known, it may be a macro's crate.
    const isMacros = codeOf(of(pkg))?.macros !== undefined;
    if (isMacros || codeOf(of(pkg)) === undefined) onHost.add(pkg);
    for (const next of dependenciesOf(pkg, needsOnHost(pkg), 'build', packages)) onHost.add(next);
    if (isMacros) continue;
    for (const next of dependenciesOf(pkg, needsAnywhere(pkg), 'normal', packages)) built.add(next);
  }
  for (const pkg of onHost) {
    for (const kind of ['normal', 'build'] as const)
      for (const next of dependenciesOf(pkg, needsOnHost(pkg), kind, packages)) onHost.add(next);
  }
  return new Set([...built, ...onHost]);
}

function remembered<Key extends object, Value>(work: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    const there = known.get(key);
    if (there !== undefined || known.has(key)) return there as Value;
    const value = work(key);
    known.set(key, value);
    return value;
  };
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
