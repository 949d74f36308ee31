import type {
  ArtefactRecord,
  ArtefactVerdict,
  ComponentRecord,
  SetBlock,
  SetCount,
  SetRecord,
  TrustCounts,
} from './records.ts';
import type { Placed } from './set-blocks.ts';
import type { UploadReader, UploadWriter } from './uploads.ts';

/** The inventory as the store keeps it. Errors are those of `Store`. */
export interface InventoryStore extends InventoryReader {
  /** As `Store.write`: one transaction, in turn with all others; on disk when it returns. */
  write<T>(work: (tx: InventoryWriter) => Promise<T>): Promise<T>;
  /** What is sent in parts. */
  readonly uploads: Pick<UploadReader, keyof UploadReader>;
}

export interface InventoryReader {
  /** Newest first: those with a smaller id than `before`, where it is given. */
  artefacts(query: ArtefactQuery): Promise<readonly ArtefactRecord[]>;
  artefactsOf(ids: readonly number[]): Promise<readonly ArtefactRecord[]>;
  /**
   * Which functions artefacts have code of, as `binary/function-filter.ts` writes it, by their ids; those of which
   * nobody knows are left out.
   */
  functionsOf(artefacts: readonly number[]): Promise<ReadonlyMap<number, string>>;
  /** Those whose identity begins with a text of hex digits, two at most. */
  artefactsByIdentity(prefix: string): Promise<readonly ArtefactRecord[]>;
  /** How many there are; without a filter it is a number that is kept. */
  countArtefacts(filter: ArtefactFilter): Promise<number>;
  /** The same by how they are known, kept and counted alike. */
  countByTrust(filter: ArtefactFilter): Promise<TrustCounts>;
  /** The sets that have each of the components, ascending; some may be gone, and then count nothing. */
  setsWith(components: readonly number[]): Promise<ReadonlyMap<number, readonly number[]>>;
  /** The sets that have a library of a system or C code, ascending; some may be gone. */
  setsWithLibraries(): Promise<readonly number[]>;
  /** How often the sets of each list are used, together, as it is kept. */
  usesOf(lists: readonly (readonly number[])[]): Promise<readonly SetCount[]>;
  /** Target triples of artefacts that have one of the sets. */
  targetsWith(sets: readonly number[]): Promise<readonly string[]>;
  /** A set; of one that is kept in blocks without its members. */
  set(id: number): Promise<SetRecord | undefined>;
  /** The id of the set of a digest. */
  setOfDigest(digest: string): Promise<number | undefined>;
  /** Of some sets the members that are some components, each with its way in; one set is held at a time. */
  membersOf(
    sets: readonly number[],
    components: ReadonlySet<number>,
  ): Promise<ReadonlyMap<number, readonly Placed[]>>;
  /** A page of a set in blocks, in the order of its ids. */
  membersAt(
    set: number,
    page: { readonly after: number; readonly limit: number },
  ): Promise<readonly Placed[]>;
  /** The ids of all members of a set, ascending: four bytes each. */
  memberIds(set: number): Promise<Int32Array>;
  /** The blocks of a set in blocks; one is held at a time. */
  blocksOf(set: number): AsyncIterable<SetBlock>;
  components(ids: readonly number[]): Promise<readonly ComponentRecord[]>;
  /** All releases of some names, whatever they are of; none of a name that thousands have. */
  releasesOf(
    keys: readonly string[],
  ): Promise<readonly Pick<ComponentRecord, 'id' | 'kind' | 'key' | 'source'>[]>;
  /** All releases of a name, in the order of their ids. */
  componentsNamed(kind: ComponentRecord['kind'], key: string): Promise<readonly ComponentRecord[]>;
  /**
   * Those of other ecosystems, by the types of their purls, that have a name, or whose source has it; in the order of
   * their ids.
   */
  packagesNamed(types: readonly string[], name: string): Promise<readonly ComponentRecord[]>;
  /** Those that an artefact has and whose name contains a text, in the order of their names, after one of them. */
  searchComponents(query: ComponentSearch): Promise<readonly CountedComponent[]>;
}

/** In a transaction that is open. It sees what it wrote itself. */
export interface InventoryWriter extends Pick<InventoryReader, 'set' | 'setOfDigest' | 'functionsOf'> {
  artefactOf(identity: string): Promise<ArtefactRecord | undefined>;
  readonly uploads: Pick<UploadWriter, keyof UploadWriter>;
  /** Takes in releases that are not there yet; returns the id of each, in the given order. */
  putComponents(components: readonly Omit<ComponentRecord, 'id'>[]): Promise<readonly number[]>;
  /** Takes a set in, where there is none of its digest; returns its id. How often it is used is kept by `putArtefact`. */
  putSet(set: Omit<SetRecord, 'id' | 'size'>): Promise<number>;
  /**
   * Gives the id of a set whose blocks are to be written, in as many transactions as it takes. `at`: now, in epoch
   * milliseconds.
   */
  reserveSet(at: number): Promise<number>;
  /** Writes blocks of a set that was reserved. Throws where it is not any more. */
  putBlocks(blocks: readonly SetBlock[]): Promise<void>;
  /**
   * Takes in the set whose blocks were all written; returns its id. Where another one of its digest came in the
   * meantime it is that one's, and the blocks are forgotten.
   */
  putSetOfBlocks(set: Omit<SetRecord, 'members'>): Promise<number>;
  /** Forgets sets that were reserved before, and whose writer is gone. */
  forgetReserved(before: number): Promise<void>;
  /** Inserts, or takes the place of the one that is known. A set that no artefact has any more is forgotten. Returns its id. */
  putArtefact(artefact: Omit<ArtefactRecord, 'id'>, known?: ArtefactRecord): Promise<number>;
  /** Puts down which functions an artefact has code of; `undefined`: nobody knows any more. */
  putFunctions(artefact: number, functions: string | undefined): Promise<void>;
}

/** A release, and how many artefacts have it. */
export interface CountedComponent extends ComponentRecord {
  readonly artefacts: number;
}

/** Which artefacts are meant; what is absent does not limit. */
export interface ArtefactFilter {
  /** Those that are made of one of these sets, by id. */
  readonly sets?: readonly number[] | undefined;
  /** Part of the name. */
  readonly name?: string | undefined;
  readonly project?: string | undefined;
  readonly target?: string | undefined;
  /** Target triples that are not meant; artefacts whose target nobody says are. */
  readonly exceptTargets?: readonly string[] | undefined;
  readonly commit?: string | undefined;
  /** `unverified`: those that are not signed. */
  readonly trust?: ArtefactRecord['trust'] | 'unverified' | undefined;
  /** `not-allowed`: those that a verdict does not let in; `none`: those without one. */
  readonly verdict?: ArtefactVerdict | 'not-allowed' | 'none' | undefined;
  /** Those with which signatures came that do not count. */
  readonly attempted?: boolean | undefined;
  /** Those of which not all components are known. */
  readonly partlyKnown?: boolean | undefined;
  /** Those that run on one of such hosts, as these last reported; an empty one: on any. */
  readonly runsOn?: PlaceFilter | undefined;
}

export interface PlaceFilter extends HostFilter {
  /** Also those that are stated to be deployed at such a place. */
  readonly orStated?: true | undefined;
}

/** Which hosts are meant; what is absent does not limit. */
export interface HostFilter {
  readonly host?: string | undefined;
  readonly environment?: string | undefined;
  readonly team?: string | undefined;
}

export interface ArtefactQuery extends ArtefactFilter {
  readonly before?: number | undefined;
  readonly limit: number;
}

export interface ComponentSearch {
  /** Part of the name, as `key` has it; empty: every one. */
  readonly text: string;
  readonly kind?: ComponentRecord['kind'] | undefined;
  readonly after?: { readonly key: string; readonly id: number } | undefined;
  readonly limit: number;
}
