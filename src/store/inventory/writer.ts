import { sql, type Transaction } from 'kysely';
import { markDeployments } from '../deployments/due.ts';
import type { Dialect } from '../dialect/dialect.ts';
import { GroupedWrites } from '../grouped.ts';
import { lastId } from '../last-id.ts';
import { markDue } from '../sightings/due.ts';
import { type BuildOf, hostsWith, tieHosts } from '../sightings/tied.ts';
import { encodeRow, isSameRow, type Table } from '../table.ts';
import type { Tables } from '../tables.ts';
import { isLibrary, packageNamesOf } from './package-names.ts';
import { SqlInventoryReader } from './reader.ts';
import type { ArtefactRecord, ComponentRecord, SetBlock, SetRecord } from './records.ts';
import { CountWriter } from './set-counts.ts';
import { anyLibrary, indexSets, unindexSet } from './set-index.ts';
import type { InventoryStore, InventoryWriter } from './store.ts';
import {
  artefactFunctions,
  artefacts,
  components,
  type InventoryState,
  packageNames,
  reservedSets,
  setBlocks,
  sets,
  state,
} from './tables.ts';
import { UploadReader, UploadWriter } from './uploads.ts';

/** Runs work in a write transaction of its own, in turn with all other writers. */
type Transact = <T>(work: (tx: Transaction<Tables>) => Promise<T>) => Promise<T>;

/** The inventory of a database, whose writers take turns. */
export function sqlInventory(
  dialect: Dialect,
  inTurn: (turn: () => Promise<void>) => Promise<void>,
  transact: Transact,
): InventoryStore {
  const known = new Map<string, number>();
  const grouped = new GroupedWrites<InventoryWriter>(inTurn, async (work) => {
    const learnt = new Map<string, number>();
    const result = await transact(async (tx) => {
      const writer = new SqlInventoryWriter(dialect, tx, { known, learnt });
      const given = await work(writer);
      await writer.flush();
      return given;
    });
    if (known.size > remembered) known.clear();
    for (const [identity, id] of learnt) known.set(identity, id);
    return result;
  });
  return Object.assign(new SqlInventoryReader(dialect.reader, dialect.among), {
    uploads: new UploadReader(dialect.reader),
    write: <T>(work: (tx: InventoryWriter) => Promise<T>) => grouped.write(work),
  });
}

/** Ids of releases that are remembered: some tens of megabytes. */
const remembered = 100_000;

interface Remembered {
  readonly known: ReadonlyMap<string, number>;
  readonly learnt: Map<string, number>;
}

/** A build whose hosts have to be looked at, since when: epoch milliseconds. */
interface DueBuild extends BuildOf {
  readonly at: number;
}

/**
 * Reads and writes in one open transaction. Writers take turns, so "the greatest id plus one" is safe. What came new is
 * written together at the end: until then it is found here.
 */
class SqlInventoryWriter extends SqlInventoryReader implements InventoryWriter {
  readonly #dialect: Dialect;
  readonly #tx: Transaction<Tables>;
  /** Ids of releases that were committed: they never change, and none is forgotten. */
  readonly #known: ReadonlyMap<string, number>;
  /** Those that this transaction read or gave. */
  readonly #learnt: Map<string, number>;
  /** Of ids that this transaction was told of, whether each is a library. */
  readonly #libraries = new Map<number, boolean>();
  #lastArtefact: number | undefined;
  readonly #counts: CountWriter;
  #state: InventoryState | undefined;
  /** By digest. */
  readonly #newSets = new Map<string, SetRecord>();
  /** By identity. */
  readonly #changed = new Map<string, ArtefactRecord>();
  readonly #due: DueBuild[] = [];
  readonly uploads: UploadWriter;
  /** Ids of artefacts of which something else is said now, and when. */
  readonly #resaid = new Map<number, number>();

  constructor(dialect: Dialect, tx: Transaction<Tables>, { known, learnt }: Remembered) {
    super(tx, dialect.among);
    this.#dialect = dialect;
    this.#tx = tx;
    this.#counts = new CountWriter(dialect, tx);
    this.uploads = new UploadWriter(dialect, tx);
    this.#known = known;
    this.#learnt = learnt;
  }

  async artefactOf(identity: string): Promise<ArtefactRecord | undefined> {
    return this.#changed.get(identity) ?? (await this.artefactsByIdentity(identity))[0];
  }

  override async set(id: number): Promise<SetRecord | undefined> {
    return [...this.#newSets.values()].find((set) => set.id === id) ?? (await super.set(id));
  }

  async putComponents(wanted: readonly Omit<ComponentRecord, 'id'>[]): Promise<readonly number[]> {
    const ids = new Map<string, number>();
    const unknown: string[] = [];
    for (const identity of new Set(wanted.map((component) => component.identity))) {
      const id = this.#known.get(identity) ?? this.#learnt.get(identity);
      if (id === undefined) unknown.push(identity);
      else ids.set(identity, id);
    }
    if (unknown.length > 0) {
      const rows = await this.#tx
        .selectFrom('components')
        .select(['id', 'identity'])
        .where(this.among(sql.ref('identity'), unknown))
        .execute();
      for (const { id, identity } of rows) {
        ids.set(identity, id);
        this.#learnt.set(identity, id);
      }
      await this.#insert(wanted, ids);
    }
    return wanted.map((component) => {
      const id = ids.get(component.identity) ?? 0;
      this.#libraries.set(id, isLibrary(component));
      return id;
    });
  }

  /** Inserts those that have no id, and gives them one. */
  async #insert(wanted: readonly Omit<ComponentRecord, 'id'>[], ids: Map<string, number>): Promise<void> {
    let last: number | undefined;
    const missing: ComponentRecord[] = [];
    for (const component of wanted) {
      if (ids.has(component.identity)) continue;
      last = (last ?? (await lastId(this.#tx, 'components'))) + 1;
      ids.set(component.identity, last);
      this.#learnt.set(component.identity, last);
      missing.push({ ...component, id: last });
    }
    await this.#load(components, missing);
    const names = missing.flatMap((one) =>
      packageNamesOf(one).map((name) => ({ name, componentId: one.id })),
    );
    await this.#load(packageNames, names);
  }

  override async setOfDigest(digest: string): Promise<number | undefined> {
    return this.#newSets.get(digest)?.id ?? (await super.setOfDigest(digest));
  }

  async putSet(set: Omit<SetRecord, 'id' | 'size'>): Promise<number> {
    const known = await this.setOfDigest(set.digest);
    if (known !== undefined) return known;
    const id = await this.#nextSet();
    this.#newSets.set(set.digest, { ...set, id, size: null });
    return id;
  }

  async reserveSet(at: number): Promise<number> {
    const setId = await this.#nextSet();
    await this.#load(reservedSets, [{ setId, at }]);
    return setId;
  }

  async putBlocks(blocks: readonly SetBlock[]): Promise<void> {
    for (const id of new Set(blocks.map(({ setId }) => setId))) await this.#requireReserved(id);
    await this.#load(setBlocks.table, blocks);
  }

  async putSetOfBlocks(set: Omit<SetRecord, 'members'>): Promise<number> {
    await this.#requireReserved(set.id);
    await this.#tx.deleteFrom('reserved_sets').where('set_id', '=', set.id).execute();
    const known = await this.setOfDigest(set.digest);
    if (known === undefined) await this.#load(sets, [{ ...set, members: [] }]);
    else await this.#tx.deleteFrom('set_blocks').where('set_id', '=', set.id).execute();
    return known ?? set.id;
  }

  async forgetReserved(before: number): Promise<void> {
    const old = this.#tx.selectFrom('reserved_sets').select('set_id').where('at', '<', before);
    await this.#tx.deleteFrom('set_blocks').where('set_id', 'in', old).execute();
    await this.#tx.deleteFrom('reserved_sets').where('at', '<', before).execute();
  }

  async #requireReserved(setId: number): Promise<void> {
    const found = await this.#tx
      .selectFrom('reserved_sets')
      .select('set_id')
      .where('set_id', '=', setId)
      .executeTakeFirst();
    if (found === undefined) throw new Error(`set ${setId} is not reserved any more`);
  }

  async #nextSet(): Promise<number> {
    const before = await this.#kept();
    this.#state = { ...before, lastSet: before.lastSet + 1 };
    return before.lastSet + 1;
  }

  async putArtefact(artefact: Omit<ArtefactRecord, 'id'>, known?: ArtefactRecord): Promise<number> {
    const id = known?.id ?? (await this.#nextArtefact());
    this.#changed.set(artefact.identity, { ...artefact, id });
    await this.#count(artefact, 1);
    if (known !== undefined) await this.#count(known, -1);
    // Builds send the same again and again: nothing that thousands of hosts run is tied anew for that.
    const { digest, buildId, lastSeen } = artefact;
    if (known !== undefined && !isSaidOf(known, artefact)) this.#resaid.set(id, lastSeen);
    if (digest !== null && (known === undefined || !isSaidOf(known, artefact)))
      this.#due.push({
        digest,
        builds: [buildId, known?.buildId ?? null].filter((one) => one !== null),
        at: lastSeen,
      });
    return id;
  }

  async putFunctions(artefact: number, functions: string | undefined): Promise<void> {
    await this.#tx.deleteFrom('artefact_functions').where('artefact_id', '=', artefact).execute();
    if (functions !== undefined) await this.#load(artefactFunctions, [{ artefactId: artefact, functions }]);
  }

  /** Writes what was changed. */
  async flush(): Promise<void> {
    await this.#writeRows();
    if (this.#state !== undefined) await this.#load(state, [this.#state], { replace: true });
    await this.#counts.flush();
    await this.#markHosts();
    if (this.#resaid.size > 0) {
      const ids = [...this.#resaid.keys()];
      const at = Math.max(...this.#resaid.values());
      this.#resaid.clear();
      await markDeployments(this.#tx, this.among(sql.ref('artefact_id'), ids), at);
    }
  }

  async #writeRows(): Promise<void> {
    const fresh = [...this.#newSets.values()];
    if (fresh.length > 0) {
      await this.#load(sets, fresh);
      const having = await this.#setsOfLibraries(fresh);
      const indexed = fresh.map(({ id, members }) => ({
        setId: id,
        components: [...(having.has(id) ? [anyLibrary] : []), ...members.map(({ component }) => component)],
      }));
      const before = await this.#kept();
      this.#state = { ...before, ...(await indexSets(this.#dialect, this.#tx, indexed, before)) };
    }
    await this.#load(artefacts, [...this.#changed.values()], { replace: true });
    this.#newSets.clear();
    this.#changed.clear();
  }

  /** Ids of the sets that have a library; what nobody told this transaction of is looked up. */
  async #setsOfLibraries(fresh: readonly SetRecord[]): Promise<ReadonlySet<number>> {
    const all = fresh.flatMap(({ members }) => members.map(({ component }) => component));
    const missing = [...new Set(all)].filter((id) => !this.#libraries.has(id));
    for (const one of await this.components(missing)) this.#libraries.set(one.id, isLibrary(one));
    const has = ({ members }: SetRecord) =>
      members.some(({ component }) => this.#libraries.get(component) === true);
    return new Set(fresh.filter(has).map(({ id }) => id));
  }

  /** What hosts run or have installed of it has to be looked at: nobody knew what it is made of, or of which build it is. */
  async #markHosts(): Promise<void> {
    const found = await hostsWith(this.#tx, this.among, 'running', this.#due);
    const installed = await hostsWith(this.#tx, this.among, 'installed', this.#due);
    // As of now: an advisory that they wait for was told of before this was tied to them.
    const at = this.#due.reduce((last, one) => Math.max(last, one.at), 0);
    this.#due.length = 0;
    const all = [...new Set([...found, ...installed])];
    await tieHosts(this.#dialect, this.#tx, all);
    await markDue(this.#tx, this.among, all, { at, anew: true });
  }

  async #kept(): Promise<InventoryState> {
    this.#state ??= await this.state();
    return this.#state;
  }

  async #count({ setId, completeness, trust }: Omit<ArtefactRecord, 'id'>, by: 1 | -1): Promise<void> {
    const partly = completeness === 'complete' ? 0 : by;
    const before = await this.#kept();
    this.#state = {
      ...before,
      artefacts: before.artefacts + by,
      partly: before.partly + partly,
      signed: before.signed + (trust === 'signed' ? by : 0),
      recovered: before.recovered + (trust === 'recovered' ? by : 0),
    };
    const left = await this.#counts.add(setId, by, partly !== 0);
    if (left.artefacts > 0) return;
    // What no artefact has any more would be found by nobody. It may be among what waits.
    await this.#writeRows();
    const after = await this.#kept();
    this.#state = { ...after, ...(await unindexSet(this.#tx, setId, after)) };
    await this.#tx.deleteFrom('component_sets').where('id', '=', setId).execute();
    await this.#tx.deleteFrom('set_blocks').where('set_id', '=', setId).execute();
  }

  async #nextArtefact(): Promise<number> {
    this.#lastArtefact = (this.#lastArtefact ?? (await lastId(this.#tx, 'artefacts'))) + 1;
    return this.#lastArtefact;
  }

  async #load<R>(table: Table<R>, records: readonly R[], { replace = false } = {}): Promise<void> {
    if (records.length === 0) return;
    const rows = records.map((record) => encodeRow(table, record));
    await this.#dialect.load(this.#tx, table, rows, { replace });
  }
}

/** Whether an artefact is as it was, but for when it was last sent, and signatures that did not count. */
function isSaidOf(known: ArtefactRecord, artefact: Omit<ArtefactRecord, 'id'>): boolean {
  const { id, lastSeen, attempts } = known;
  return isSameRow(artefacts, known, { ...artefact, id, lastSeen, attempts });
}
