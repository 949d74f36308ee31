/** What a server signed for a CI's token, which counts once. */
export interface SigningRecord {
  /** SHA-256 (hex) of the token, by its issuer and id. */
  readonly identity: string;
  /** Who it was for, in words. */
  readonly who: string;
  /** SHA-256 (hex) of the statements as they were brought; `null`: they came too late, and nothing was signed. */
  readonly statements: string | null;
  readonly signedAt: number;
  /** How often somebody was refused because of it. */
  readonly refusals: number;
  /** Until then the token might be brought once more. */
  readonly keepUntil: number;
}

export interface SigningReader {
  /** What came of the token. */
  signing(identity: string): Promise<SigningRecord | undefined>;
}

export interface SigningWriter {
  /** Inserts or replaces by identity. */
  putSigning(signing: SigningRecord): Promise<void>;
  /** Forgets those whose token nobody would take any more. */
  forgetSignings(before: number): Promise<void>;
}
