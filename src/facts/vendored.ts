import { type Fact, known } from './fact.ts';

/** How a vendored copy of a release differs from the archive that its checksum names. */
export interface VendoredFact {
  /** Folder of the copy, below the project's. */
  readonly folder: string;
  readonly differences: readonly VendoredDifference[];
  /** Why the copy could not be compared; absent where it was. */
  readonly unchecked?: string | undefined;
}

export interface VendoredDifference {
  readonly how: 'changed' | 'added' | 'missing';
  /** Below the project's folder. */
  readonly file: string;
  /** Where the first difference of a changed text is; 1-based. */
  readonly line?: number | undefined;
}

/** The vendored fact of one release. */
export function vendoredFact(fact: VendoredFact, at: number): Fact<VendoredFact> {
  return known(fact, 'vendored folder', at);
}
