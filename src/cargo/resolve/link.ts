import { type Platform, parsePlatform } from '../cfg/platform.ts';
import { CargoError, type Position, quoted } from '../error.ts';
import type { LockedPackage, Lockfile } from '../lockfile.ts';
import { FeatureTable } from '../manifest/feature.ts';
import type { Dependency, Package } from '../manifest/package.ts';
import { codeName } from '../manifest/targets.ts';
import { matches, parseRequirement, type Requirement } from '../requirement.ts';
import { cratesIo, parseSourceId, patchKey, type SourceId, sourceKey } from '../source-id.ts';
import { parseVersion, type Version } from '../version.ts';

/** A lockfile whose packages are known: each dependency leads to the package that the lockfile picked for it. */
export interface Graph {
  /** As in the lockfile. */
  readonly nodes: readonly Node[];
  /** Whether every package is known from its own words: else what the others need cannot be told for certain. */
  readonly complete: boolean;
}

export interface Node {
  /** Index in the lockfile. */
  readonly id: number;
  readonly locked: LockedPackage;
  readonly package: Package;
  readonly features: FeatureTable;
  readonly edges: readonly Edge[];
}

export interface Edge {
  readonly dependency: Dependency;
  readonly platform: Platform | undefined;
  /** Index of the package; `undefined` where the lockfile has none: an optional dependency that nothing turns on. */
  readonly to: number | undefined;
  /**
   * Whether the lockfile leads there from the package itself. It need not where a command line turns on what the lockfile was
   * not made for (`--features dep/feature`): cargo then takes what is locked for others.
   */
  readonly isLocked: boolean;
}

/** `[patch]` tables: by what they name (`patchKey`), the crates that others stand in for. */
export type Patches = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Connects declared dependencies to locked packages, the way cargo keeps to a lockfile (cargo: src/resolver/
 * encode.rs; src/workspace/registry.rs, `lock`): among the locked dependencies of a package, the first of this crate that the
 * requirement and the source allow. `packages` are in the lockfile's order.
 */
export function linkGraph(lockfile: Lockfile, packages: readonly Package[], patches: Patches): Graph {
  const linker = new Linker(lockfile.packages, patches);
  return {
    complete: packages.every(({ opaque }) => opaque === undefined),
    nodes: lockfile.packages.map((locked, id) => {
      const pkg = packages[id];
      if (pkg === undefined)
        throw new CargoError('cargo/resolve', 'the packages are not those of the lockfile');
      const features = new FeatureTable(pkg.features, pkg.dependencies);
      return { id, locked, package: pkg, features, edges: linker.edges(locked, pkg) };
    }),
  };
}

/** What is said of an opaque package: its dependencies are those that the lockfile names. */
export function opaquePackage(lockfile: Lockfile, locked: LockedPackage, reason: string): Package {
  const dependencies = locked.dependencies.flatMap((id) => {
    const to = lockfile.packages[id];
    return to === undefined ? [] : [lockedDependency(to)];
  });
  const lib = { name: codeName(locked.name), procMacro: false, linkable: true, tested: false };
  return {
    name: locked.name,
    version: locked.version,
    dependencies,
    features: new Map(),
    targets: { lib, bins: [], others: [], buildScript: false },
    links: undefined,
    opaque: reason,
  };
}

function lockedDependency(to: LockedPackage): Dependency {
  return {
    name: to.name,
    package: to.name,
    requirement: `=${to.version.replace(/\+.*/, '')}`,
    source: { kind: 'registry', source: to.source },
    kind: 'normal',
    optional: false,
    defaultFeatures: true,
    features: [],
    platform: undefined,
    artifact: undefined,
  };
}

const pathKey = '';
type GitDependency = Extract<Dependency['source'], { readonly kind: 'git' }>;

class Linker {
  readonly #locked: readonly LockedPackage[];
  readonly #patches: Patches;
  readonly #all: ReadonlyMap<string, readonly number[]>;
  readonly #keys = new Map<string, string>();
  readonly #requirements = new Map<string, Requirement>();
  readonly #versions = new Map<string, Version>();

  constructor(locked: readonly LockedPackage[], patches: Patches) {
    this.#locked = locked;
    this.#patches = patches;
    const all = new Map<string, number[]>();
    for (const [id, { name }] of locked.entries()) all.set(name, [id, ...(all.get(name) ?? [])]);
    this.#all = all;
  }

  edges(from: LockedPackage, pkg: Package): readonly Edge[] {
    const byName = new Map<string, number[]>();
    for (const id of from.dependencies) {
      const name = this.#locked[id]?.name ?? '';
      const ids = byName.get(name);
      if (ids === undefined) byName.set(name, [id]);
      else ids.push(id);
    }
    return pkg.dependencies.map((dependency) => {
      const pick = (ids: readonly number[] | undefined) =>
        ids === undefined ? undefined : this.#pick(ids, dependency, pkg, from);
      const own = pick(byName.get(dependency.package));
      return {
        dependency,
        platform: this.#platform(dependency, from),
        to: own ?? (dependency.optional ? pick(this.#all.get(dependency.package)) : undefined),
        isLocked: own !== undefined,
      };
    });
  }

  #pick(
    ids: readonly number[],
    dependency: Dependency,
    pkg: Package,
    from: LockedPackage,
  ): number | undefined {
    const requirement =
      dependency.requirement === undefined ? undefined : this.#requirement(dependency.requirement, from);
    const fitting = ids.filter((id) => {
      const candidate = this.#locked[id];
      if (candidate === undefined) return false;
      return requirement === undefined || matches(requirement, this.#version(candidate.version));
    });
    const wanted = this.#wanted(dependency, from);
    const patched = wanted === undefined ? undefined : this.#patches.get(patchKey(wanted));
    const picked =
      pkg.opaque === undefined
        ? (fitting.find((id) => this.#key(this.#locked[id]?.source) === this.#key(wanted)) ??
          fitting.find(() => patched?.has(dependency.package)))
        : fitting[0];
    return picked === undefined ? undefined : (this.#locked[picked]?.replace ?? picked);
  }

  /** The source that a dependency names; `undefined` for a path. A path below a git checkout is that repository. */
  #wanted(dependency: Dependency, from: LockedPackage): SourceId | undefined {
    const { source } = dependency;
    switch (source.kind) {
      case 'path':
        return from.source;
      case 'registry': {
        const own =
          from.source?.kind === 'registry' || from.source?.kind === 'sparse' ? from.source : cratesIo;
        return source.source ?? own;
      }
      case 'git':
        return this.#gitSource(source, from);
    }
  }

  #gitSource({ url, reference, name }: GitDependency, at: Position): SourceId {
    try {
      return parseSourceId(
        `git+${url}${reference === 'default' ? '' : `?${reference}=${encodeURIComponent(name)}`}`,
      );
    } catch (cause) {
      if (!(cause instanceof CargoError)) throw cause;
      throw new CargoError('cargo/resolve', cause.message, at, cause);
    }
  }

  #key(source: SourceId | undefined): string {
    if (source === undefined) return pathKey;
    const known = this.#keys.get(source.text);
    if (known !== undefined) return known;
    const key = sourceKey(source);
    this.#keys.set(source.text, key);
    return key;
  }

  #platform({ platform }: Dependency, at: Position): Platform | undefined {
    if (platform === undefined) return undefined;
    try {
      return parsePlatform(platform);
    } catch (cause) {
      if (!(cause instanceof CargoError)) throw cause;
      throw new CargoError('cargo/resolve', cause.message, at, cause);
    }
  }

  #requirement(text: string, at: Position): Requirement {
    const known = this.#requirements.get(text);
    if (known !== undefined) return known;
    try {
      const requirement = parseRequirement(text);
      this.#requirements.set(text, requirement);
      return requirement;
    } catch (cause) {
      if (!(cause instanceof CargoError)) throw cause;
      throw new CargoError('cargo/resolve', cause.message, at, cause);
    }
  }

  #version(text: string): Version {
    const known = this.#versions.get(text);
    if (known !== undefined) return known;
    const version = parseVersion(text);
    this.#versions.set(text, version);
    return version;
  }
}

/** How a package is called in messages. */
export function packageLabel(locked: Pick<LockedPackage, 'name' | 'version'>): string {
  return quoted(`${locked.name} ${locked.version}`);
}
