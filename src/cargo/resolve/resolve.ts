import { type Target, targetOf } from '../cfg/target.ts';
import { CargoError } from '../error.ts';
import type { Lockfile } from '../lockfile.ts';
import type { Package } from '../manifest/package.ts';
import { artifactTarget, byCodePoint, FeatureResolver, type Request, type Side } from './features.ts';
import { type Edge, type Graph, linkGraph, type Node, type Patches, packageLabel } from './link.ts';
import { type FeatureReasons, featureReasons } from './reasons.ts';
import { checkLocked } from './required.ts';
import { areSame } from './same-list.ts';
import { type Selected, type Selection, select, type Workspace } from './selection.ts';
import { type Overridden, type Unit, type UnitUse, unitsOf } from './units.ts';

/** A project as its files have it. */
export interface ProjectInput {
  readonly lockfile: Lockfile;
  /** What is known of the lockfile's packages, in its order. */
  readonly packages: readonly Package[];
  readonly patches: Patches;
  readonly workspace: Workspace;
}

/** A project whose lockfile fits its manifests: it can be resolved in many ways. */
export interface LinkedProject {
  readonly graph: Graph;
  readonly workspace: Workspace;
}

/** What of a project is built, and for what. */
export interface BuildInput {
  readonly selection: Selection;
  readonly target: Target;
  /** Other targets of the same call of cargo: what they turn on is on for all. */
  readonly besides?: readonly Target[] | undefined;
  /** The machines that may build: macros and build scripts run there. Several: what any of them would build. */
  readonly hosts: readonly Target[];
  /** A target that a dependency names (`-Z bindeps`); absent: as rustc lists it. */
  readonly named?: ((triple: string) => Target) | undefined;
  /** The `links` whose build scripts are not built; absent: none. */
  readonly overridden?: Overridden | undefined;
}

export interface Resolution {
  /** By name, version, source, then what they are built for. */
  readonly packages: readonly BuiltPackage[];
  /** What was asked to be built: indexes into `packages`. */
  readonly roots: readonly number[];
}

/** A package as it is built: for the target, or for the machine that builds, with one set of features. */
export interface BuiltPackage {
  readonly name: string;
  readonly version: string;
  /** As the lockfile writes it; `undefined` for a member or another path. */
  readonly source: string | undefined;
  readonly checksum: string | undefined;
  readonly builtFor: Side;
  /** The target that a dependency names for it (`-Z bindeps`); absent: that of the build. */
  readonly named?: string | undefined;
  /** Sorted by code point. */
  readonly features: readonly string[];
  /** What its manifest declares; absent where that is not known. */
  readonly declares?: Pick<Package, 'features' | 'dependencies'> | undefined;
  readonly procMacro: boolean;
  /** Whether its build script is compiled and run for it. */
  readonly buildScript: boolean;
  /** Why it is not known from its own words. */
  readonly opaque: string | undefined;
  /** Why nobody knows whether it is a macro or has a build script: it is taken as neither. */
  readonly unread?: string | undefined;
  readonly uses: readonly PackageUse[];
}

export interface PackageUse {
  /** Index into `packages`. */
  readonly package: number;
  readonly kind: 'normal' | 'dev' | 'build';
  /** Its name in the depending package, where that is another than its own. */
  readonly as: string | undefined;
}

/**
 * Links the packages of a lockfile as their manifests ask. Throws `CargoError('cargo/resolve')` where the lockfile does not
 * fit them: cargo would change it, or with `--locked` refuse.
 */
export function linkProject({ lockfile, packages, patches, workspace }: ProjectInput): LinkedProject {
  const graph = linkGraph(lockfile, packages, patches);
  checkLocked(graph, workspace.members);
  return { graph, workspace };
}

/**
 * Exactly what `cargo build` would compile, with which features, for host or target, without running anything. Throws
 * `CargoError('cargo/selection')` where cargo refuses what is asked for: a feature or a package that is not there;
 * `cargo/unlocked` where it would take what no lockfile has.
 */
export function resolve(project: LinkedProject, build: BuildInput): Resolution {
  const { graph } = project;
  const { selection, target, hosts, named = targetOf, overridden = noneOverridden } = build;
  const { roots, requests, features } = activated(project, build, false);
  const requested = new Set(requests.map(({ id }) => id));
  const units = unitsOf(graph, roots, {
    features,
    target,
    hosts,
    named,
    overridden,
    dev: selection.dev,
    requested,
  });
  return packagesOf(units, graph, features, new Set(roots));
}

/** Why features are on that are on in a resolution of the same input. */
export function reasonsOf(project: LinkedProject, build: BuildInput): FeatureReasons {
  return featureReasons(project.graph, activated(project, build, true).features);
}

function activated(
  { graph, workspace }: LinkedProject,
  { selection, target, besides = [], hosts, named = targetOf }: BuildInput,
  reasons: boolean,
): Selected & { readonly features: FeatureResolver } {
  const { roots, requests } = select(graph, workspace, selection);
  const decoupled = workspace.resolver !== '1';
  const features = new FeatureResolver(graph, {
    pass: 'build',
    picked: pickedFor(graph, requests),
    decoupled,
    devDependencies: new Set(decoupled && !selection.dev ? [] : requests.map(({ id }) => id)),
    targets: [target, ...besides],
    hosts,
    named,
    reasons,
  });
  features.activate(requests);
  return { roots, requests, features };
}

/** What is picked is the same for all platforms, and most projects are built for several. */
function pickedFor(graph: Graph, requests: readonly Request[]): ReadonlySet<Edge> {
  const asked = JSON.stringify(requests);
  const known = lastPicked.get(graph);
  if (known?.asked === asked) return known.picked;
  const picks = new FeatureResolver(graph, {
    pass: 'pick',
    exact: false,
    devDependencies: new Set(requests.map(({ id }) => id)),
  });
  picks.activate(requests);
  lastPicked.set(graph, { asked, picked: picks.picked });
  return picks.picked;
}

const lastPicked = new WeakMap<Graph, { readonly asked: string; readonly picked: ReadonlySet<Edge> }>();

const noneOverridden: Overridden = { target: new Set(), host: new Set() };

/**
 * Cargo builds artifacts of dependencies behind an unstable flag only: without it, it refuses. Throws
 * `CargoError('cargo/bindeps')`.
 */
export function refuseArtifacts(lockfile: Lockfile, packages: readonly Package[]): void {
  for (const [id, pkg] of packages.entries()) {
    const dependency = pkg.dependencies.find(({ artifact }) => artifact !== undefined);
    if (dependency === undefined) continue;
    throw new CargoError(
      'cargo/bindeps',
      `${packageLabel(pkg)} depends on an artifact of \`${dependency.package}\`: \`artifact = …\` requires \`-Z bindeps\``,
      lockfile.packages[id],
    );
  }
}

/** Units of a package that are for the same side and have the same features are one built package. */
function packagesOf(
  units: readonly Unit[],
  graph: Graph,
  features: FeatureResolver,
  roots: ReadonlySet<number>,
): Resolution {
  const groups: Group[] = [];
  const byId = new Map<number, Group[]>();
  const groupOf = new Map<Unit, Group>();
  for (const unit of units) {
    const node = graph.nodes[unit.id];
    if (node === undefined) continue;
    const { builtFor } = unit;
    const on = features.featuresOf(unit.id, unit.features) ?? [];
    const named = builtFor === 'target' ? artifactTarget(unit.features) : undefined;
    const known = byId.get(unit.id) ?? [];
    byId.set(unit.id, known);
    let group = known.find(
      (one) => one.builtFor === builtFor && one.named === named && areSame(one.features, on),
    );
    if (group === undefined) {
      group = { node, builtFor, named, features: on, units: [] };
      known.push(group);
      groups.push(group);
    }
    group.units.push(unit);
    groupOf.set(unit, group);
  }
  const sorted = groups.sort(compareGroups);
  const index = new Map(sorted.map((group, i) => [group, i]));
  const indexOf = (unit: Unit) => index.get(groupOf.get(unit) as Group) as number;
  return {
    packages: sorted.map((group) => builtPackage(group, indexOf)),
    roots: sorted.flatMap((group, i) => (roots.has(group.node.id) ? [i] : [])),
  };
}

interface Group {
  readonly node: Node;
  readonly builtFor: Side;
  readonly named: string | undefined;
  readonly features: readonly string[];
  readonly units: Unit[];
}

function compareGroups(a: Group, b: Group): number {
  const [left, right] = [a.node.locked, b.node.locked];
  return (
    byCodePoint(left.name, right.name) ||
    a.node.id - b.node.id ||
    byCodePoint(b.builtFor, a.builtFor) ||
    byCodePoint(a.features.join(), b.features.join())
  );
}

function builtPackage(
  { node, builtFor, named, features, units }: Group,
  indexOf: (unit: Unit) => number,
): BuiltPackage {
  const { name, version, source, checksum } = node.locked;
  return {
    name,
    version,
    source: source?.text,
    checksum,
    builtFor,
    ...(named === undefined ? {} : { named }),
    features,
    declares: node.package.opaque === undefined ? node.package : undefined,
    procMacro: node.package.targets.lib?.procMacro === true,
    buildScript: units.some(({ kind }) => kind === 'build-script'),
    opaque: node.package.opaque,
    unread: node.package.unread,
    uses: usesOf(
      units.flatMap(({ uses }) => uses),
      indexOf,
    ),
  };
}

function usesOf(uses: readonly UnitUse[], indexOf: (unit: Unit) => number): readonly PackageUse[] {
  const found = new Map<string | number, PackageUse>();
  for (const { unit, dependency } of uses) {
    if (dependency === undefined) continue;
    const { kind, name } = dependency;
    const as = name === dependency.package ? undefined : name;
    const use = { package: indexOf(unit), kind, as };
    const id = use.package * kinds.length + kinds.indexOf(kind);
    found.set(as === undefined ? id : `${id} ${as}`, use);
  }
  return [...found.values()].sort((a, b) => a.package - b.package);
}

const kinds: readonly PackageUse['kind'][] = ['normal', 'dev', 'build'];
