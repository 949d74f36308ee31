/** What can go wrong at the upstream's boundary. */
export type RegistryErrorCode =
  | 'registry/unreachable'
  | 'registry/refused'
  | 'registry/not-followed'
  | 'registry/unauthorised'
  | 'registry/too-large'
  /** An archive that was not read within its time. */
  | 'registry/too-slow'
  | 'registry/bad-index'
  | 'registry/bad-config'
  | 'registry/unknown-upstream'
  | 'registry/not-allowed'
  /** This replica does not know what the others decided. */
  | 'registry/behind';

/** An error of the mirror or of its upstream, with a message that a user can act on. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly code: RegistryErrorCode;
  /** HTTP status of the upstream, for `registry/refused` and `registry/unauthorised`. */
  readonly status: number | undefined;
  /** Seconds after which the upstream wants to be asked again, if it said so. */
  readonly retryAfter: number | undefined;

  constructor(
    code: RegistryErrorCode,
    message: string,
    options: { cause?: unknown; status?: number; retryAfter?: number | undefined } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status;
    this.retryAfter = options.retryAfter;
  }
}

/** What a person asked for, and may not have or need not ask for. */
export function notAllowed(message: string): RegistryError {
  return new RegistryError('registry/not-allowed', message);
}
