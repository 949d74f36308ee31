import { count, flag, integer, jsonText, oneOf, optional, sha256, text } from '../column.ts';
import { type Row, table } from '../table.ts';
import type { HostRecord, ProcessRecord, RunningRecord } from './records.ts';

// How what hosts run is kept.

export const hosts = table<HostRecord>('hosts', ['id'], {
  id: count,
  name: text,
  bootId: text,
  environment: optional(text),
  team: optional(text),
  service: optional(text),
  session: optional(text),
  sequence: count,
  unread: count,
  seenAt: integer,
  by: text,
});

export const processes = table<ProcessRecord>('processes', ['hostId', 'bootId', 'pid', 'started'], {
  hostId: count,
  bootId: text,
  pid: count,
  started: count,
  path: text,
  digest: optional(sha256),
  buildId: optional(text),
  state: oneOf('present', 'replaced', 'deleted', 'unpackaged'),
  stale: jsonText,
  restart: flag,
  firstSeen: integer,
  endedAt: optional(integer),
});

export const running = table<RunningRecord>('running', ['digest', 'hostId'], {
  digest: sha256,
  hostId: count,
  buildId: optional(text),
  path: text,
  processes: count,
  restart: count,
  since: integer,
});

/** The tables as Kysely types them. */
export interface SightingTables {
  readonly hosts: Row<HostRecord>;
  readonly processes: Row<ProcessRecord>;
  readonly running: Row<RunningRecord>;
}
