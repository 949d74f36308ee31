import {
  type GraphNode,
  inOrder,
  type ListedRelease,
  mayBeTried,
  nameOf,
} from '../../registry/way-out/choice.ts';
import {
  type Graph,
  type Moves,
  type Placement,
  place,
  refuses,
  updateCommand,
} from '../../registry/way-out/placement.ts';

export type { Moves } from '../../registry/way-out/placement.ts';

/** What can be done about a package that may not stay as it is. */
export type WayOut =
  /** Command lines, to be run in this order. */
  | { readonly kind: 'commands'; readonly commands: readonly string[] }
  /** Nothing fits; a sentence that names what is in the way. */
  | { readonly kind: 'none'; readonly reason: string };

export interface WaysOut {
  /** By package. */
  readonly of: ReadonlyMap<number, WayOut>;
  /** Every line, once, in the order in which they are to be run. */
  readonly lines: readonly string[];
}

/**
 * For each of the packages in `failing` the command lines after which it is gone: the newest release that is allowed and
 * fits every requirement on it, of it or, where there is none, of what depends on it. All lines of all packages can be run
 * one after another; each is there once. Works from the project's packages inwards, since moving one may drop others.
 */
export async function waysOut(
  nodes: readonly GraphNode[],
  order: readonly number[],
  failing: ReadonlySet<number>,
  moves: Moves,
): Promise<WaysOut> {
  const plan = new Plan(nodes, failing, moves);
  const reasons = new Map<number, string>();
  for (const index of order) {
    if (!failing.has(index) || !plan.isThere(index)) continue;
    const reason = await plan.remove(index, 0);
    if (reason !== undefined) reasons.set(index, reason);
  }
  const of = new Map(
    [...failing].map((index) => {
      const commands = plan.commandsFor(index);
      const reason = reasons.get(index) ?? 'Nothing that the project needs leads to it.';
      const way: WayOut =
        commands.length > 0 && !plan.isThere(index)
          ? { kind: 'commands', commands }
          : { kind: 'none', reason };
      return [index, way] as const;
    }),
  );
  return { of, lines: plan.lines };
}

/** So many releases are tried for one package, newest first. */
const maxTries = 20;
/** So far up are dependents moved instead of what they need. */
const maxClimb = 3;

/** The graph as it will be after the lines that were chosen so far. */
class Plan {
  #nodes: GraphNode[];
  readonly #failing: ReadonlySet<number>;
  readonly #moves: Moves;
  /** By package, the lines that moved it or dropped it. */
  #commands = new Map<number, readonly string[]>();
  /** All lines, in the order in which they are to be run. */
  #lines: readonly string[] = [];
  #moved = new Set<number>();
  /** Packages that what is moved now is to do without. */
  readonly #avoided = new Set<number>();
  #reached: ReadonlySet<number>;

  constructor(nodes: readonly GraphNode[], failing: ReadonlySet<number>, moves: Moves) {
    this.#nodes = nodes.map((node) => ({ ...node }));
    this.#failing = failing;
    this.#moves = moves;
    this.#reached = this.#reach();
  }

  /** Whether the package is still there as the lockfile has it. */
  isThere(index: number): boolean {
    return this.#reached.has(index) && !this.#moved.has(index);
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  commandsFor(index: number): readonly string[] {
    return this.#commands.get(index) ?? [];
  }

  /** Moves a package, or what depends on it, so that it is gone. Returns why that is not possible. */
  async remove(index: number, climb: number): Promise<string | undefined> {
    const node = this.#at(index);
    const { source } = node;
    if (source === undefined) return `${node.crate} is the project's own.`;
    const unknown = this.#dependents(index).find((at) => this.#at(at).needs === undefined);
    if (unknown !== undefined) {
      return `What ${nameOf(this.#at(unknown))} requires of ${node.crate} is not known here: move it by hand.`;
    }
    const listed = await this.#moves.releases(node.crate, source);
    const candidates = inOrder(
      listed.filter((release) => release.version !== node.version && mayBeTried(release)),
    );
    const isFitting = ({ version }: ListedRelease) => this.#refusing(index, version).length === 0;
    const { true: fitting = [], false: pinned = [] } = Object.groupBy(candidates, (c) => `${isFitting(c)}`);
    // Those first that can move by themselves, then those whose siblings move with them.
    for (const release of [...fitting.slice(0, maxTries), ...pinned.slice(0, maxTries)]) {
      const placement = await place(this.#graph(), this.#moves, index, release);
      if (placement === undefined) continue;
      this.#move(placement);
      return undefined;
    }
    return await this.#climb(index, candidates, climb);
  }

  /** Nothing of it fits: its dependents are moved, if they can be; else says what is in the way. */
  async #climb(
    index: number,
    candidates: readonly ListedRelease[],
    climb: number,
  ): Promise<string | undefined> {
    const dependents = this.#dependents(index);
    const mayMove = dependents.every((at) => this.#at(at).source !== undefined && !this.#moved.has(at));
    if (mayMove && climb < maxClimb && (await this.#removeAll(dependents, index, climb + 1)))
      return undefined;
    return await this.#sayObstacle(index, candidates);
  }

  /** Moves all of them so that they do without a package, or none. */
  async #removeAll(dependents: readonly number[], avoided: number, climb: number): Promise<boolean> {
    const saved = [this.#nodes, this.#commands, this.#lines, this.#moved, this.#reached] as const;
    [this.#nodes, this.#commands, this.#moved] = [[...saved[0]], new Map(saved[1]), new Set(saved[3])];
    this.#avoided.add(avoided);
    try {
      for (const at of dependents) {
        // One that went with another, or with what it is to do without, needs no line of its own.
        const isDone = !this.#reached.has(at) || !this.#at(at).dependencies.includes(avoided);
        if (isDone || this.#moved.has(avoided) || (await this.remove(at, climb)) === undefined) continue;
        [this.#nodes, this.#commands, this.#lines, this.#moved, this.#reached] = saved;
        return false;
      }
      return true;
    } finally {
      this.#avoided.delete(avoided);
    }
  }

  async #sayObstacle(index: number, candidates: readonly ListedRelease[]): Promise<string> {
    const { crate, source = '' } = this.#at(index);
    for (const { version } of candidates.slice(0, maxTries)) {
      if (!(await this.#moves.allows(crate, version, source))) continue;
      const [obstacle] = this.#refusing(index, version);
      if (obstacle === undefined) continue;
      const { by, requirement } = obstacle;
      return `No release of ${crate} that is allowed fits: ${nameOf(this.#at(by))} requires ${requirement}, and the newest that is allowed is ${version}. Change that requirement first.`;
    }
    const by = this.#dependents(index).map((at) => nameOf(this.#at(at)));
    return `No other release of ${crate} is allowed; ${by.join(', ')} ${by.length === 1 ? 'needs' : 'need'} it.`;
  }

  /** Those whose requirement on a package does not take another version of it. */
  #refusing(index: number, version: string): { readonly by: number; readonly requirement: string }[] {
    const { crate, version: now } = this.#at(index);
    return this.#dependents(index).flatMap((by) =>
      (this.#at(by).needs ?? [])
        .filter((need) => refuses([need], crate, now, version))
        .map(({ requirement }) => ({ by, requirement })),
    );
  }

  #move(placement: Placement): void {
    const { moved, fresh } = placement;
    const command = updateCommand(this.#nodes, placement, (at) => this.#spec(at));
    const before = this.#reached;
    const freed = new Set<number>();
    const nodes = [...this.#nodes, ...fresh];
    for (const [at, { release, dependencies }] of moved) {
      const node = this.#at(at);
      for (const to of node.dependencies) if (!dependencies.includes(to)) freed.add(to);
      nodes[at] = { ...node, version: release.version, needs: release.dependencies, dependencies };
      this.#moved.add(at);
    }
    this.#nodes = nodes;
    this.#reached = this.#reach();
    const gone = [...before].filter((at) => !this.#reached.has(at));
    this.#lines = [...this.#lines, command];
    for (const at of new Set([...moved.keys(), ...gone, ...[...this.#failing].filter((at) => freed.has(at))]))
      this.#commands.set(at, [...this.commandsFor(at), command]);
  }

  #graph(): Graph {
    return { nodes: this.#nodes, reached: this.#reached, avoided: this.#avoided, settled: this.#moved };
  }

  /** How cargo names a package: with its source where two have its name and version. */
  #spec(index: number): string {
    const { crate, version, source } = this.#at(index);
    const twins = this.#nodes.filter((node) => node.crate === crate && node.version === version);
    return twins.length === 1 ? `${crate}@${version}` : `'${source}#${crate}@${version}'`;
  }

  #dependents(index: number): number[] {
    return [...this.#reached].filter((at) => this.#at(at).dependencies.includes(index));
  }

  #reach(): ReadonlySet<number> {
    const reached = new Set([...this.#nodes.keys()].filter((index) => this.#at(index).source === undefined));
    // A set can grow while it is walked.
    for (const index of reached) for (const to of this.#at(index).dependencies) reached.add(to);
    return reached;
  }

  #at(index: number): GraphNode {
    const node = this.#nodes[index];
    if (node === undefined) throw new RangeError(`no package ${index}`);
    return node;
  }
}
