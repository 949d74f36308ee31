/** What can be wrong with a database dump or the way to it. */
export type DumpErrorCode =
  | 'dump/unreachable'
  | 'dump/truncated'
  | 'dump/malformed'
  | 'dump/missing-table'
  | 'dump/missing-column'
  | 'dump/shrunk'
  | 'dump/older'
  | 'dump/busy';

/** A dump that is not taken; what was imported before stays as it is. */
export class DumpError extends Error {
  override readonly name = 'DumpError';
  readonly code: DumpErrorCode;

  constructor(code: DumpErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
