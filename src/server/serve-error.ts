/** Why the server cannot start, with what to do about it. */
export class ServeError extends Error {
  override readonly name = 'ServeError';
  readonly code:
    | 'serve/bad-address'
    | 'serve/cannot-listen'
    | 'serve/unreadable'
    | 'serve/open'
    | 'serve/no-watch'
    | 'serve/share-port'
    | 'serve/policy-file';

  constructor(code: ServeError['code'], message: string, options?: { cause: unknown }) {
    super(message, options);
    this.code = code;
  }
}
