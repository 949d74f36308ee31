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
