/** A policy that a person wants in force, while it takes others who want the same. */
export interface ProposalRecord {
  /** Digest of the policy that it is to take the place of. */
  readonly base: string;
  readonly digest: string;
  readonly by: string;
  readonly text: string;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** When the token ended that it was made with. */
  readonly authorEndedAt: number | null;
}

/** That somebody saw what a text would do in the place of a policy. */
export interface TrialRecord {
  /** SHA-256 (hex) of the text. */
  readonly textDigest: string;
  /** Digest of the policy that it was compared with. */
  readonly base: string;
  /** Epoch milliseconds. */
  readonly at: number;
}
