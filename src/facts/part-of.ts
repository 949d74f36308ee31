import { type Fact, known } from './fact.ts';

/** Where a library is compiled into code that runs while others are compiled. */
export interface PartOfFact {
  /** Crates whose macros or build script it is a part of, sorted. */
  readonly crates: readonly string[];
}

/** The fact of one package of a lockfile; known tools (`syn`, `cc`) are a part of nothing. */
export function partOfFact(crates: readonly string[], at: number): Fact<PartOfFact> {
  return known({ crates }, 'Cargo.lock', at);
}
