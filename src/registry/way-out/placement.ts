import { compatibleWith, matches } from '../../cargo/requirement.ts';
import { parseVersion } from '../../cargo/version.ts';
import {
  type GraphNode,
  inOrder,
  type LineDependency,
  type ListedRelease,
  mayBeTried,
  takes,
} from './choice.ts';

/** Where other releases are found, and whether they would pass. */
export interface Moves {
  /** Every release of a crate from a source. */
  readonly releases: (crate: string, source: string) => Promise<readonly ListedRelease[]>;
  /** Whether a release would pass in the graph. */
  readonly allows: (crate: string, version: string, source: string) => Promise<boolean>;
}

/** A graph of packages, as far as placing another release in it needs it. Packages are meant by their indexes. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  /** What the project's own packages lead to. */
  readonly reached: ReadonlySet<number>;
  /** Packages that what is placed is to do without. */
  readonly avoided: ReadonlySet<number>;
  /** Packages that have moved already: they stay where they are. */
  readonly settled: ReadonlySet<number>;
}

/** What stands in a package's place. */
export interface Placed {
  readonly release: ListedRelease;
  readonly dependencies: readonly number[];
}

/** What one command does to a graph. */
export interface Placement {
  /** By package: the one that was meant, and those that must move with it. */
  readonly moved: ReadonlyMap<number, Placed>;
  /** Of those, the one that was meant, and those above it that cannot be where they are now with it as it was. */
  readonly firm: ReadonlySet<number>;
  /** Packages that come in; their indexes follow on the present ones. */
  readonly fresh: readonly GraphNode[];
}

/** So deep may what a release brings along bring more. */
const maxNew = 8;
/** So many packages may have to move together. */
const maxTogether = 24;

/**
 * What has to move for a release to take a package's place: siblings that require each other exactly can only move
 * together. `undefined` where that is not possible, or something of it is not allowed.
 */
export async function place(
  graph: Graph,
  moves: Moves,
  index: number,
  release: ListedRelease,
): Promise<Placement | undefined> {
  return await new Placing(graph, moves).run(index, release);
}

type Node = { -readonly [Key in keyof GraphNode]: GraphNode[Key] };

class Placing {
  readonly #graph: Graph;
  readonly #moves: Moves;
  readonly #moved = new Map<number, ListedRelease>();
  readonly #firm = new Set<number>();
  readonly #fresh: Node[] = [];

  constructor(graph: Graph, moves: Moves) {
    this.#graph = graph;
    this.#moves = moves;
  }

  async run(index: number, release: ListedRelease): Promise<Placement | undefined> {
    this.#moved.set(index, release);
    this.#firm.add(index);
    const placed = new Map<number, Placed>();
    // A map can grow while it is walked.
    for (const [at, its] of this.#moved) {
      const dependencies = (await this.#pull(at, its)) ? await this.#neededOf(at, its) : undefined;
      if (dependencies === undefined || this.#moved.size > maxTogether) return undefined;
      placed.set(at, { release: its, dependencies });
    }
    if (![...placed].every(([at, its]) => this.#fits(at, its))) return undefined;
    for (const [at, its] of this.#moved)
      if (!(await this.#allows(this.#at(at), its.version))) return undefined;
    for (const node of this.#fresh) if (!(await this.#allows(node, node.version))) return undefined;
    return { moved: placed, firm: this.#firm, fresh: this.#fresh };
  }

  /** Moves the dependents that do not take the release in the place of a package. Returns whether all can be moved. */
  async #pull(at: number, { version }: ListedRelease): Promise<boolean> {
    const { crate, version: now } = this.#at(at);
    for (const by of this.#graph.reached) {
      const node = this.#at(by);
      if (this.#moved.has(by) || !node.dependencies.includes(at)) continue;
      if (!refuses(node.needs, crate, now, version)) continue;
      const its = await this.#partner(by, crate, version);
      if (its === undefined) return false;
      this.#moved.set(by, its);
      const isLoose = requirementsOn(its.dependencies, crate).some((requirement) => takes(requirement, now));
      if (!isLoose && this.#firm.has(at)) this.#firm.add(by);
    }
    return true;
  }

  /** The newest release of a dependent that goes with a release of what it needs, compatible with its own. */
  async #partner(by: number, crate: string, version: string): Promise<ListedRelease | undefined> {
    const node = this.#at(by);
    if (node.source === undefined || this.#graph.settled.has(by)) return undefined;
    const listed = await this.#moves.releases(node.crate, node.source);
    return inOrder(listed.filter(mayBeTried)).find(
      (release) =>
        !release.yanked &&
        areCompatible(release.version, node.version) &&
        requirementsOn(release.dependencies, crate).some((requirement) => takes(requirement, version)),
    );
  }

  async #neededOf(at: number, release: ListedRelease): Promise<readonly number[] | undefined> {
    const { source = '', dependencies } = this.#at(at);
    const active = new Set(dependencies.map((to) => this.#at(to).crate));
    return await this.#needed(release, source, active, dependencies, 0);
  }

  /** What a release would depend on: packages that are there, such as move with it, or new ones. */
  async #needed(
    release: ListedRelease,
    source: string,
    active: ReadonlySet<string>,
    preferred: readonly number[],
    depth: number,
  ): Promise<readonly number[] | undefined> {
    const found: number[] = [];
    for (const { crate, requirement, optional } of release.dependencies) {
      // What is switched on is what was switched on before.
      if (optional && !active.has(crate)) continue;
      const here = [...preferred, ...this.#graph.reached].find((at) => {
        const node = this.#at(at);
        const isTaken = takes(requirement, this.#moved.get(at)?.version ?? node.version);
        const isAvoided = this.#graph.avoided.has(at) && !this.#moved.has(at);
        return node.crate === crate && node.source !== undefined && isTaken && !isAvoided;
      });
      const index = here ?? (await this.#bring(crate, requirement, source, depth + 1));
      if (index === undefined) return undefined;
      found.push(index);
    }
    return found;
  }

  /**
   * Cargo takes the newest release that it is shown and that fits. Of those that are compatible with each other there is one
   * in a graph: what is there is moved.
   */
  async #bring(
    crate: string,
    requirement: string,
    source: string,
    depth: number,
  ): Promise<number | undefined> {
    if (depth > maxNew) return undefined;
    const { nodes, reached, settled } = this.#graph;
    const known = this.#fresh.findIndex((node) => node.crate === crate && takes(requirement, node.version));
    if (known !== -1) return nodes.length + known;
    const listed = await this.#moves.releases(crate, source);
    const release = inOrder(listed.filter(mayBeTried)).find(
      ({ version, yanked }) => !yanked && takes(requirement, version),
    );
    if (release === undefined) return undefined;
    const present = [...reached].find((at) => {
      const node = this.#at(at);
      return node.crate === crate && node.source === source && areCompatible(node.version, release.version);
    });
    if (present !== undefined) {
      if (this.#moved.has(present) || settled.has(present)) return undefined;
      this.#moved.set(present, release);
      return present;
    }
    const index = nodes.length + this.#fresh.length;
    const node: Node = {
      crate,
      version: release.version,
      source,
      needs: release.dependencies,
      dependencies: [],
    };
    this.#fresh.push(node);
    const dependencies = await this.#needed(release, source, new Set(), [], depth);
    if (dependencies === undefined) return undefined;
    node.dependencies = dependencies;
    return index;
  }

  /** Whether what was chosen for a package goes with what was chosen after it. */
  #fits(at: number, { release, dependencies }: Placed): boolean {
    const active = new Set(this.#at(at).dependencies.map((to) => this.#at(to).crate));
    return release.dependencies.every(({ crate, requirement, optional }) => {
      if (optional && !active.has(crate)) return true;
      return dependencies.some((to) => {
        const node = this.#graph.nodes[to] ?? this.#fresh[to - this.#graph.nodes.length];
        return node?.crate === crate && takes(requirement, this.#moved.get(to)?.version ?? node.version);
      });
    });
  }

  #allows({ crate, source = '' }: GraphNode, version: string): Promise<boolean> {
    return this.#moves.allows(crate, version, source);
  }

  #at(index: number): GraphNode {
    const node = this.#graph.nodes[index];
    if (node === undefined) throw new RangeError(`no package ${index}`);
    return node;
  }
}

/** Whether a requirement that the present version of a crate fits does not take another one. */
export function refuses(
  needs: readonly LineDependency[] | undefined,
  crate: string,
  now: string,
  version: string,
): boolean {
  return requirementsOn(needs, crate).some(
    (requirement) => takes(requirement, now) && !takes(requirement, version),
  );
}

/** A crate may be required twice, in incompatible versions, under two names. */
function requirementsOn(needs: readonly LineDependency[] | undefined, crate: string): readonly string[] {
  return (needs ?? []).filter((need) => need.crate === crate).map(({ requirement }) => requirement);
}

function areCompatible(a: string, b: string): boolean {
  const [one, other] = [parseVersion(a), parseVersion(b)];
  return matches(compatibleWith(one), other) || matches(compatibleWith(other), one);
}

/**
 * The line for a placement. Cargo (1.95) takes several packages with `--precise`: the first gets that version, and the
 * others, with everything below any of them, are chosen anew to go with it. So the first is one that all others have to
 * follow, and beside it those are named that no other one leads to. `spec` says how cargo names a package.
 */
export function updateCommand(
  nodes: readonly GraphNode[],
  { moved, firm }: Placement,
  spec: (index: number) => string,
): string {
  const below = new Map([...moved.keys()].map((at) => [at, belowOf(nodes, at)]));
  const isAbove = (at: number, other: number) =>
    at !== other && below.get(at)?.has(other) === true && below.get(other)?.has(at) !== true;
  const tops = (among: Iterable<number>) => {
    const all = [...among];
    return all.filter((at) => !all.some((other) => isAbove(other, at)));
  };
  const [first] = tops(firm);
  if (first === undefined) throw new RangeError('a placement of nothing');
  const others = tops(moved.keys()).filter((at) => at !== first);
  return `cargo update ${[first, ...others].map(spec).join(' ')} --precise ${moved.get(first)?.release.version}`;
}

function belowOf(nodes: readonly GraphNode[], index: number): ReadonlySet<number> {
  const found = new Set([index]);
  // A set can grow while it is walked.
  for (const at of found) for (const to of nodes[at]?.dependencies ?? []) found.add(to);
  return found;
}
