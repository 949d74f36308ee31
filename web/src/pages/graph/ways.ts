import type { GraphJson } from '../../../../src/server/graph-contract.ts';

export type Node = GraphJson['nodes'][number];

/** Ways to a crate: the nodes that are meant, all that lie on a way to one of them, and the shortest ways. */
export interface Ways {
  readonly meant: ReadonlySet<number>;
  readonly along: ReadonlySet<number>;
  /** Each from a part of the project to one that is meant. */
  readonly shortest: readonly (readonly number[])[];
}

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
  const before = new Map<number, number>();
  const queue = nodes.flatMap(({ isOwn }, i) => (isOwn ? [i] : []));
  for (const root of queue) before.set(root, root);
  for (const from of queue)
    for (const to of nodes[from]?.uses ?? [])
      if (!before.has(to)) {
        before.set(to, from);
        queue.push(to);
      }
  const shortest = meant.flatMap((end) => {
    if (!before.has(end)) return [];
    const way = [end];
    for (let at = end; before.get(at) !== at; ) {
      at = before.get(at) ?? at;
      way.unshift(at);
    }
    return [way];
  });
  return { meant: new Set(meant), along, shortest };
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
