import { noCriteria, numbersIn, shortestNames } from './criteria.ts';
import { demandsOf } from './demands.ts';
import type { VetGraph } from './packages.ts';
import { findPath } from './search.ts';
import type { VetStore } from './store.ts';
import { type Edge, type VersionGraph, versionGraph } from './version-graph.ts';
import { type Conflict, conflictsOf } from './violations.ts';

/** Whether a dependency graph is audited as its store demands. */
export type VetConclusion =
  | {
      readonly kind: 'success';
      /** By audits alone. */
      readonly fully: readonly PackageVersion[];
      /** By audits that start from an exemption. */
      readonly partially: readonly PackageVersion[];
      /** By an exemption of that very version. */
      readonly exempted: readonly PackageVersion[];
    }
  | { readonly kind: 'fail'; readonly failures: readonly VetFailure[] }
  | { readonly kind: 'violations'; readonly violations: readonly PackageConflicts[] };

export interface PackageVersion {
  readonly name: string;
  readonly version: string;
}

export interface VetFailure extends PackageVersion {
  /** What nobody certifies, without what it implies. */
  readonly missing: readonly string[];
}

export interface PackageConflicts extends PackageVersion {
  readonly conflicts: readonly Conflict[];
}

/** Judges a dependency graph. Contradictions go before failures, as nothing can be built on them. */
export function resolve(graph: VetGraph, store: VetStore): VetConclusion {
  const demands = demandsOf(graph, store.policies, store.criteria);
  const crates = new Map<string, CrateView>();
  const violations: PackageConflicts[] = [];
  const failures: VetFailure[] = [];
  const vetted: Record<Support, PackageVersion[]> = { fully: [], partially: [], exempted: [] };
  for (const node of graph.nodes) {
    if (!node.thirdParty) continue;
    const package_ = { name: node.name, version: node.version.text };
    const view = crates.get(node.name) ?? viewCrate(store, node.name);
    crates.set(node.name, view);
    if (view.conflicts.length > 0) {
      violations.push({ ...package_, conflicts: view.conflicts });
      continue;
    }
    const paths: (readonly Edge[])[] = [];
    let missing = noCriteria;
    for (const criterion of numbersIn(store.criteria, demands.get(node) ?? noCriteria)) {
      const path = findPath(view.graph, criterion, node.version);
      if (path === undefined) missing |= 1n << BigInt(criterion);
      else paths.push(path);
    }
    if (missing !== noCriteria)
      failures.push({ ...package_, missing: shortestNames(store.criteria, missing) });
    vetted[supportOf(paths)].push(package_);
  }
  if (violations.length > 0) return { kind: 'violations', violations };
  return failures.length > 0 ? { kind: 'fail', failures } : { kind: 'success', ...vetted };
}

interface CrateView {
  readonly graph: VersionGraph;
  readonly conflicts: readonly Conflict[];
}

type Support = 'fully' | 'partially' | 'exempted';

function viewCrate(store: VetStore, crate: string): CrateView {
  return { graph: versionGraph(store, crate), conflicts: conflictsOf(store, crate) };
}

/** One criterion that rests on a bare exemption makes the whole package exempted. */
function supportOf(paths: readonly (readonly Edge[])[]): Support {
  const kinds = paths.map((path) => path.map(({ origin }) => origin.kind));
  if (!kinds.flat().includes('exemption')) return 'fully';
  const bare = kinds.some((path) => path.every((kind) => kind === 'exemption' || kind === 'unpublished'));
  return bare ? 'exempted' : 'partially';
}
