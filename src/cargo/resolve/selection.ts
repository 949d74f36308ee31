import { CargoError, quoted } from '../error.ts';
import { type FeatureValue, featureValueText, parseFeatureValue } from '../manifest/feature.ts';
import type { Resolver } from '../manifest/manifest.ts';
import type { Request } from './features.ts';
import type { Graph, Node } from './link.ts';
import { matchesSpec } from './spec.ts';

/** A workspace, by its packages' indexes in the lockfile. */
export interface Workspace {
  readonly members: readonly number[];
  /** The package of the manifest that was named; `undefined` for a virtual one. */
  readonly current: number | undefined;
  readonly defaultMembers: readonly number[];
  readonly resolver: Resolver;
}

/** What of a workspace is built, as `cargo build` is told. */
export interface Selection {
  /** `-p`; empty: the default members. */
  readonly packages: readonly string[];
  /** `--workspace`. */
  readonly workspace: boolean;
  readonly exclude: readonly string[];
  /** `--features`, each of which may name several. */
  readonly features: readonly string[];
  readonly allFeatures: boolean;
  readonly defaultFeatures: boolean;
  /** Tests, examples and benchmarks too, and with them dev-dependencies. */
  readonly dev: boolean;
}

export interface Selected {
  /** The packages to build. */
  readonly roots: readonly number[];
  /** The members whose features are turned on: the roots, but for packages from outside the workspace. */
  readonly requests: readonly Request[];
}

/**
 * Applies a selection (cargo: src/ops/cargo_compile/packages.rs; src/workspace/workspace.rs,
 * `members_with_features`). Throws `CargoError('cargo/selection')` for what matches nothing.
 */
export function select(graph: Graph, workspace: Workspace, selection: Selection): Selected {
  const roots = selectedPackages(graph, workspace, selection);
  const features = commandFeatures(selection.features);
  const newRules = workspace.current === undefined || workspace.resolver !== '1';
  const requests = newRules
    ? requestsAcross(graph, workspace, roots, selection, features)
    : requestsOfCurrent(graph, workspace, roots, selection, features);
  return { roots, requests };
}

function selectedPackages(graph: Graph, workspace: Workspace, selection: Selection): readonly number[] {
  const { members } = workspace;
  if (selection.exclude.length > 0 && !selection.workspace) {
    throw new CargoError(
      'cargo/selection',
      'packages can be excluded together with the whole workspace only',
    );
  }
  const nodes = members.flatMap((id) => graph.nodes[id] ?? []);
  if (selection.workspace) {
    const left = nodes.filter(({ locked }) => !selection.exclude.some((spec) => matchesSpec(spec, locked)));
    return notEmpty(left.map(({ id }) => id));
  }
  if (selection.packages.length === 0) return notEmpty(workspace.defaultMembers);
  return [...new Set(selection.packages.flatMap((spec) => packagesOf(spec, nodes, graph)))];
}

/** A pattern picks members; anything else one package, which may be a dependency. */
function packagesOf(spec: string, members: readonly Node[], graph: Graph): readonly number[] {
  const ids = (nodes: readonly Node[]) =>
    nodes.filter(({ locked }) => matchesSpec(spec, locked)).map(({ id }) => id);
  if (/[*?[\]]/.test(spec)) {
    const matched = ids(members);
    if (matched.length > 0) return matched;
    throw new CargoError('cargo/selection', `no member of the workspace matches ${quoted(spec)}`);
  }
  const matched = ids(graph.nodes);
  if (matched.length === 1) return matched;
  const reason =
    matched.length === 0 ? 'names no package of the lockfile' : 'names several packages of the lockfile';
  throw new CargoError('cargo/selection', `${quoted(spec)} ${reason}`);
}

function notEmpty(ids: readonly number[]): readonly number[] {
  if (ids.length === 0) throw new CargoError('cargo/selection', 'there is no package to build');
  return ids;
}

function commandFeatures(texts: readonly string[]): readonly FeatureValue[] {
  const words = new Set(texts.flatMap((text) => text.split(/[\s,]+/)).filter((word) => word !== ''));
  return [...words].map((word) => {
    const value = parseFeatureValue(word);
    if (value.kind === 'dep') {
      throw new CargoError(
        'cargo/selection',
        `${quoted(word)} is written without \`dep:\` where features are chosen`,
      );
    }
    if (value.kind === 'dep-feature' && value.feature.includes('/')) {
      throw new CargoError('cargo/selection', `${quoted(word)} has more than one slash`);
    }
    return value;
  });
}

/** Resolver 2, or a virtual workspace: each feature goes to every selected member that has it. */
function requestsAcross(
  graph: Graph,
  workspace: Workspace,
  roots: readonly number[],
  selection: Selection,
  features: readonly FeatureValue[],
): readonly Request[] {
  const { allFeatures: all, defaultFeatures } = selection;
  const found = new Set<FeatureValue>();
  const members = workspace.members.filter((id) => roots.includes(id));
  if (members.length === 0) {
    if (features.length > 0 || all || !defaultFeatures) {
      throw new CargoError('cargo/selection', 'features cannot be chosen for packages outside the workspace');
    }
    return workspace.members.map((id) => ({ id, values: [], all: false, defaultFeatures: true }));
  }
  const requests = members.flatMap((id) => {
    const node = graph.nodes[id];
    if (node === undefined) return [];
    return [{ id, values: featuresOfMember(node, features, found), all, defaultFeatures }];
  });
  const unknown = features.filter((value) => !found.has(value)).map(featureValueText);
  if (unknown.length > 0) throw noSuchFeature(unknown, members, graph);
  return requests;
}

function noSuchFeature(unknown: readonly string[], members: readonly number[], graph: Graph): CargoError {
  const names = members.map((id) => quoted(graph.nodes[id]?.locked.name ?? ''));
  const which =
    names.length === 1 ? `${names[0]} has no feature` : `none of ${names.join(', ')} has a feature`;
  return new CargoError('cargo/selection', `${which} ${unknown.map(quoted).join(', ')}`);
}

function featuresOfMember(
  node: Node,
  features: readonly FeatureValue[],
  found: Set<FeatureValue>,
): readonly FeatureValue[] {
  const { dependencies } = node.package;
  const has = (name: string) =>
    node.features.has(name) ||
    dependencies.some((dependency) => dependency.optional && dependency.name === name);
  return features.flatMap((value): readonly FeatureValue[] => {
    if (value.kind === 'feature') return has(value.name) ? [note(value, value)] : [];
    if (value.kind === 'dep') return [];
    if (dependencies.some(({ name }) => name === value.dependency)) return [note(value, value)];
    const own = value.dependency === node.package.name && has(value.feature);
    return own ? [note(value, { kind: 'feature', name: value.feature })] : [];
  });

  function note(asked: FeatureValue, given: FeatureValue): FeatureValue {
    found.add(asked);
    return given;
  }
}

/** Resolver 1: features are the current package's, but for `member/feature`. */
function requestsOfCurrent(
  graph: Graph,
  workspace: Workspace,
  roots: readonly number[],
  selection: Selection,
  features: readonly FeatureValue[],
): readonly Request[] {
  const { allFeatures: all, defaultFeatures } = selection;
  const name = (id: number) => graph.nodes[id]?.package.name;
  const others = workspace.members.filter((id) => id !== workspace.current);
  const ofMembers = new Map<string, FeatureValue[]>();
  const own = features.filter((value) => {
    const isMembers =
      value.kind === 'dep-feature' &&
      others.some((id) => name(id) === value.dependency) &&
      roots.some((id) => name(id) === value.dependency);
    if (!isMembers) return true;
    const values = ofMembers.get(value.dependency) ?? [];
    ofMembers.set(value.dependency, [...values, { kind: 'feature', name: value.feature }]);
    return false;
  });
  return workspace.members.flatMap((id) => {
    if (id === workspace.current) return [{ id, values: own, all, defaultFeatures }];
    if (!roots.includes(id)) return [];
    return [{ id, values: ofMembers.get(name(id) ?? '') ?? [], all, defaultFeatures: true }];
  });
}
