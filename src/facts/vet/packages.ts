import { type Policies, policyOf } from './config-file.ts';
import { compareText, compareVetVersions, type VetVersion } from './version.ts';

/** One package of a resolved dependency graph: what cargo-vet needs to know of it. */
export interface VetPackage {
  readonly name: string;
  readonly version: VetVersion;
  /** Whether it comes from crates.io itself: all else is one's own code, unless a policy says otherwise. */
  readonly fromCratesIo: boolean;
  readonly workspaceMember: boolean;
  /** Indexes into the list that it stands in. */
  readonly dependencies: readonly VetDependency[];
}

export interface VetDependency {
  readonly package: number;
  readonly kinds: readonly ('normal' | 'build' | 'dev')[];
}

/** A package with its place in the graph. */
export interface VetNode {
  readonly name: string;
  readonly version: VetVersion;
  /** Whether it needs audits. */
  readonly thirdParty: boolean;
  /** A workspace member that no other package is built with. */
  readonly root: boolean;
  readonly builtWith: readonly VetNode[];
  readonly testedWith: readonly VetNode[];
}

/** The graph in the orders that resolving wants. */
export interface VetGraph {
  /** By name and version: the order of every list in a report. */
  readonly nodes: readonly VetNode[];
  /** Every package before those that it is built with. */
  readonly dependentsFirst: readonly VetNode[];
}

/**
 * Orders a dependency graph (cargo-vet: resolver.rs, `DepGraph::new`). Only workspace members are tested, so only
 * their dev-dependencies count; they do not keep a member from being a root.
 */
export function vetGraph(packages: readonly VetPackage[], policies: Policies): VetGraph {
  const nodes = packages.map((each): MutableNode => {
    const policy = policyOf(policies, each.name, each.version);
    return {
      name: each.name,
      version: each.version,
      thirdParty: each.fromCratesIo || policy?.auditAsCratesIo === true,
      root: each.workspaceMember,
      builtWith: [],
      testedWith: [],
    };
  });
  const targets = (each: VetPackage, wanted: readonly string[]) =>
    each.dependencies
      .filter(({ kinds }) => kinds.some((kind) => wanted.includes(kind)))
      .flatMap((dependency) => nodes[dependency.package] ?? []);
  for (const [index, each] of packages.entries()) {
    const node = nodes[index];
    if (node === undefined) continue;
    node.builtWith = targets(each, ['normal', 'build']);
    node.testedWith = each.workspaceMember ? targets(each, ['dev']) : [];
  }
  const members = nodes.filter((node) => node.root);
  const built = new Set<MutableNode>();
  for (const member of members) visit(member, built);
  for (const node of built) for (const dependency of node.builtWith) dependency.root = false;
  const all = new Set(built);
  for (const member of members) for (const node of member.testedWith) visit(node, all);
  return { nodes: nodes.sort(compareNodes), dependentsFirst: [...all].reverse() };
}

interface MutableNode extends VetNode {
  root: boolean;
  builtWith: MutableNode[];
  testedWith: MutableNode[];
}

/** Adds a package after all that it is built with. Not recursive: graphs can be deep. */
function visit(start: MutableNode, done: Set<MutableNode>): void {
  const entered = new Set<MutableNode>();
  const open = [start];
  for (let node = open.at(-1); node !== undefined; node = open.at(-1)) {
    if (done.has(node) || entered.has(node)) {
      open.pop();
      done.add(node);
      continue;
    }
    entered.add(node);
    for (const dependency of node.builtWith.toReversed()) if (!done.has(dependency)) open.push(dependency);
  }
}

function compareNodes(a: VetNode, b: VetNode): number {
  return compareText(a.name, b.name) || compareVetVersions(a.version, b.version);
}
