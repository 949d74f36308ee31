export type BinaryErrorCode =
  /** No executable of a format that is read here. */
  | 'binary/format'
  /** A table that leads out of the file, or to itself. */
  | 'binary/broken'
  /** More than is read: sections, names, or an embedded list that unpacks to too much. */
  | 'binary/limit';

/** An executable that cannot be read. */
export class BinaryError extends Error {
  readonly code: BinaryErrorCode;

  constructor(code: BinaryErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'BinaryError';
    this.code = code;
  }
}
