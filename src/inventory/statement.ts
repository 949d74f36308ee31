import type { ArtefactVerdict } from '../store/inventory/records.ts';

/** What somebody says of one artefact: of its file, where it came from, and what it is made of. Plain JSON. */
export interface ArtefactStatement {
  /** Of the file, or as the document calls it. */
  readonly name: string;
  readonly version?: string | undefined;
  /** Absent where nobody showed the file. */
  readonly file?: StatedFile | undefined;
  /** Target triple. */
  readonly target?: string | undefined;
  /** Where its source is. */
  readonly project?: string | undefined;
  readonly commit?: string | undefined;
  /** When it was built: RFC 3339. */
  readonly built?: string | undefined;
  /** Who built it: `runDetails.builder.id` of provenance. */
  readonly builder?: string | undefined;
  /** SHA-256 (hex) of the Cargo.lock that it was built by. */
  readonly lockfile?: string | undefined;
  /** What the gate, or another verifier, said of it. */
  readonly verdict?: StatedVerdict | undefined;
  /** `traces`: the components are what the binary gives away, and there may be more. */
  readonly knownBy: 'list' | 'traces';
  readonly completeness: 'complete' | 'incomplete' | 'unknown';
  readonly components: readonly StatedComponent[];
  /** Positions of the components that the artefact itself is, or needs; absent where nobody says so. */
  readonly roots?: readonly number[] | undefined;
}

/** What is said of it but for its components. */
export type StatementHead = Omit<ArtefactStatement, 'components' | 'roots'>;

export interface StatedVerdict {
  /** In the gate's words; `passed` and `failed` are those of others. */
  readonly word: ArtefactVerdict;
  /** SHA-256 (hex) of the policy. */
  readonly policy?: string | undefined;
  /** When it was given: RFC 3339. */
  readonly at?: string | undefined;
}

export interface StatedFile {
  /** SHA-256 of its bytes, lower-case hex. */
  readonly sha256: string;
  /** Bytes. */
  readonly size?: number | undefined;
  readonly buildId?: string | undefined;
  /** SHA-256 of what its segments bring into memory (`binary/segments.ts`), of ELF; absent where stripping would change it. */
  readonly segments?: string | undefined;
  /** Which functions it has code of (`FunctionFilter.text`); absent where that is not known. */
  readonly functions?: string | undefined;
  readonly format?: 'elf' | 'pe' | 'macho' | 'wasm' | undefined;
}

export interface StatedComponent {
  readonly purl?: string | undefined;
  readonly name: string;
  /** Absent where it is not known. */
  readonly version?: string | undefined;
  /** Where it is from, where no purl says so. */
  readonly source?: 'local' | 'git' | 'registry' | undefined;
  readonly scope: 'linked' | 'build' | 'unknown';
  /** How it is known: `document`, `list`, or the method of its recovery. */
  readonly method: string;
  readonly confidence: 'stated' | 'high' | 'low';
  /** Positions of the components that it needs; absent where nobody says so. */
  readonly uses?: readonly number[] | undefined;
  /** What it was compiled with; absent where nobody says so. */
  readonly features?: readonly string[] | undefined;
}

/** What is taken of one artefact at most; more than any program has. */
export const maxComponents = 100_000;
export const maxUses = 1_000_000;
