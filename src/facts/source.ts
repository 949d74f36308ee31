import type { SourceId } from '../cargo/source-id.ts';
import { type Fact, known } from './fact.ts';

/** Where a package is taken from, as its lockfile says. */
export interface SourceFact {
  /** Absent: it is part of the project itself, a path. */
  readonly source?: SourceId | undefined;
  /** SHA-256 (hex) that the lockfile names; only registries' packages have one. */
  readonly checksum?: string | undefined;
  /** Where the lockfile says so. */
  readonly file?: string | undefined;
  /** 1-based. */
  readonly line?: number | undefined;
}

/** The source fact of one package. */
export function sourceFact(fact: SourceFact, at: number): Fact<SourceFact> {
  return known(fact, 'lockfile', at);
}
