import type { ArtefactRecord, ComponentRecord, SetRecord } from './records.ts';

/** The inventory as the store keeps it. Errors are those of `Store`. */
export interface InventoryStore extends InventoryReader {
  /** As `Store.write`: one transaction, in turn with all others; on disk when it returns. */
  write<T>(work: (tx: InventoryWriter) => Promise<T>): Promise<T>;
}

export interface InventoryReader {
  /** Newest first: those with a smaller id than `before`, where it is given. */
  artefacts(query: ArtefactQuery): Promise<readonly ArtefactRecord[]>;
  /** Those whose identity begins with a text of hex digits, two at most. */
  artefactsByIdentity(prefix: string): Promise<readonly ArtefactRecord[]>;
  /** How many there are; with `components` alone it is a sum of kept counts. */
  countArtefacts(filter: ArtefactFilter): Promise<number>;
  /** How many artefacts have each component; those that none has are left out. */
  countByComponent(components: readonly number[]): Promise<ReadonlyMap<number, number>>;
  /** Target triples of artefacts that have one of the components. */
  targetsWith(components: readonly number[]): Promise<readonly string[]>;
  set(id: number): Promise<SetRecord | undefined>;
  sets(ids: readonly number[]): Promise<readonly SetRecord[]>;
  components(ids: readonly number[]): Promise<readonly ComponentRecord[]>;
  /** All releases of a name, in the order of their ids. */
  componentsNamed(kind: ComponentRecord['kind'], key: string): Promise<readonly ComponentRecord[]>;
  /** Those whose name contains a text, in the order of their names, after one of them. */
  searchComponents(query: ComponentSearch): Promise<readonly ComponentRecord[]>;
}

export interface InventoryWriter extends InventoryReader {
  artefactOf(identity: string): Promise<ArtefactRecord | undefined>;
  /** Takes in releases that are not there yet; returns the id of each, in the given order. */
  putComponents(components: readonly Omit<ComponentRecord, 'id'>[]): Promise<readonly number[]>;
  /** Takes a set in, where there is none of its digest; returns its id. Its count is kept by `putArtefact`. */
  putSet(set: Omit<SetRecord, 'id' | 'artefacts' | 'components'>): Promise<number>;
  /** Inserts, or replaces by identity. A set that no artefact has any more is forgotten. Returns its id. */
  putArtefact(artefact: Omit<ArtefactRecord, 'id'>): Promise<number>;
}

/** Which artefacts are meant; what is absent does not limit. */
export interface ArtefactFilter {
  /** Those that have one of these components, by id. */
  readonly components?: readonly number[] | undefined;
  /** Part of the name. */
  readonly name?: string | undefined;
  readonly project?: string | undefined;
  readonly target?: string | undefined;
  /** Target triples that are not meant; artefacts whose target nobody says are. */
  readonly exceptTargets?: readonly string[] | undefined;
  readonly commit?: string | undefined;
  readonly trust?: ArtefactRecord['trust'] | undefined;
  /** Those of which not all components are known. */
  readonly partlyKnown?: boolean | undefined;
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
