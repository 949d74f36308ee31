import type { ForeignBom, ForeignComponent } from './foreign.ts';

/** Who is given what is read of a document that is read bit by bit. */
export interface BomVisitor {
  /** A component, as far as it says which it is. */
  readonly component: (each: ForeignComponent) => void;
  /** What one needs: references. */
  readonly needs: (from: string, to: readonly string[]) => void;
}

/** A document that is read bit by bit: its bytes are given from the first to the last, as often as it takes. Throws `BomError`. */
export interface BomPieces {
  /** How often it is gone through. */
  readonly passes: number;
  readonly push: (chunk: Buffer) => void;
  /** Between two times. */
  readonly again: () => void;
  /** What it says of itself, after the last time. */
  readonly end: () => Omit<ForeignBom, 'components' | 'dependencies'>;
}
