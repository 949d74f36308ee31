import { integer, optional, text } from '../column.ts';
import { type Row, table } from '../table.ts';
import type { ProposalRecord, TrialRecord } from './records.ts';

export const proposals = table<ProposalRecord>('policy_proposals', ['base', 'digest', 'by'], {
  base: text,
  digest: text,
  by: text,
  text,
  reason: text,
  at: integer,
  authorEndedAt: optional(integer),
});

export const trials = table<TrialRecord>('policy_trials', ['textDigest', 'base'], {
  textDigest: text,
  base: text,
  at: integer,
});

/** The tables as Kysely types them. */
export interface ProposalTables {
  readonly policy_proposals: Row<ProposalRecord>;
  readonly policy_trials: Row<TrialRecord>;
}
