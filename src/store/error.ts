/** What can go wrong at the store's boundary. */
export type StoreErrorCode =
  | 'store/damaged'
  | 'store/locked'
  | 'store/newer'
  | 'store/older'
  | 'store/unreachable'
  | 'store/full'
  | 'store/unstorable'
  | 'store/blob-too-large'
  | 'store/blob-mismatch'
  | 'store/blob-digest';

/** An error of the store, with a message that says what to do. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  /** Values of the failure, such as the digest that was found. */
  readonly details: Readonly<Record<string, string>>;

  constructor(
    code: StoreErrorCode,
    message: string,
    options: { cause?: unknown; details?: Readonly<Record<string, string>> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** Is told of a row that does not read (`store/damaged`). */
export type OnDamage = (error: Error) => void;
