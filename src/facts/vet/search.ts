import { hasCriterion } from './criteria.ts';
import { compareVetVersions, type VetVersion } from './version.ts';
import type { Edge, VersionGraph } from './version-graph.ts';

/**
 * Finds how a version meets one criterion: edges that all certify it and lead from nothing to the version, first the
 * one at the root. `undefined` when there is no such way. Of several ways it takes the one with the least caveat
 * anywhere on it, so exemptions come last; then the one that cargo-vet takes (cargo-vet: resolver.rs,
 * `search_for_path`). Like cargo-vet it walks backwards, from the version to the root.
 */
export function findPath(
  graph: VersionGraph,
  criterion: number,
  version: VetVersion,
): readonly Edge[] | undefined {
  const open: Step[] = [{ version, edge: undefined, next: undefined, length: 0, caveat: 0 }];
  const visited = new Set<string>();
  for (let step = takeBest(open); step !== undefined; step = takeBest(open)) {
    if (step.version === undefined) return edgesOf(step);
    if (visited.has(step.version.text)) continue;
    visited.add(step.version.text);
    for (const edge of graph.into.get(step.version.text) ?? []) {
      if (!hasCriterion(edge.criteria, criterion)) continue;
      if (edge.from !== undefined && visited.has(edge.from.text)) continue;
      const caveat = Math.max(edge.caveat, step.caveat);
      open.push({ version: edge.from, edge, next: step, length: step.length + 1, caveat });
    }
  }
  return undefined;
}

/** A way from a version to the one that was asked for. */
interface Step {
  /** `undefined` is the root. */
  readonly version: VetVersion | undefined;
  /** The edge that leads on from `version`, and the way after it; absent at the version that was asked for. */
  readonly edge: Edge | undefined;
  readonly next: Step | undefined;
  readonly length: number;
  /** The worst on the way. */
  readonly caveat: number;
}

function edgesOf(step: Step): Edge[] {
  const edges: Edge[] = [];
  for (let at: Step | undefined = step; at?.edge !== undefined; at = at.next) edges.push(at.edge);
  return edges;
}

/** A crate has some hundred edges at most: looking through them is quicker than keeping them in order. */
function takeBest(open: Step[]): Step | undefined {
  let best = 0;
  for (let i = 1; i < open.length; i++) {
    const [candidate, leader] = [open[i], open[best]];
    if (candidate !== undefined && leader !== undefined && compareSteps(candidate, leader) < 0) best = i;
  }
  return open.splice(best, 1)[0];
}

function compareSteps(a: Step, b: Step): number {
  return (
    a.caveat - b.caveat ||
    compareNodes(a.version, b.version) ||
    compareNodes(exempted(a), exempted(b)) ||
    a.length - b.length ||
    compareOrder(a.edge?.order ?? [], b.edge?.order ?? [])
  );
}

/** Where an exemption is needed, the one of the oldest version lets through the least. */
function exempted(step: Step): VetVersion | undefined {
  return step.caveat === 2 ? step.edge?.to : undefined;
}

function compareNodes(a: VetVersion | undefined, b: VetVersion | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  return compareVetVersions(a, b);
}

function compareOrder(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = (a[i] ?? 0) - (b[i] ?? 0);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
