import { createHash } from 'node:crypto';
import type { Member, SetRecord } from '../store/inventory/records.ts';
import type { Word } from '../store/inventory/upload-records.ts';
import type { ArtefactStatement } from './statement.ts';

/** What an artefact is made of, by the ids of its components: each once, however often it was named. */
export interface Composition {
  readonly members: ReadonlyMap<number, Part>;
  /** Ids of the components that the artefact itself is, or needs; absent where nobody says so. */
  readonly roots: ReadonlySet<number> | undefined;
}

interface Part extends Word {
  readonly uses: ReadonlySet<number> | undefined;
}

/** A statement's components, whose ids are given in its order. */
export function compositionOf({ components, roots }: ArtefactStatement, ids: readonly number[]): Composition {
  const members = new Map<number, Part>();
  for (const [i, { scope, confidence, method, uses, features }] of components.entries()) {
    const id = ids[i] ?? 0;
    const known = members.get(id);
    const part = { scope, confidence, method, uses: idsOf(uses, ids), features: featureText(features) };
    members.set(id, known === undefined ? part : together(known, part));
  }
  return { members, roots: idsOf(roots, ids) };
}

/** The composition that a set was made of. */
export function compositionIn({ members, roots }: SetRecord): Composition {
  const ids = members.map(({ component }) => component);
  return {
    members: new Map(
      members.map(({ component, uses, ...part }) => [component, { ...part, uses: idsOf(uses, ids) }]),
    ),
    roots: idsOf(roots, ids),
  };
}

/** All that either of two says: nothing that anybody named is lost. */
export function union(one: Composition, other: Composition): Composition {
  const members = new Map(one.members);
  for (const [id, part] of other.members) {
    const known = members.get(id);
    members.set(id, known === undefined ? part : together(known, part));
  }
  return { members, roots: both(one.roots, other.roots) };
}

/** As it is kept, in an order of its own: equal for equal compositions. */
export function setOf({ members, roots }: Composition): Pick<SetRecord, 'digest' | 'members' | 'roots'> {
  const ids = [...members.keys()].toSorted((a, b) => a - b);
  const places = new Map(ids.map((id, i) => [id, i]));
  const positions = (some: ReadonlySet<number> | undefined) =>
    some === undefined ? null : [...some].map((id) => places.get(id) ?? 0).toSorted((a, b) => a - b);
  const kept = {
    members: [...members]
      .toSorted(([a], [b]) => a - b)
      .map(
        ([component, { scope, confidence, method, uses, features }]): Member => ({
          component,
          scope,
          confidence,
          method,
          uses: positions(uses),
          ...(features === undefined ? {} : { features }),
        }),
      ),
    roots: positions(roots),
  };
  return { ...kept, digest: createHash('sha256').update(JSON.stringify(kept)).digest('hex') };
}

const scopes = ['linked', 'build', 'unknown'] as const;
const confidences = ['stated', 'high', 'low'] as const;

/** Features as they are kept: equal for equal ones. */
export function featureText(features: readonly string[] | undefined): string | undefined {
  return features === undefined ? undefined : [...new Set(features)].sort().join(',');
}

/** Of two things that are said of one component, the one that says more. */
export function surerWord(one: Word, other: Word): Word {
  const order =
    confidences.indexOf(one.confidence) - confidences.indexOf(other.confidence) ||
    (one.method < other.method ? -1 : 1);
  const surer = order <= 0 ? one : other;
  const linked = scopes.find((scope) => one.scope === scope || other.scope === scope) ?? 'unknown';
  return {
    scope: linked,
    confidence: surer.confidence,
    method: surer.method,
    features: surer.features ?? one.features ?? other.features,
  };
}

function together(one: Part, other: Part): Part {
  return { ...surerWord(one, other), uses: both(one.uses, other.uses) };
}

function both(
  one: ReadonlySet<number> | undefined,
  other: ReadonlySet<number> | undefined,
): ReadonlySet<number> | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.union(other);
}

function idsOf(
  positions: readonly number[] | null | undefined,
  ids: readonly number[],
): ReadonlySet<number> | undefined {
  return positions === null || positions === undefined
    ? undefined
    : new Set(positions.map((position) => ids[position] ?? 0));
}
