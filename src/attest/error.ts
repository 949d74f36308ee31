/** What is wrong with a signed statement, or a key. Stable: callers and documents rely on these codes. */
export type AttestErrorCode =
  | 'attest/key'
  | 'attest/bundle'
  /** The signature is not that key's over these bytes. */
  | 'attest/signature'
  /** It is no timestamp, or proves nothing. */
  | 'attest/timestamp'
  /** A service of Sigstore refuses, or answers something else. */
  | 'attest/service'
  /** It is no statement, or says nothing of what it should. */
  | 'attest/statement';

/** The one error of this room. */
export class AttestError extends Error {
  override readonly name = 'AttestError';
  readonly code: AttestErrorCode;

  constructor(code: AttestErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
