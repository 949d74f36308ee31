import type { CapabilityKind, Confidence } from '../capability/capability.ts';

/** What a line of a file that is no Rust does. */
export interface Said {
  readonly kind: CapabilityKind;
  readonly name?: string;
  readonly confidence: Confidence;
  /** 1-based. */
  readonly line: number;
}

/** What one file says. */
export interface FileSaid {
  readonly said: readonly Said[];
  /** Lines whose commands are put together while they run, as they stand: nobody can read what those do. */
  readonly workedOut: readonly { readonly line: number; readonly text: string }[];
  /** Words that may name further files of the package. */
  readonly words: readonly string[];
}

export const nothingSaid: FileSaid = { said: [], workedOut: [], words: [] };

/** Of a text that is not read from a line on, or not at all: that nobody read it. */
export function unreadFrom(line: number, text: string): FileSaid {
  return { ...nothingSaid, workedOut: [{ line, text }] };
}

/** What two texts say together. */
export function together(all: readonly FileSaid[]): FileSaid {
  return {
    said: all.flatMap(({ said }) => said),
    workedOut: all.flatMap(({ workedOut }) => workedOut),
    words: all.flatMap(({ words }) => words),
  };
}
