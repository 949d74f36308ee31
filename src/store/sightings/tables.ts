import { count, flag, integer, jsonText, oneOf, optional, sha256, text } from '../column.ts';
import { type Row, table } from '../table.ts';
import type {
  HostRecord,
  InstalledRecord,
  LoadedMember,
  LoadedSet,
  LoadingRecord,
  ObjectRecord,
  ProcessRecord,
  RunningRecord,
  TamperedRecord,
} from './records.ts';

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
  version: count,
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
  segments: optional(sha256),
  state: oneOf('present', 'replaced', 'deleted', 'unpackaged'),
  stale: jsonText,
  restart: flag,
  loaded: optional(count),
  firstSeen: integer,
  endedAt: optional(integer),
});

export const running = table<RunningRecord>('running', ['digest', 'hostId'], {
  digest: sha256,
  hostId: count,
  buildId: optional(text),
  segments: optional(sha256),
  path: text,
  processes: count,
  restart: count,
  since: integer,
});

export const objects = table<ObjectRecord>('loaded_objects', ['id'], {
  id: count,
  identity: sha256,
  path: text,
  digest: optional(sha256),
  buildId: optional(text),
  state: oneOf('present', 'replaced', 'deleted', 'unpackaged'),
  class: oneOf('program', 'tls', 'database', 'interpreter', 'compute', 'other'),
  componentId: optional(count),
  knownBy: optional(oneOf('database', 'note', 'earlier', 'other')),
  why: optional(text),
});

export const loadedSets = table<LoadedSet>('loaded_sets', ['id'], { id: count, identity: sha256 });

export const loadedMembers = table<LoadedMember>('loaded_members', ['objectId', 'setId', 'how'], {
  objectId: count,
  setId: count,
  how: oneOf('loaded', 'needed', 'possible'),
});

export const loading = table<LoadingRecord>('loading', ['setId', 'hostId', 'path'], {
  setId: count,
  hostId: count,
  path: text,
  digest: optional(sha256),
  processes: count,
  restart: count,
  since: integer,
});

export const installed = table<InstalledRecord>('installed', ['hostId', 'path', 'named', 'by'], {
  hostId: count,
  path: text,
  named: oneOf('unit', 'cron', 'path', 'container', 'other'),
  by: text,
  digest: optional(sha256),
  buildId: optional(text),
  segments: optional(sha256),
  loaded: count,
  since: integer,
});

/** A binary of a host that has the build id of a signed artefact, and other code or data. */
export const tampered = table<TamperedRecord>('tampered', ['hostId', 'digest'], {
  hostId: count,
  digest: sha256,
  path: text,
  artefactId: count,
  openedAt: integer,
});

/** The artefacts that a host runs, and those that it has installed and does not run, as `tied.ts` packs them. */
export interface TiedRecord {
  readonly hostId: number;
  readonly sets: string;
  readonly artefacts: string;
  readonly installedSets: string;
  readonly installedArtefacts: string;
}

export const tied = table<TiedRecord>('tied', ['hostId'], {
  hostId: count,
  sets: text,
  artefacts: text,
  installedSets: text,
  installedArtefacts: text,
});

/** The tables as Kysely types them. */
export interface SightingTables {
  readonly tied: Row<TiedRecord>;
  readonly tampered: Row<TamperedRecord>;
  readonly loaded_objects: Row<ObjectRecord>;
  readonly loaded_sets: Row<LoadedSet>;
  readonly loaded_members: Row<LoadedMember>;
  readonly loading: Row<LoadingRecord>;
  readonly installed: Row<InstalledRecord>;
  readonly hosts: Row<HostRecord> & {
    readonly exposure_due: number | null;
    readonly retired_at: number | null;
    readonly retired_by: string | null;
  };
  readonly processes: Row<ProcessRecord>;
  readonly running: Row<RunningRecord>;
}
