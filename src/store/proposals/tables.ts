import { integer, optional, text } from '../column.ts';
import { type Row, table } from '../table.ts';
import type { ProposalRecord } from './records.ts';

export const proposals = table<ProposalRecord>('policy_proposals', ['base', 'digest', 'by'], {
  base: text,
  digest: text,
  by: text,
  text,
  reason: text,
  at: integer,
  authorEndedAt: optional(integer),
});

/** The table as Kysely types it. */
export interface ProposalTables {
  readonly policy_proposals: Row<ProposalRecord>;
}
