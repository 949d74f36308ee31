import { type Fact, known } from './fact.ts';

/** What became of a release's index line since it was first recorded. */
export interface LineFact {
  /** SHA-256 (hex) recorded at first sight; the only one whose bytes may be served. */
  readonly recordedChecksum: string;
  /** SHA-256 (hex) that the line names now. */
  readonly checksum: string;
  /** Epoch milliseconds; when the dependency list changed in place, if it ever did. */
  readonly dependenciesChangedAt?: number | undefined;
  /** Another release of the crate whose version differs only in build metadata, if it came first. */
  readonly sameVersionAs?: string | undefined;
}

/** The line fact of one release. */
export function lineFact(line: LineFact, at: number): Fact<LineFact> {
  return known(line, 'index', at);
}
