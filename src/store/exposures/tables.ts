import { count, flag, integer, jsonText, oneOfOrLater, optional, sha256, text } from '../column.ts';
import { type Row, table } from '../table.ts';
import { type ExposureRecord, exposureEnds, exposureWays, type StruckRecord } from './records.ts';

export const struck = table<StruckRecord>('struck', ['componentId', 'advisory'], {
  componentId: count,
  advisory: text,
  body: jsonText,
  since: integer,
});

export const exposures = table<ExposureRecord>('exposures', ['id'], {
  id: count,
  hostId: count,
  path: text,
  componentId: count,
  advisory: text,
  way: oneOfOrLater(...exposureWays),
  artefactId: optional(count),
  digest: optional(sha256),
  deploymentId: optional(count),
  restart: flag,
  knownSince: integer,
  runningSince: integer,
  openedAt: integer,
  closedAt: optional(integer),
  endedBy: optional(oneOfOrLater(...exposureEnds)),
  endedWhy: optional(text),
});

/** The one row of by what the others are. */
export interface ExposureState {
  readonly id: number;
  /** Digests of the readings of advisories, as JSON. */
  readonly readings: string;
  /** The greatest id of the releases that were held against them. */
  readonly lastComponent: number;
}

export const exposureState = table<ExposureState>('exposure_state', ['id'], {
  id: count,
  readings: text,
  lastComponent: count,
});

/** The tables as Kysely types them. */
export interface ExposureTables {
  readonly struck: Row<StruckRecord>;
  readonly exposures: Row<ExposureRecord>;
  readonly exposure_state: Row<ExposureState>;
}
