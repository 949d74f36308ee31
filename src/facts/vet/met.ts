import { hasCriterion } from './criteria.ts';
import { compareText, type VetVersion } from './version.ts';
import type { Edge, Origin, VersionGraph } from './version-graph.ts';

/** What a way relies on: the organisations whose word it takes, and what is less than somebody's look at the code. */
export interface Reliance {
  /** Sorted. */
  readonly organisations: readonly string[];
  /** Nobody looked: an exemption lets it pass. */
  readonly exemption: boolean;
  /** Nobody looked: whoever published it is trusted. */
  readonly publisher: boolean;
}

export interface Way extends Reliance {
  /** From the root to the version. */
  readonly path: readonly Edge[];
}

/**
 * Every way in which a version meets a criterion that takes the word of no more than it must: none of them relies on
 * all that another relies on. Whoever trusts some of the organisations so finds what holds for them.
 */
export function leastWays(graph: VersionGraph, criterion: number, version: VetVersion): Way[] {
  const root = '';
  const kept = new Map<string, Label[]>();
  const open: Label[] = [{ version, edge: undefined, next: undefined, needs: new Set() }];
  for (let label = takeLeast(open); label !== undefined; label = takeLeast(open)) {
    const node = label.version?.text ?? root;
    const others = kept.get(node) ?? [];
    if (others.some(({ needs }) => needs.isSubsetOf(label.needs))) continue;
    kept.set(node, [...others, label]);
    if (label.version === undefined) continue;
    for (const edge of graph.into.get(label.version.text) ?? []) {
      if (!hasCriterion(edge.criteria, criterion)) continue;
      const needs = new Set([...label.needs, ...needsOf(edge.origin)]);
      open.push({ version: edge.from, edge, next: label, needs });
    }
  }
  return (kept.get(root) ?? [])
    .map((label) => ({
      organisations: [...label.needs]
        .filter((need) => need !== exemption && need !== publisher)
        .sort(compareText),
      exemption: label.needs.has(exemption),
      publisher: label.needs.has(publisher),
      path: pathOf(label),
    }))
    .sort(mostReliableFirst);
}

/** Somebody's look at the code before anything else, then the word of fewer. */
function mostReliableFirst(a: Way, b: Way): number {
  return (
    Number(a.exemption) - Number(b.exemption) ||
    Number(a.publisher) - Number(b.publisher) ||
    a.organisations.length - b.organisations.length ||
    compareText(a.organisations.join('\n'), b.organisations.join('\n'))
  );
}

interface Label {
  readonly version: VetVersion | undefined;
  readonly edge: Edge | undefined;
  readonly next: Label | undefined;
  readonly needs: ReadonlySet<string>;
}

// No organisation can have these names: they are not those of a TOML key as people write it.
const exemption = '\u0000exemption';
const publisher = '\u0000publisher';

function needsOf(origin: Origin): readonly string[] {
  switch (origin.kind) {
    case 'audit':
      return [origin.organisation];
    case 'wildcard':
    case 'trusted':
      return [origin.organisation, publisher];
    case 'exemption':
      return [exemption];
    case 'unpublished':
      return [];
  }
}

/** The fewest needs first, so that a label once kept is never bettered; then the first that came. */
function takeLeast(open: Label[]): Label | undefined {
  let best = 0;
  for (let i = 1; i < open.length; i++) {
    if ((open[i]?.needs.size ?? 0) < (open[best]?.needs.size ?? 0)) best = i;
  }
  return open.splice(best, 1)[0];
}

function pathOf(label: Label): Edge[] {
  const edges: Edge[] = [];
  for (let at: Label | undefined = label; at?.edge !== undefined; at = at.next) edges.push(at.edge);
  return edges;
}
