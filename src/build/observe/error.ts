/** Why a build could not be observed. Stable: callers and documents rely on these codes. */
export type ObserveErrorCode =
  | 'observe/no-strace'
  | 'observe/not-traced'
  | 'observe/not-cargo'
  | 'observe/no-bubblewrap'
  | 'observe/not-confined';

/** The one error of this folder. */
export class ObserveError extends Error {
  override readonly name = 'ObserveError';
  readonly code: ObserveErrorCode;
  /** One sentence. */
  readonly next: string;

  constructor(
    code: ObserveErrorCode,
    message: string,
    more: { readonly next: string; readonly cause?: unknown },
  ) {
    super(message, { cause: more.cause });
    this.code = code;
    this.next = more.next;
  }
}
