/** What the author of an audits file says of one criterion of their own. */
export interface CriteriaEntry {
  readonly description: string | undefined;
  readonly descriptionUrl: string | undefined;
  /** Criteria that this one includes. */
  readonly implies: readonly string[];
}

/** The criteria that one store knows, numbered, each with everything that it implies. */
export interface Criteria {
  /** `safe-to-run`, `safe-to-deploy`, then the store's own by name. */
  readonly names: readonly string[];
  /** By number: the criterion itself and all that it implies, however indirectly. */
  readonly closures: readonly CriteriaSet[];
}

/** A set of criteria: bit `n` stands for the criterion with number `n`. */
export type CriteriaSet = bigint;

export const safeToRun = 'safe-to-run';
export const safeToDeploy = 'safe-to-deploy';
export const noCriteria: CriteriaSet = 0n;

/** Numbers the criteria of a store and closes `implies` transitively. Implied names that nobody defines are left out. */
export function defineCriteria(entries: ReadonlyMap<string, Pick<CriteriaEntry, 'implies'>>): Criteria {
  const own = [...entries.keys()].filter((name) => !isBuiltIn(name)).sort();
  const names = [safeToRun, safeToDeploy, ...own];
  const numbers = new Map(names.map((name, number) => [name, number]));
  const direct = names.map((name) =>
    name === safeToDeploy ? [0] : isBuiltIn(name) ? [] : numbersOf(entries.get(name)?.implies ?? [], numbers),
  );
  return { names, closures: names.map((_, number) => closureOf(number, direct)) };
}

/** The criterion that implies itself, if one does: cargo-vet refuses such a store. */
export function selfImplying(
  entries: ReadonlyMap<string, Pick<CriteriaEntry, 'implies'>>,
): string | undefined {
  const reaches = (from: string, wanted: string, seen: Set<string>): boolean =>
    (entries.get(from)?.implies ?? []).some((name) => {
      if (name === wanted) return true;
      if (seen.has(name)) return false;
      seen.add(name);
      return reaches(name, wanted, seen);
    });
  return [...entries.keys()].find((name) => reaches(name, name, new Set()));
}

/** The set of some criteria and of all that they imply. Names that the store does not know count for nothing. */
export function criteriaSet(criteria: Criteria, names: Iterable<string>): CriteriaSet {
  let set = noCriteria;
  for (const name of names) {
    const number = criteria.names.indexOf(name);
    if (number !== -1) set |= criteria.closures[number] ?? noCriteria;
  }
  return set;
}

/** Every criterion there is. */
export function allCriteria(criteria: Criteria): CriteriaSet {
  return (1n << BigInt(criteria.names.length)) - 1n;
}

/** The numbers in a set, smallest first. */
export function numbersIn(criteria: Criteria, set: CriteriaSet): number[] {
  return criteria.names.flatMap((_, number) => (hasCriterion(set, number) ? [number] : []));
}

export function hasCriterion(set: CriteriaSet, number: number): boolean {
  return ((set >> BigInt(number)) & 1n) === 1n;
}

/** Whether `set` holds everything in `wanted`. */
export function includesAll(set: CriteriaSet, wanted: CriteriaSet): boolean {
  return (set & wanted) === wanted;
}

/** The names in a set without those that another of them implies: `safe-to-deploy` says `safe-to-run` too. */
export function shortestNames(criteria: Criteria, set: CriteriaSet): string[] {
  const numbers = numbersIn(criteria, set);
  return numbers
    .filter((number) =>
      numbers.every(
        (other) => other === number || !hasCriterion(criteria.closures[other] ?? noCriteria, number),
      ),
    )
    .map((number) => criteria.names[number] ?? '');
}

export function isBuiltIn(name: string): boolean {
  return name === safeToRun || name === safeToDeploy;
}

function numbersOf(names: readonly string[], numbers: ReadonlyMap<string, number>): number[] {
  return names.flatMap((name) => numbers.get(name) ?? []);
}

function closureOf(number: number, direct: readonly (readonly number[])[]): CriteriaSet {
  let set = noCriteria;
  const open = [number];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (hasCriterion(set, next)) continue;
    set |= 1n << BigInt(next);
    open.push(...(direct[next] ?? []));
  }
  return set;
}
