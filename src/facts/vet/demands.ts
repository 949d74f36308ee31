import { type Policies, policyOf } from './config-file.ts';
import {
  type Criteria,
  type CriteriaSet,
  criteriaSet,
  noCriteria,
  safeToDeploy,
  safeToRun,
} from './criteria.ts';
import type { VetGraph, VetNode } from './packages.ts';

/**
 * What each package has to meet (cargo-vet: resolver.rs, `resolve_requirements`). A root is deployed; what tests use
 * is run; and every package passes on to what it is built with all that is demanded of it, unless a policy replaces
 * that.
 */
export function demandsOf(
  graph: VetGraph,
  policies: Policies,
  criteria: Criteria,
): ReadonlyMap<VetNode, CriteriaSet> {
  const demands = new Map<VetNode, CriteriaSet>();
  const add = (node: VetNode, set: CriteriaSet) => demands.set(node, (demands.get(node) ?? noCriteria) | set);
  for (const node of graph.nodes) {
    if (node.testedWith.length === 0) continue;
    const policy = policyOf(policies, node.name, node.version);
    const tested = policy?.devCriteria ?? [safeToRun];
    for (const dependency of node.testedWith) {
      add(dependency, criteriaSet(criteria, policy?.dependencyCriteria.get(dependency.name) ?? tested));
    }
  }
  for (const node of graph.dependentsFirst) {
    const policy = policyOf(policies, node.name, node.version);
    if (policy?.criteria !== undefined) demands.set(node, criteriaSet(criteria, policy.criteria));
    else if (node.root) add(node, criteriaSet(criteria, [safeToDeploy]));
    const passedOn = demands.get(node) ?? noCriteria;
    for (const dependency of node.builtWith) {
      const special = policy?.dependencyCriteria.get(dependency.name);
      add(dependency, special === undefined ? passedOn : criteriaSet(criteria, special));
    }
  }
  return demands;
}
