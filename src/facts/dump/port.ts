import type {
  DumpCrate,
  DumpOwner,
  DumpRecords,
  DumpState,
  DumpTable,
  DumpUse,
  DumpVersion,
} from './records.ts';

/** Reads the dump of a registry that was imported last. Without one every answer is empty. */
export interface DumpReader {
  state(registry: string): Promise<DumpState | undefined>;
  /** By name; case, `-` and `_` make no difference. */
  crate(registry: string, name: string): Promise<DumpedCrate | undefined>;
  owners(registry: string, crateId: number): Promise<readonly DumpedOwner[]>;
  /** Releases of a crate, the oldest first. */
  versions(registry: string, crateId: number): Promise<readonly DumpedVersion[]>;
  /** Crates that a user has published, with their downloads. */
  publishedBy(registry: string, userId: number): Promise<readonly DumpedName[]>;
  /** Names of crates that have an owner in common with this one. */
  ownedAlongside(registry: string, crateId: number): Promise<readonly string[]>;
  /** A page of the names that have so many downloads, by id: a registry has hundreds of thousands. */
  names(registry: string, page: NamesPage): Promise<readonly DumpedName[]>;
  /** Whether a name was deleted or is reserved. */
  gone(registry: string, name: string): Promise<GoneName>;
}

export interface NamesPage {
  readonly leastDownloads: number;
  /** Only crates with a greater id. */
  readonly after: number;
  readonly limit: number;
}

export interface DumpedCrate extends DumpCrate, Omit<DumpUse, 'crateId'> {}

export interface DumpedOwner extends DumpOwner {
  readonly login: string;
  readonly name: string | null;
  /** When the user came to the registry. */
  readonly registeredAt: number | null;
}

export interface DumpedVersion extends DumpVersion {
  readonly publisherLogin: string | null;
  readonly publisherRegisteredAt: number | null;
}

export interface DumpedName {
  readonly id: number;
  readonly name: string;
  readonly downloads: number;
  readonly createdAt: number;
}

export interface GoneName {
  /** The deletions of a crate of that name, the last first. */
  readonly deleted: readonly { readonly deletedAt: number; readonly message: string | null }[];
  readonly reserved: boolean;
}

/** Takes a new dump in beside the old one, which stays in force until `commit`. */
export interface DumpLoader {
  begin(registry: string, now: number): Promise<DumpLoad>;
  /** Forgets the dump that is in force; `false` where there is none. */
  forget(registry: string): Promise<boolean>;
}

export interface DumpLoad {
  /** Thousands of rows at once are fine. */
  put<Table extends DumpTable>(table: Table, rows: readonly DumpRecords[Table][]): Promise<void>;
  /** Puts the new dump in force, in one transaction, and forgets the old one. */
  commit(state: Omit<DumpState, 'registry'>): Promise<void>;
  /** Forgets what was put. */
  abandon(): Promise<void>;
}
