export type BomErrorCode =
  /** No package URL. */
  | 'bom/purl'
  /** No document of a kind that is read here. */
  | 'bom/format'
  /** A document that breaks its own format's rules. */
  | 'bom/document';

/** A document about components that cannot be read. */
export class BomError extends Error {
  readonly code: BomErrorCode;

  constructor(code: BomErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'BomError';
    this.code = code;
  }
}
