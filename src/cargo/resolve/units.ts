import { platformMatchesAny } from '../cfg/platform.ts';
import type { Target } from '../cfg/target.ts';
import { CargoError, quoted } from '../error.ts';
import { codeName, type LibraryTarget } from '../manifest/targets.ts';
import { artifactTarget, type FeatureResolver, type FeatureSide, type Side } from './features.ts';
import { type Edge, type Graph, type Node, packageLabel } from './link.ts';

/** One thing that is compiled: a library, the programs of a package, its tests, or its build script. */
export interface Unit {
  readonly id: number;
  readonly kind: UnitKind;
  /** What it is compiled for; a build script always runs on the host: there it is what the script is run for. */
  readonly builtFor: Side;
  /** Whose features it has. With resolver 1 both are the same. */
  readonly features: FeatureSide;
  readonly uses: readonly UnitUse[];
}

/** `links` by what is built with them. */
export type Overridden = Readonly<Record<Side, ReadonlySet<string>>>;

export type UnitKind = 'lib' | 'bin' | 'test' | 'build-script';

export interface UnitUse {
  readonly unit: Unit;
  /** The dependency that it is there for; `undefined` for a package's own library and build script. */
  readonly dependency: Edge['dependency'] | undefined;
}

export interface UnitOptions {
  readonly features: FeatureResolver;
  readonly target: Target;
  readonly hosts: readonly Target[];
  /** A target that a dependency names (`-Z bindeps`). */
  readonly named: (triple: string) => Target;
  /** The `links` whose build scripts are not built, since cargo is configured with their answers. */
  readonly overridden: Overridden;
  readonly dev: boolean;
  /** The members that features were asked for: their dev-dependencies are resolved, built or not. */
  readonly requested: ReadonlySet<number>;
}

/**
 * Everything that is compiled to build some packages, in the order in which it is found (cargo: src/compiler/
 * unit_dependencies.rs; src/ops/cargo_compile/unit_generator.rs). Of dependencies, only libraries are.
 */
export function unitsOf(graph: Graph, roots: readonly number[], options: UnitOptions): readonly Unit[] {
  return new Units(graph, options).build(roots);
}

type Mutable = Unit & { uses: UnitUse[] };

class Units {
  readonly #graph: Graph;
  readonly #options: UnitOptions;
  readonly #units = new Map<string, Mutable>();

  constructor(graph: Graph, options: UnitOptions) {
    this.#graph = graph;
    this.#options = options;
  }

  build(roots: readonly number[]): readonly Unit[] {
    for (const id of roots) this.#addRoot(this.#node(id));
    // Units are added while this goes on; a map is walked to its end all the same.
    for (const unit of this.#units.values()) this.#connect(unit);
    return [...this.#units.values()];
  }

  #addRoot(node: Node): void {
    const { lib, bins, others } = node.package.targets;
    const on =
      bins.some(({ requiredFeatures }) => requiredFeatures.length > 0) || others.length > 0
        ? this.#namedFeatures(node)
        : new Set<string>();
    const isBuilt = ({ requiredFeatures }: { readonly requiredFeatures: readonly string[] }) =>
      requiredFeatures.every((feature) => on.has(feature));
    const libSide: Side = lib?.procMacro ? 'host' : 'target';
    if (lib !== undefined) this.#unit(node.id, 'lib', libSide, libSide);
    const programs = bins.filter(isBuilt);
    if (programs.length > 0) this.#unit(node.id, 'bin', 'target', 'target');
    if (!this.#options.dev) return;
    if (lib?.tested) this.#unit(node.id, 'test', libSide, libSide);
    if (programs.some(({ tested }) => tested) || others.some(isBuilt)) {
      this.#unit(node.id, 'test', 'target', 'target');
    }
  }

  #connect(unit: Mutable): void {
    const node = this.#node(unit.id);
    const isScript = unit.kind === 'build-script';
    for (const edge of node.edges) {
      if (edge.to === undefined || !this.#counts(edge, unit)) continue;
      const { artifact } = edge.dependency;
      if (artifact !== undefined) this.#connectArtifact(unit, edge, edge.to);
      const { lib } = this.#node(edge.to).package.targets;
      if (lib === undefined || artifact?.lib === false) continue;
      this.#checkNames(node, edge.to, lib);
      const toHost = isScript || lib.procMacro;
      const used = this.#unit(
        edge.to,
        'lib',
        toHost ? 'host' : unit.builtFor,
        toHost ? 'host' : unit.features,
      );
      unit.uses.push({ unit: used, dependency: edge.dependency });
    }
    if (isScript) return;
    const { lib, buildScript } = node.package.targets;
    if (buildScript && !this.#isOverridden(node, unit)) {
      const script = this.#unit(unit.id, 'build-script', unit.builtFor, unit.features);
      unit.uses.push({ unit: script, dependency: undefined });
    }
    if (unit.kind === 'lib' || !lib?.linkable) return;
    const own = this.#unit(
      unit.id,
      'lib',
      lib.procMacro ? 'host' : unit.builtFor,
      lib.procMacro ? 'host' : unit.features,
    );
    unit.uses.push({ unit: own, dependency: undefined });
  }

  /** The programs and C libraries that a dependency asks for (cargo: src/compiler/unit_dependencies.rs, `calc_artifact_deps`). */
  #connectArtifact(unit: Mutable, { dependency }: Edge, to: number): void {
    const { artifact } = dependency;
    const { bins, lib } = this.#node(to).package.targets;
    const { named, target } = this.#options;
    if (artifact === undefined) return;
    const isScript = unit.kind === 'build-script';
    const triple = artifact.target === 'target' ? target.triple : artifact.target;
    if (triple !== undefined) named(triple);
    const builtFor = triple !== undefined ? 'target' : isScript ? 'host' : unit.builtFor;
    const own = triple === undefined ? undefined : (`artifact ${triple}` as const);
    const features = own ?? (isScript ? 'host' : unit.features);
    if (artifact.kinds.some((kind) => kind.startsWith('bin')) && bins.length > 0)
      unit.uses.push({ unit: this.#unit(to, 'bin', builtFor, features), dependency });
    if (artifact.kinds.some((kind) => kind.endsWith('lib')) && lib !== undefined)
      unit.uses.push({ unit: this.#unit(to, 'lib', builtFor, features), dependency });
  }

  #counts({ dependency, platform }: Edge, unit: Unit): boolean {
    const isScript = unit.kind === 'build-script';
    if (isScript !== (dependency.kind === 'build')) return false;
    if (dependency.kind === 'dev' && unit.kind !== 'test') return false;
    const { features, hosts, target, named } = this.#options;
    const own = artifactTarget(unit.features);
    const places = isScript || unit.builtFor === 'host' ? hosts : [own === undefined ? target : named(own)];
    if (!platformMatchesAny(platform, places)) return false;
    return !dependency.optional || features.isActive(unit.id, unit.features, dependency.name);
  }

  /** (cargo: src/compiler/unit_dependencies.rs, `compute_deps_custom_build`). */
  #isOverridden({ package: { links } }: Node, { builtFor }: Unit): boolean {
    return links !== undefined && this.#options.overridden[builtFor].has(links);
  }

  /** Code calls a package by one name only (cargo: src/resolver/resolve.rs, `extern_crate_name_and_dep_name`). */
  #checkNames(node: Node, to: number, lib: LibraryTarget): void {
    const { features, requested } = this.#options;
    // Nearly always there is one edge, and nothing to compare.
    if (node.edges.findIndex((edge) => edge.to === to) === node.edges.findLastIndex((edge) => edge.to === to))
      return;
    const resolved = node.edges.filter(({ to: other, dependency: { kind, optional, name, artifact } }) => {
      if (other !== to || artifact?.lib === false || (kind === 'dev' && !requested.has(node.id)))
        return false;
      return (
        !optional || features.isActive(node.id, 'target', name) || features.isActive(node.id, 'host', name)
      );
    });
    const names = new Set(
      resolved.map(({ dependency }) =>
        dependency.name === dependency.package ? lib.name : codeName(dependency.name),
      ),
    );
    if (names.size < 2) return;
    const called = [...names].map(quoted).join(' and ');
    throw new CargoError(
      'cargo/resolve',
      `${packageLabel(node.locked)} calls ${packageLabel(this.#node(to).locked)} by several names: ${called}`,
      node.locked,
    );
  }

  #unit(id: number, kind: UnitKind, builtFor: Side, features: FeatureSide): Mutable {
    const key = `${id} ${kind} ${builtFor} ${features}`;
    const known = this.#units.get(key);
    if (known !== undefined) return known;
    const unit: Mutable = { id, kind, builtFor, features, uses: [] };
    this.#units.set(key, unit);
    return unit;
  }

  /** What `required-features` may name: the package's own features, and `dependency/feature`. */
  #namedFeatures(node: Node): ReadonlySet<string> {
    const { features } = this.#options;
    const names = new Set(features.featuresOf(node.id, 'target'));
    for (const { dependency, to } of node.edges) {
      if (to === undefined || (dependency.kind === 'dev' && !this.#options.dev)) continue;
      const isHost = dependency.kind === 'build' || this.#node(to).package.targets.lib?.procMacro === true;
      for (const feature of features.featuresOf(to, isHost ? 'host' : 'target') ?? []) {
        names.add(`${dependency.name}/${feature}`);
      }
    }
    return names;
  }

  #node(id: number): Node {
    const node = this.#graph.nodes[id];
    if (node === undefined) throw new CargoError('cargo/resolve', `the lockfile has no package ${id}`);
    return node;
  }
}
