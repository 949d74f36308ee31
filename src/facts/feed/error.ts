/** Stable: callers and documents rely on these codes. */
export type FeedErrorCode =
  /** The feed's address is none, or of a kind that is not known. */
  | 'feed/source'
  /** The feed could not be read. */
  | 'feed/unreachable'
  /** The feed was read and holds nothing. */
  | 'feed/empty'
  /** The feed is larger than the limits allow. */
  | 'feed/too-large';

/** The one error of this folder: a feed that cannot be had. */
export class FeedError extends Error {
  override readonly name = 'FeedError';
  readonly code: FeedErrorCode;

  constructor(code: FeedErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
