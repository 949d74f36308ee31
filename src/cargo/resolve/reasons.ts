import type { Cause, FeatureResolver } from './features.ts';
import type { Graph } from './link.ts';

/** Who asks for a feature. */
export interface FeatureReason {
  readonly package: PackageName;
  /** The feature of that package that asks; absent where it asks whatever is on. */
  readonly feature?: string | undefined;
  /** The feature that is asked for; `default` also where nothing was said against it. */
  readonly asks: string;
  /** The dependency that is asked, by its name in the manifest; absent where a feature asks for another of its own. */
  readonly dependency?: string | undefined;
}

/** A package, as a lockfile tells it from others. */
export interface PackageName {
  readonly name: string;
  readonly version: string;
  readonly source: string | undefined;
}

/**
 * From who asks for a feature to what makes that ask; empty for a feature that is off. Ends at what is asked without a
 * condition.
 */
export type FeatureReasons = (pkg: PackageName, feature: string) => readonly FeatureReason[];

/** Far longer than any real chain. */
const maxSteps = 1000;

/** Reads reasons out of a resolver that kept them, for packages as they are built for the target. */
export function featureReasons(graph: Graph, features: FeatureResolver): FeatureReasons {
  return (pkg, feature) => {
    const node = graph.nodes.find(
      ({ locked: { name, version, source } }) =>
        name === pkg.name && version === pkg.version && source?.text === pkg.source,
    );
    if (node === undefined) return [];
    const steps: FeatureReason[] = [];
    let asks = feature;
    let cause = features.causeOf(node.id, 'target', feature);
    while (cause !== undefined && cause.kind !== 'request' && steps.length < maxSteps) {
      steps.push(stepOf(graph, cause, asks));
      const { id, side, by } = cause;
      asks = by ?? asks;
      cause = by === undefined ? undefined : features.causeOf(id, side, by);
    }
    return steps;
  };
}

function stepOf({ nodes }: Graph, { id, by, dependency }: Asking, asks: string): FeatureReason {
  const { name = '', version = '', source } = nodes[id]?.locked ?? {};
  return {
    package: { name, version, source: source?.text },
    ...(by === undefined ? {} : { feature: by }),
    asks,
    ...(dependency === undefined ? {} : { dependency }),
  };
}

type Asking = Extract<Cause, { readonly kind: 'asked' }>;
