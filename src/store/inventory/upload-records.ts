import type { Member } from './records.ts';

/** What is said of a component beside which it is and what it needs. Many of an artefact are said to be the same. */
export type Word = Omit<Member, 'component' | 'uses'>;

/** An artefact that is sent in parts, from its first part until it is known what became of it. */
export interface UploadRecord {
  /** Random: who knows it, and is who began it, may go on. */
  readonly id: string;
  /** Name of the token that began it. */
  readonly by: string;
  /** When something of it came last: epoch milliseconds. */
  readonly touchedAt: number;
  /** Components and edges of its parts so far. */
  readonly components: number;
  readonly uses: number;
  /** SHA-256 of what was asked for at its end, and the answer to that as JSON; `null`: it has not ended. */
  readonly request: string | null;
  readonly answer: string | null;
}

/** One of its parts: components, edges, or what the artefact itself needs. */
export interface UploadPart {
  readonly upload: string;
  /** From 1. */
  readonly number: number;
  /** SHA-256 of its bytes. */
  readonly digest: string;
  readonly kind: 'components' | 'uses' | 'roots';
  /** How many components, edges or roots it has. */
  readonly size: number;
  /** Whether one of its components is a library of a system, or C code. */
  readonly hasLibrary: boolean;
  /** What is said of components, each once; which of them is said of each. */
  readonly words: readonly Word[];
  readonly wordOf: ArrayLike<number>;
  /** Ids of components; or edges: from, how many, and those by position among all; or positions. */
  readonly numbers: ArrayLike<number>;
}

/** What is known of a part without its content. */
export type UploadPartHead = Pick<UploadPart, 'number' | 'digest' | 'kind' | 'size' | 'hasLibrary'>;
