import type { GraphJson } from '../../../../src/server/graph-contract.ts';

export type Node = GraphJson['nodes'][number];

/** Ways to a crate: the nodes that are meant, all that lie on a way to one of them, and the shortest ways. */
export interface Ways {
  readonly meant: ReadonlySet<number>;
  readonly along: ReadonlySet<number>;
  /** Each from a part of the project to one that is meant; of them the first few. */
  readonly shortest: readonly (readonly number[])[];
  /** What each was first come to by, from the project's own parts, which have none. */
  readonly by: ReadonlyMap<number, number>;
}

/** Ways that are told, and packages up to which a tree opens all that lies on one. */
const [mostWays, mostOpened] = [20, 300];

/** Nodes whose name is `to`, or `NAME@VERSION`; where there is none of that name, those whose name has it in it. */
export function meantBy(nodes: readonly Node[], to: string): readonly number[] {
  const [name = '', version] = to.trim().toLowerCase().replaceAll('_', '-').split('@');
  if (name === '') return [];
  const of = (matches: (folded: string) => boolean) =>
    nodes.flatMap((node, i) =>
      matches(node.name.toLowerCase().replaceAll('_', '-')) &&
      (version === undefined || node.version.startsWith(version))
        ? [i]
        : [],
    );
  const whole = of((folded) => folded === name);
  return whole.length > 0 ? whole : of((folded) => folded.includes(name));
}

/** All that lies between the project's own parts and some nodes, and for each of those the shortest way. */
export function waysTo(nodes: readonly Node[], meant: readonly number[]): Ways {
  const users: number[][] = nodes.map(() => []);
  for (const [from, { uses }] of nodes.entries()) for (const to of uses) users[to]?.push(from);
  const along = new Set(meant);
  for (const node of along) for (const user of users[node] ?? []) along.add(user);
  const by = new Map<number, number>();
  const queue = nodes.flatMap(({ isOwn }, i) => (isOwn ? [i] : []));
  const reached = new Set(queue);
  for (const from of queue)
    for (const to of nodes[from]?.uses ?? [])
      if (!reached.has(to)) {
        reached.add(to);
        by.set(to, from);
        queue.push(to);
      }
  const ends = meant.filter((end) => reached.has(end)).slice(0, mostWays);
  const shortest = ends.map((end) => {
    const way = [end];
    for (let at = by.get(end); at !== undefined; at = by.get(at)) way.push(at);
    return way.reverse();
  });
  return { meant: new Set(meant), along, shortest, by };
}

/** Whether a tree opens what lies on a way by itself: once, below what it is first come to by, however many ways there are. */
export function opensItself({ meant, along, by }: Ways, place: number, parent: number | undefined): boolean {
  return meant.size > 0 && along.size <= mostOpened && along.has(place) && by.get(place) === parent;
}

/** A way in words; of a long one, its ends. */
export function sayWay(nodes: readonly Node[], way: readonly number[]): string {
  const names = way.map((place) => `${nodes[place]?.name} ${nodes[place]?.version}`);
  const shown =
    names.length <= 24 ? names : [...names.slice(0, 10), `(${names.length - 20} more)`, ...names.slice(-10)];
  return shown.join(' › ');
}

/** Whether a graph can be drawn: beyond it a browser takes seconds for each look. */
export function isDrawable(nodes: readonly Node[]): boolean {
  return nodes.length <= 25_000 && nodes.reduce((sum, { uses }) => sum + uses.length, 0) <= 150_000;
}

/** How a node looks and is told: what speaks against it first. */
export function lookOf({ state, yanked, advisories, isOwn, registry }: Node): {
  readonly look: 'struck' | 'blocked' | 'held' | 'yanked' | 'fine' | 'own' | 'unknown';
  readonly says: string;
} {
  if (advisories.length > 0) return { look: 'struck', says: advisories.join(', ') };
  if (state === 'blocked' || state === 'withdrawn') return { look: 'blocked', says: 'refused' };
  if (state === 'held') return { look: 'held', says: 'held' };
  if (state === 'review') return { look: 'held', says: 'waits for a review' };
  if (yanked) return { look: 'yanked', says: 'yanked' };
  if (isOwn) return { look: 'own', says: 'of the project' };
  if (state === 'promoted') return { look: 'fine', says: 'handed out' };
  return { look: 'unknown', says: registry === null ? 'from elsewhere' : 'never asked for here' };
}
