import { count, integer, optional, text } from '../column.ts';
import { type Row, table } from '../table.ts';
import type { DeploymentRecord } from './records.ts';

export const deployments = table<DeploymentRecord>('deployments', ['id'], {
  id: count,
  artefactId: count,
  environment: text,
  service: optional(text),
  team: optional(text),
  host: optional(text),
  since: integer,
  statedAt: integer,
  by: text,
  endedAt: optional(integer),
  endedBy: optional(text),
  endedWhy: optional(text),
});

/** The table as Kysely types it. */
export interface DeploymentTables {
  readonly deployments: Row<DeploymentRecord> & { readonly exposure_due: number | null };
}
