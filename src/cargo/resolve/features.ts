import { platformMatchesAny } from '../cfg/platform.ts';
import type { Target } from '../cfg/target.ts';
import { CargoError, quoted } from '../error.ts';
import { type FeatureValue, parseFeatureValue } from '../manifest/feature.ts';
import { type Edge, type Graph, type Node, packageLabel } from './link.ts';

/** Which side of the build a package's features are for: with resolver 1 there is only one. */
export type Side = 'target' | 'host';

/** Whose features a package has: a program that is wanted for a target of its own has those of that target apart. */
export type FeatureSide = Side | ArtifactSide;
export type ArtifactSide = `artifact ${string}`;

/** The target of such a side. */
export function artifactTarget(side: FeatureSide): string | undefined {
  return side.startsWith('artifact ') ? side.slice('artifact '.length) : undefined;
}

/** Cargo asks twice: first which dependencies are taken at all, then which features what is built has. */
export type FeatureOptions = PickOptions | BuildOptions;

/**
 * Which dependencies are taken, on all platforms at once (cargo: src/resolver/dep_cache.rs). A weak `x?/f` turns `x`
 * on here. What is built itself is apart from what others depend on, even where that is the same package: only for
 * the first do dev-dependencies count, so the sides are those two.
 */
interface PickOptions {
  readonly pass: 'pick';
  /** Packages whose dev-dependencies count. */
  readonly devDependencies: ReadonlySet<number>;
  /** Whether only that counts to which the lockfile leads from the package itself. */
  readonly exact: boolean;
}

interface BuildOptions {
  readonly pass: 'build';
  /** The dependencies that were picked for the same requests. */
  readonly picked: ReadonlySet<Edge>;
  /** Host dependencies have features of their own, and those of other platforms count for nothing (resolvers 2, 3). */
  readonly decoupled: boolean;
  /** Packages whose dev-dependencies count. */
  readonly devDependencies: ReadonlySet<number>;
  /** All that is built for at once: what counts on one of them turns features on for all. */
  readonly targets: readonly Target[];
  /** The machines that may build. */
  readonly hosts: readonly Target[];
  /** A target that a dependency names (`-Z bindeps`). */
  readonly named: (triple: string) => Target;
  /** Whether it is kept why each feature is on. */
  readonly reasons: boolean;
}

/** Why a feature is on. */
export type Cause =
  /** Whoever builds asked for it. */
  | { readonly kind: 'request' }
  | {
      readonly kind: 'asked';
      /** The package that asks. */
      readonly id: number;
      readonly side: FeatureSide;
      /** The feature of it that asks; `undefined` where it asks whatever is on. */
      readonly by: string | undefined;
      /** The dependency that is asked, by its name there; `undefined` where a feature asks for one of its own package. */
      readonly dependency: string | undefined;
      /** Whether whoever builds named the dependency's feature. */
      readonly onRequest?: boolean;
    };

/** A package to build, with the features asked of it. */
export interface Request {
  readonly id: number;
  readonly values: readonly FeatureValue[];
  /** Every feature that it has. */
  readonly all: boolean;
  readonly defaultFeatures: boolean;
}

/**
 * Which features and optional dependencies of which package are on, as cargo has it (cargo: src/resolver/features.rs,
 * `FeatureResolver`). The rules only ever turn things on, so the order in which they are followed changes nothing:
 * a list of work to do stands here for cargo's recursion, and a deep graph cannot exhaust the stack.
 */
export class FeatureResolver {
  readonly #graph: Graph;
  readonly #options: FeatureOptions;
  readonly #features = new Map<number, Set<string>>();
  readonly #dependencies = new Map<number, Set<string>>();
  /** Features in order, as they were asked for since the last activation. */
  readonly #sorted = new Map<number, readonly string[]>();
  /** Weak features whose dependency is not on, by key and dependency. */
  readonly #waiting = new Map<string, Map<string, Cause>>();
  readonly #visited = new Set<number>();
  readonly #edges = new Map<number, readonly Directed[]>();
  readonly #picked = new Set<Edge>();
  /** Numbers of the sides beside the target. */
  readonly #sides = new Map<FeatureSide, number>();
  readonly #picking: boolean;
  readonly #sided: boolean;
  readonly #work: Work[] = [];
  /** By key and feature. */
  readonly #causes: Map<string, Cause> | undefined;

  constructor(graph: Graph, options: FeatureOptions) {
    this.#graph = graph;
    this.#options = options;
    this.#picking = options.pass === 'pick';
    this.#sided = options.pass === 'pick' || options.decoupled;
    this.#causes = options.pass === 'build' && options.reasons ? new Map() : undefined;
  }

  /** The dependencies that were followed. */
  get picked(): ReadonlySet<Edge> {
    return this.#picked;
  }

  /** Turns on what is asked. Throws `CargoError('cargo/selection')` for a feature that a package does not have. */
  activate(requests: readonly Request[]): void {
    this.#sorted.clear();
    for (const request of requests) {
      const node = this.#node(request.id);
      for (const value of request.values) refuseStranger(node, value);
      const names = request.all ? node.features.names() : [];
      const values = [
        ...request.values,
        ...(request.defaultFeatures && node.features.has('default') ? [defaultFeature] : []),
        ...names.map((name) => ({ kind: 'feature', name }) as const),
      ];
      this.#push(request.id, 'target', values, requested);
      // A macro's programs and tests are for the target, the macro itself for the host.
      if (!this.#picking && this.#sided && node.package.targets.lib?.procMacro)
        this.#push(request.id, 'host', values, requested);
    }
    this.#run();
  }

  /** The features of a package that are on, sorted; `undefined` where the package is not reached at all. */
  featuresOf(id: number, side: FeatureSide): readonly string[] | undefined {
    const key = this.#key(id, side);
    const known = this.#sorted.get(key);
    if (known !== undefined) return known;
    const features = this.#features.get(key);
    if (features === undefined) return undefined;
    const sorted = [...features].sort(byCodePoint);
    this.#sorted.set(key, sorted);
    return sorted;
  }

  isReached(id: number, side: FeatureSide): boolean {
    return this.#features.has(this.#key(id, side));
  }

  /** Whether an optional dependency is on, by its name in the depending package. */
  isActive(id: number, side: FeatureSide, dependency: string): boolean {
    return this.#dependencies.get(this.#key(id, side))?.has(dependency) === true;
  }

  /** Why a feature is on; `undefined` where it is off, or that was not kept. */
  causeOf(id: number, side: FeatureSide, feature: string): Cause | undefined {
    return this.#causes?.get(`${this.#key(id, side)} ${feature}`);
  }

  #node(id: number): Node {
    const node = this.#graph.nodes[id];
    if (node === undefined) throw new CargoError('cargo/resolve', `the lockfile has no package ${id}`);
    return node;
  }

  #key(id: number, side: FeatureSide): number {
    if (!this.#sided || side === 'target') return id;
    const known = this.#sides.get(side) ?? this.#sides.size + 1;
    this.#sides.set(side, known);
    return known * this.#graph.nodes.length + id;
  }

  #push(id: number, side: FeatureSide, values: readonly FeatureValue[], cause: Cause): void {
    this.#work.push({ id, side: this.#sided ? side : 'target', values, cause });
  }

  /** What comes first is nearest to what is built: where reasons are kept, those are the short ones. */
  #next(): Work | undefined {
    return this.#causes === undefined ? this.#work.pop() : this.#work.shift();
  }

  #run(): void {
    for (let work = this.#next(); work !== undefined; work = this.#next()) {
      const key = this.#key(work.id, work.side);
      if (!this.#features.has(key)) this.#features.set(key, new Set());
      for (const value of work.values) this.#turnOn(work.id, work.side, value, work.cause);
      if (this.#visited.has(key)) continue;
      this.#visited.add(key);
      for (const directed of this.#edgesOf(work.id, work.side)) {
        if (!directed.edge.dependency.optional) this.#follow(directed, work.id, work.side, undefined);
      }
    }
  }

  #turnOn(id: number, side: FeatureSide, value: FeatureValue, cause: Cause): void {
    switch (value.kind) {
      case 'feature':
        this.#feature(id, side, value.name, cause);
        break;
      case 'dep':
        this.#dependency(id, side, value.dependency, featureOf(cause));
        break;
      case 'dep-feature':
        this.#dependencyFeature(id, side, value, cause);
    }
  }

  #feature(id: number, side: FeatureSide, name: string, cause: Cause): void {
    const key = this.#key(id, side);
    const on = this.#features.get(key) ?? new Set();
    this.#features.set(key, on);
    if (on.has(name)) return;
    const node = this.#node(id);
    const values = node.features.values(name);
    if (values === undefined && node.package.opaque === undefined) {
      throw new CargoError(
        cause.kind === 'request' || cause.onRequest ? 'cargo/selection' : 'cargo/resolve',
        `${packageLabel(node.locked)} has no feature ${quoted(name)}, which is asked of it`,
        node.locked,
      );
    }
    on.add(name);
    this.#causes?.set(`${key} ${name}`, cause);
    if (values !== undefined)
      this.#push(id, side, values, { kind: 'asked', id, side, by: name, dependency: undefined });
  }

  /** `by` is the feature of the package that turns it on; `undefined` where whoever builds does. */
  #dependency(id: number, side: FeatureSide, name: string, by: string | undefined): void {
    const key = this.#key(id, side);
    const on = this.#dependencies.get(key) ?? new Set();
    this.#dependencies.set(key, on);
    if (on.has(name)) return;
    on.add(name);
    const waitingKey = `${key} ${name}`;
    const waiting = [...(this.#waiting.get(waitingKey) ?? [])];
    this.#waiting.delete(waitingKey);
    for (const directed of this.#edgesOf(id, side)) {
      const { dependency, to } = directed.edge;
      if (dependency.name !== name) continue;
      this.#follow(directed, id, side, by);
      if (to === undefined) continue;
      for (const [feature, cause] of waiting)
        this.#push(to, directed.side, [parseFeatureValue(feature)], cause);
    }
  }

  #dependencyFeature(
    id: number,
    side: FeatureSide,
    { dependency: name, feature, weak }: Extract<FeatureValue, { readonly kind: 'dep-feature' }>,
    cause: Cause,
  ): void {
    const by = featureOf(cause);
    const onRequest = cause.kind === 'request';
    const asked: Cause = { kind: 'asked', id, side, by, dependency: name, onRequest };
    const key = this.#key(id, side);
    for (const { edge, side: toSide } of this.#edgesOf(id, side)) {
      if (edge.dependency.name !== name) continue;
      if (edge.dependency.optional) {
        if (weak && !this.#picking && !this.isActive(id, side, name)) {
          const waitingKey = `${key} ${name}`;
          const waiting = this.#waiting.get(waitingKey) ?? new Map<string, Cause>();
          if (!waiting.has(feature)) waiting.set(feature, asked);
          this.#waiting.set(waitingKey, waiting);
          continue;
        }
        this.#dependency(id, side, name, by);
        // `x/f` means `x` too, where there is such a feature.
        if (!weak && this.#node(id).features.has(name)) this.#feature(id, side, name, cause);
      }
      if (edge.to !== undefined) this.#push(edge.to, toSide, [parseFeatureValue(feature)], asked);
    }
  }

  #follow({ edge, side: toSide }: Directed, from: number, side: FeatureSide, by: string | undefined): void {
    const isMissing = this.#options.pass === 'pick' && this.#options.exact && !edge.isLocked;
    if (edge.to === undefined || isMissing) {
      if (!this.#graph.complete) return;
      if (this.#options.pass === 'build') throw unlocked(this.#node(from), edge);
      if (this.#options.exact) throw missing(this.#node(from), edge);
      // For another platform it may be: what is built decides.
      this.#picked.add(edge);
      return;
    }
    this.#picked.add(edge);
    this.#push(edge.to, toSide, this.#valuesOf(edge, edge.to), {
      kind: 'asked',
      id: from,
      side,
      by,
      dependency: edge.dependency.name,
    });
  }

  /** What a dependency asks of its package: the same in each pass. */
  #valuesOf(edge: Edge, to: number): readonly FeatureValue[] {
    const known = valuesOf.get(edge);
    if (known !== undefined) return known;
    const values = edge.dependency.features.map(parseFeatureValue);
    if (edge.dependency.defaultFeatures && this.#node(to).features.has('default'))
      values.push(defaultFeature);
    valuesOf.set(edge, values);
    return values;
  }

  /** The dependencies that count here, with the side that each is for. */
  #edgesOf(id: number, side: FeatureSide): readonly Directed[] {
    const key = this.#key(id, side);
    const known = this.#edges.get(key);
    if (known !== undefined) return known;
    const edges: Directed[] = [];
    for (const edge of this.#node(id).edges)
      for (const toSide of this.#sidesOf(edge, id, side)) edges.push({ edge, side: toSide });
    this.#edges.set(key, edges);
    return edges;
  }

  /** The sides that a dependency is for; none where it does not count. */
  #sidesOf(edge: Edge, id: number, side: FeatureSide): readonly FeatureSide[] {
    const options = this.#options;
    const { kind, artifact } = edge.dependency;
    if (kind === 'dev' && !options.devDependencies.has(id)) return [];
    if (options.pass === 'pick') return kind === 'dev' && side === 'host' ? [] : ['host'];
    if (!options.picked.has(edge)) return [];
    if (!options.decoupled) return ['target'];
    const own = artifactTarget(side);
    const onHost = side === 'host' || kind === 'build';
    const places = onHost ? options.hosts : own === undefined ? options.targets : [options.named(own)];
    if (!platformMatchesAny(edge.platform, places)) return [];
    const isMacro = edge.to !== undefined && this.#node(edge.to).package.targets.lib?.procMacro === true;
    const library = onHost || isMacro ? 'host' : side;
    if (artifact?.target === undefined) return [library];
    const targets =
      artifact.target === 'target' ? options.targets.map(({ triple }) => triple) : [artifact.target];
    const sides = targets.map((triple): ArtifactSide => `artifact ${triple}`);
    return artifact.lib ? [...sides, library] : sides;
  }
}

const valuesOf = new WeakMap<Edge, readonly FeatureValue[]>();

interface Directed {
  readonly edge: Edge;
  readonly side: FeatureSide;
}

interface Work {
  readonly id: number;
  readonly side: FeatureSide;
  readonly values: readonly FeatureValue[];
  readonly cause: Cause;
}

const requested: Cause = { kind: 'request' };

/** The feature of the same package that a value stands in. */
function featureOf(cause: Cause): string | undefined {
  return cause.kind === 'asked' && cause.dependency === undefined ? cause.by : undefined;
}

/** What stands in a manifest was checked when it was read; what a person asks for is checked here. */
function refuseStranger({ package: pkg, locked }: Node, value: FeatureValue): void {
  if (value.kind === 'feature') return;
  if (pkg.dependencies.some(({ name }) => name === value.dependency)) return;
  throw new CargoError(
    'cargo/selection',
    `${packageLabel(locked)} has no dependency ${quoted(value.dependency)}`,
    locked,
  );
}

const defaultFeature: FeatureValue = { kind: 'feature', name: 'default' };

/** The order in which cargo prints features: by code point, as Rust compares strings. */
export function byCodePoint(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function missing(from: Node, { dependency }: Edge): CargoError {
  return new CargoError(
    'cargo/resolve',
    `the lockfile has no package for ${wanted(dependency)}, which ${packageLabel(from.locked)} needs`,
    from.locked,
  );
}

/**
 * A lockfile is made for the features of members. What a command line turns on beyond them (`--features dep/feature`), cargo
 * 1.95 takes from the registry: it keeps what is locked, and with `--locked` it compares the lockfile for the members alone
 * (cargo: src/ops/resolve.rs, `resolve_ws_with_opts`).
 */
function unlocked(from: Node, { dependency }: Edge): CargoError {
  return new CargoError(
    'cargo/unlocked',
    `with these features ${packageLabel(from.locked)} needs ${wanted(dependency)}, which the lockfile does not have: cargo takes the newest from the registry, with \`--locked\` too`,
    from.locked,
  );
}

function wanted(dependency: Edge['dependency']): string {
  return quoted(`${dependency.package} = "${dependency.requirement ?? '*'}"`);
}
