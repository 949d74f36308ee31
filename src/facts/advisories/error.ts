/** Stable: callers and documents rely on these codes. */
export type AdvisoryErrorCode =
  /** One file is no advisory. */
  | 'advisories/file'
  /** The feed's address is none, or of a kind that is not known. */
  | 'advisories/source'
  /** The feed could not be read. */
  | 'advisories/unreachable'
  /** The feed was read and holds no advisory. */
  | 'advisories/empty'
  /** The feed is larger than the limits allow. */
  | 'advisories/too-large';

/** The one error of this folder: a feed, or a file of it, that cannot be used. */
export class AdvisoryError extends Error {
  override readonly name = 'AdvisoryError';
  readonly code: AdvisoryErrorCode;

  constructor(code: AdvisoryErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
