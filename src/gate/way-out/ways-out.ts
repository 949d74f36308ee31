import type { ListedRelease } from '../../registry/locked/listing.ts';
import { type GraphNode, inOrder, mayBeTried, nameOf, takes } from './choice.ts';

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

/** Where other releases are found, and whether they would pass. */
export interface Moves {
  /** Every release of a crate from a source. */
  readonly releases: (crate: string, source: string) => Promise<readonly ListedRelease[]>;
  /** Whether a release would pass in the graph. */
  readonly allows: (crate: string, version: string, source: string) => Promise<boolean>;
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
/** So deep may what a release brings along bring more. */
const maxNew = 8;

type Node = { -readonly [Key in keyof GraphNode]: GraphNode[Key] };

interface Placement {
  readonly release: ListedRelease;
  readonly dependencies: readonly number[];
  /** Packages that come in with it; their indexes follow on the present ones. */
  readonly fresh: readonly Node[];
}

/** The graph as it will be after the lines that were chosen so far. */
class Plan {
  #nodes: Node[];
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
    const fitting = candidates.filter(({ version }) => this.#refusing(index, version).length === 0);
    for (const release of fitting.slice(0, maxTries)) {
      const placement = await this.#place(node, release);
      if (placement === undefined) continue;
      this.#move(index, placement);
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
        // One that went with another needs no line of its own.
        if (!this.#reached.has(at) || (await this.remove(at, climb)) === undefined) continue;
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
        .filter(
          (need) => need.crate === crate && takes(need.requirement, now) && !takes(need.requirement, version),
        )
        .map(({ requirement }) => ({ by, requirement })),
    );
  }

  /** Whether a release may take a package's place, with everything that it needs; `undefined`: no. */
  async #place(node: Node, release: ListedRelease): Promise<Placement | undefined> {
    const { crate, source = '' } = node;
    if (!(await this.#moves.allows(crate, release.version, source))) return undefined;
    const fresh: Node[] = [];
    const active = new Set(node.dependencies.map((at) => this.#at(at).crate));
    const dependencies = await this.#needed(release, source, active, node.dependencies, fresh, 0);
    return dependencies === undefined ? undefined : { release, dependencies, fresh };
  }

  /** What a release would depend on: packages that are there, or new ones that are allowed. */
  async #needed(
    release: ListedRelease,
    source: string,
    active: ReadonlySet<string>,
    preferred: readonly number[],
    fresh: Node[],
    depth: number,
  ): Promise<readonly number[] | undefined> {
    const found: number[] = [];
    for (const { crate, requirement, optional } of release.dependencies) {
      // What is switched on is what was switched on before.
      if (optional && !active.has(crate)) continue;
      const here = [...preferred, ...this.#reached].find((at) => {
        const node = this.#at(at);
        const fits = node.crate === crate && node.source !== undefined && !this.#avoided.has(at);
        return fits && takes(requirement, node.version);
      });
      const index = here ?? (await this.#bringNew(crate, requirement, source, fresh, depth + 1));
      if (index === undefined) return undefined;
      found.push(index);
    }
    return found;
  }

  /** Cargo takes the newest release that it is shown and that fits. */
  async #bringNew(
    crate: string,
    requirement: string,
    source: string,
    fresh: Node[],
    depth: number,
  ): Promise<number | undefined> {
    if (depth > maxNew) return undefined;
    const known = fresh.findIndex((node) => node.crate === crate && takes(requirement, node.version));
    if (known !== -1) return this.#nodes.length + known;
    const listed = await this.#moves.releases(crate, source);
    const [release] = inOrder(
      listed.filter(
        (release) => mayBeTried(release) && !release.yanked && takes(requirement, release.version),
      ),
    );
    if (release === undefined || !(await this.#moves.allows(crate, release.version, source)))
      return undefined;
    const index = this.#nodes.length + fresh.length;
    const node: Node = {
      crate,
      version: release.version,
      source,
      needs: release.dependencies,
      dependencies: [],
    };
    fresh.push(node);
    const dependencies = await this.#needed(release, source, new Set(), [], fresh, depth);
    if (dependencies === undefined) return undefined;
    node.dependencies = dependencies;
    return index;
  }

  #move(index: number, { release, dependencies, fresh }: Placement): void {
    const node = this.#at(index);
    const command = `cargo update ${this.#spec(index)} --precise ${release.version}`;
    const before = this.#reached;
    this.#nodes.push(...fresh);
    this.#nodes[index] = { ...node, version: release.version, needs: release.dependencies, dependencies };
    this.#moved.add(index);
    this.#reached = this.#reach();
    const gone = [...before].filter((at) => !this.#reached.has(at));
    this.#lines = [...this.#lines, command];
    const freed = [...this.#failing].filter(
      (at) => node.dependencies.includes(at) && !dependencies.includes(at),
    );
    for (const at of new Set([index, ...gone, ...freed]))
      this.#commands.set(at, [...this.commandsFor(at), command]);
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

  #at(index: number): Node {
    const node = this.#nodes[index];
    if (node === undefined) throw new RangeError(`no package ${index}`);
    return node;
  }
}
