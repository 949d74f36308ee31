// What is kept of a registry's database dump. Ids are the registry's own; times are epoch milliseconds; `null` stands
// for what the dump leaves empty or does not have. A `key` is a name in lower case with `-` for `_`.

export interface DumpCrate {
  readonly id: number;
  readonly key: string;
  readonly name: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Whether releases are taken from trusted publishers only. */
  readonly trustpubOnly: boolean | null;
}

/** How much a crate is used: told by several tables, known when all were read. */
export interface DumpUse {
  readonly crateId: number;
  readonly downloads: number;
  /** Sum of the days that the dump has, about 90. */
  readonly recentDownloads: number | null;
  /** Crates whose default version depends on it, development dependencies aside. */
  readonly dependents: number | null;
  /** Version that the registry's page shows. */
  readonly defaultVersion: number | null;
}

export interface DumpVersion {
  readonly id: number;
  readonly crateId: number;
  readonly num: string;
  readonly createdAt: number;
  readonly downloads: number;
  readonly yanked: boolean;
  readonly license: string | null;
  /** SHA-256 (hex) of the archive. */
  readonly checksum: string | null;
  /** User; `null` also for what a trusted publisher published. */
  readonly publishedBy: number | null;
}

export interface DumpOwner {
  readonly crateId: number;
  readonly kind: 'user' | 'team';
  readonly ownerId: number;
  readonly createdAt: number;
  /** User who added the owner. */
  readonly createdBy: number | null;
}

export interface DumpUser {
  readonly id: number;
  readonly login: string;
  readonly name: string | null;
  readonly createdAt: number | null;
}

export interface DumpTeam {
  readonly id: number;
  readonly login: string;
  readonly name: string | null;
}

/** A crate that is no more. One name may have been deleted several times. */
export interface DumpDeleted {
  readonly id: number;
  readonly key: string;
  readonly name: string;
  readonly createdAt: number;
  readonly deletedAt: number;
  readonly message: string | null;
}

/** A name that nobody may take. */
export interface DumpReserved {
  readonly key: string;
  readonly name: string;
}

/** The tables that are kept, by name. */
export interface DumpRecords {
  readonly crates: DumpCrate;
  readonly uses: DumpUse;
  readonly versions: DumpVersion;
  readonly owners: DumpOwner;
  readonly users: DumpUser;
  readonly teams: DumpTeam;
  readonly deleted: DumpDeleted;
  readonly reserved: DumpReserved;
}

export type DumpTable = keyof DumpRecords;

/** The dump that is in force. */
export interface DumpState {
  readonly registry: string;
  /** When the registry took the dump. */
  readonly takenAt: number;
  readonly importedAt: number;
  readonly crates: number;
  readonly versions: number;
}
