/** A file that is no advisory. A feed that cannot be had as a whole is a `FeedError`. */
export class AdvisoryError extends Error {
  override readonly name = 'AdvisoryError';
  /** Stable: callers and documents rely on it. */
  readonly code = 'advisories/file';

  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
  }
}
