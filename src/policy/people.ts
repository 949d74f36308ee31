/** A person's act, as far as it takes several people: who did it, when, and when the token ended that they did it with. */
export interface PersonsAct {
  readonly by: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Epoch milliseconds. */
  readonly authorEndedAt?: number | undefined;
}

/** Whether two names are one person's: names that differ only in case, or in how the same letters are written, are. */
export function isSamePerson(a: string, b: string): boolean {
  return folded(a) === folded(b);
}

/** Unicode's compatibility form, and its case away by both mappings, since ẞ, ß and SS meet in capitals only. */
function folded(name: string): string {
  return name.normalize('NFKC').trim().toUpperCase().toLowerCase().normalize('NFKC');
}

/**
 * The first moment at which `count` different people had done the same, with the act of each; `undefined`: never. An act counts
 * only for as long as its author's token does, and for `within` milliseconds, until the others join.
 */
export function together<Act extends PersonsAct>(
  acts: readonly Act[],
  count: number,
  within: number = Number.POSITIVE_INFINITY,
): readonly Act[] | undefined {
  const inOrder = [...acts].sort((a, b) => a.at - b.at);
  for (const [i, last] of inOrder.entries()) {
    const standing = inOrder
      .slice(0, i + 1)
      .filter(
        ({ at, authorEndedAt = Number.POSITIVE_INFINITY }) =>
          authorEndedAt > last.at && last.at - at <= within,
      );
    const people = standing.filter(
      (act, at) => standing.findIndex((other) => isSamePerson(other.by, act.by)) === at,
    );
    if (people.length >= count) return people;
  }
  return undefined;
}
