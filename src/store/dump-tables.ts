import type {
  DumpCrate,
  DumpDeleted,
  DumpOwner,
  DumpRecords,
  DumpReserved,
  DumpTable,
  DumpTeam,
  DumpUse,
  DumpUser,
  DumpVersion,
} from '../facts/dump/records.ts';
import { count, flag, integer, oneOf, optional, sha256, text } from './column.ts';
import { type Row, type Table, table } from './table.ts';

// A registry's database dump. Every row carries the number of its import, so that a new dump is taken in beside the old
// one and put in force in one small transaction, however large it is.

/** One import of a dump. */
export interface DumpImport {
  readonly import: number;
  readonly registry: string;
  readonly state: 'loading' | 'current';
  readonly startedAt: number;
  readonly takenAt: number;
  readonly importedAt: number;
  readonly crates: number;
  readonly versions: number;
}

type Imported<R> = R & { readonly import: number };

export const dumpImports = table<DumpImport>('dump_imports', ['import'], {
  import: count,
  registry: text,
  state: oneOf('loading', 'current'),
  startedAt: integer,
  takenAt: integer,
  importedAt: integer,
  crates: count,
  versions: count,
});

export const dumpCrates = table<Imported<DumpCrate>>('dump_crates', ['import', 'id'], {
  import: count,
  id: count,
  key: text,
  name: text,
  createdAt: integer,
  updatedAt: integer,
  trustpubOnly: optional(flag),
});

export const dumpUses = table<Imported<DumpUse>>('dump_uses', ['import', 'crateId'], {
  import: count,
  crateId: count,
  downloads: count,
  recentDownloads: optional(count),
  dependents: optional(count),
  defaultVersion: optional(count),
});

export const dumpVersions = table<Imported<DumpVersion>>('dump_versions', ['import', 'id'], {
  import: count,
  id: count,
  crateId: count,
  num: text,
  createdAt: integer,
  downloads: count,
  yanked: flag,
  license: optional(text),
  checksum: optional(sha256),
  publishedBy: optional(count),
});

export const dumpOwners = table<Imported<DumpOwner>>(
  'dump_owners',
  ['import', 'crateId', 'kind', 'ownerId'],
  {
    import: count,
    crateId: count,
    kind: oneOf('user', 'team'),
    ownerId: count,
    createdAt: integer,
    createdBy: optional(count),
  },
);

export const dumpUsers = table<Imported<DumpUser>>('dump_users', ['import', 'id'], {
  import: count,
  id: count,
  login: text,
  name: optional(text),
  createdAt: optional(integer),
});

export const dumpTeams = table<Imported<DumpTeam>>('dump_teams', ['import', 'id'], {
  import: count,
  id: count,
  login: text,
  name: optional(text),
});

export const dumpDeleted = table<Imported<DumpDeleted>>('dump_deleted', ['import', 'id'], {
  import: count,
  id: count,
  key: text,
  name: text,
  createdAt: integer,
  deletedAt: integer,
  message: optional(text),
});

export const dumpReserved = table<Imported<DumpReserved>>('dump_reserved', ['import', 'key'], {
  import: count,
  key: text,
  name: text,
});

/** The tables with the rows of dumps, by the name that the importer knows them by. */
export const dumpTables: { readonly [T in DumpTable]: Table<Imported<DumpRecords[T]>> } = {
  crates: dumpCrates,
  uses: dumpUses,
  versions: dumpVersions,
  owners: dumpOwners,
  users: dumpUsers,
  teams: dumpTeams,
  deleted: dumpDeleted,
  reserved: dumpReserved,
};

/** The tables as Kysely types them. */
export interface DumpSqlTables {
  readonly dump_imports: Row<DumpImport>;
  readonly dump_crates: Row<Imported<DumpCrate>>;
  readonly dump_uses: Row<Imported<DumpUse>>;
  readonly dump_versions: Row<Imported<DumpVersion>>;
  readonly dump_owners: Row<Imported<DumpOwner>>;
  readonly dump_users: Row<Imported<DumpUser>>;
  readonly dump_teams: Row<Imported<DumpTeam>>;
  readonly dump_deleted: Row<Imported<DumpDeleted>>;
  readonly dump_reserved: Row<Imported<DumpReserved>>;
}
