import { vexJustifications, vexStatuses } from '../../bom/vex/statement.ts';
import { count, digests, flag, integer, oneOf, optional, sha256, text } from '../column.ts';
import { type Row, table } from '../table.ts';
import type { CoverRecord, StatementRecord } from './records.ts';

export const statements = table<StatementRecord>('vex_statements', ['id'], {
  id: count,
  advisory: text,
  aliases: digests,
  componentId: count,
  status: oneOf(...vexStatuses),
  justification: optional(oneOf(...vexJustifications)),
  impact: optional(text),
  action: optional(text),
  author: text,
  document: optional(text),
  statedAt: integer,
  until: integer,
  by: text,
  takenAt: integer,
  ended: flag,
  withdrawnAt: optional(integer),
  withdrawnBy: optional(text),
  withdrawnWhy: optional(text),
});

export const covers = table<CoverRecord>('vex_covers', ['statementId', 'place'], {
  statementId: count,
  place: count,
  componentId: count,
  project: optional(text),
  target: optional(text),
  name: text,
  artefact: optional(sha256),
  features: optional(text),
});

/** The tables as Kysely types them. */
export interface VexTables {
  readonly vex_statements: Row<Omit<StatementRecord, 'aliases'>> & { readonly aliases: string };
  readonly vex_covers: Row<CoverRecord>;
}
