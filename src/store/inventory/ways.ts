import type { SetRecord } from './records.ts';

/** How an artefact comes to have a component. */
export interface WayIn {
  /**
   * `own`: it is a part of the project itself. `direct`: the project names it. `transitive`: something else needs it.
   * `unknown`: the list has no edges that lead there.
   */
  readonly relation: 'own' | 'direct' | 'transitive' | 'unknown';
  /** Ids of the components from the project's own to this one, the shortest such way; empty where it is not known. */
  readonly path: readonly number[];
}

/** The shortest way to a component of a set, by the edges that its list has. */
export function wayTo({ members, roots }: Pick<SetRecord, 'members' | 'roots'>, component: number): WayIn {
  const end = members.findIndex((member) => member.component === component);
  if (end === -1 || roots === null || roots.length === 0) return unknownWay;
  const from = new Map<number, number | undefined>(roots.map((root) => [root, undefined]));
  // A map is walked in the order in which it is filled: the nearest first.
  for (const position of from.keys()) {
    if (position === end) break;
    for (const used of members[position]?.uses ?? []) if (!from.has(used)) from.set(used, position);
  }
  if (!from.has(end)) return unknownWay;
  const path: number[] = [];
  for (let at: number | undefined = end; at !== undefined; at = from.get(at))
    path.unshift(members[at]?.component ?? 0);
  return { relation: relationAt(path.length), path };
}

/** How far in a component is that is at the end of a way of so many; 0: of none. */
export function relationAt(length: number): WayIn['relation'] {
  if (length === 0) return 'unknown';
  return length === 1 ? 'own' : length === 2 ? 'direct' : 'transitive';
}

/** A way that nobody knows. */
export const unknownWay: WayIn = { relation: 'unknown', path: [] };
