import { sql, type Transaction } from 'kysely';
import type { Dialect } from '../dialect/dialect.ts';
import { encodeRow, type Table } from '../table.ts';
import type { Tables } from '../tables.ts';
import { chunk, SqlInventoryReader } from './reader.ts';
import type { ArtefactRecord, ComponentRecord, SetRecord } from './records.ts';
import type { InventoryStore, InventoryWriter } from './store.ts';
import { artefacts, components, setMembers, sets } from './tables.ts';

/** Runs work in a write transaction of its own, in turn with all other writers. */
type Transact = <T>(work: (tx: Transaction<Tables>) => Promise<T>) => Promise<T>;

/** The inventory of a database. */
export function sqlInventory(dialect: Dialect, transact: Transact): InventoryStore {
  return Object.assign(new SqlInventoryReader(dialect.reader), {
    write: <T>(work: (tx: InventoryWriter) => Promise<T>) =>
      transact((tx) => work(new SqlInventoryWriter(dialect, tx))),
  });
}

/** Reads and writes in one open transaction. Writers take turns, so "the greatest id plus one" is safe. */
class SqlInventoryWriter extends SqlInventoryReader implements InventoryWriter {
  readonly #dialect: Dialect;
  readonly #tx: Transaction<Tables>;

  constructor(dialect: Dialect, tx: Transaction<Tables>) {
    super(tx);
    this.#dialect = dialect;
    this.#tx = tx;
  }

  async artefactOf(identity: string): Promise<ArtefactRecord | undefined> {
    return (await this.artefactsByIdentity(identity))[0];
  }

  async putComponents(wanted: readonly Omit<ComponentRecord, 'id'>[]): Promise<readonly number[]> {
    const ids = new Map<string, number>();
    const identities = [...new Set(wanted.map(({ identity }) => identity))];
    for (let from = 0; from < identities.length; from += chunk) {
      const rows = await this.#tx
        .selectFrom('components')
        .select(['id', 'identity'])
        .where('identity', 'in', identities.slice(from, from + chunk))
        .execute();
      for (const { id, identity } of rows) ids.set(identity, id);
    }
    let last = await this.#last('components');
    const missing: ComponentRecord[] = [];
    for (const component of wanted) {
      if (ids.has(component.identity)) continue;
      last += 1;
      ids.set(component.identity, last);
      missing.push({ ...component, id: last });
    }
    await this.#load(components, missing);
    return wanted.map(({ identity }) => ids.get(identity) ?? 0);
  }

  async putSet(set: Omit<SetRecord, 'id' | 'artefacts' | 'components'>): Promise<number> {
    const known = await this.#tx
      .selectFrom('component_sets')
      .select('id')
      .where('digest', '=', set.digest)
      .executeTakeFirst();
    if (known !== undefined) return known.id;
    const id = (await this.#last('component_sets')) + 1;
    await this.#load(sets, [{ ...set, id, components: set.members.length, artefacts: 0 }]);
    await this.#load(
      setMembers,
      set.members.map(({ component }) => ({ componentId: component, setId: id })),
    );
    return id;
  }

  async putArtefact(artefact: Omit<ArtefactRecord, 'id'>): Promise<number> {
    const known = await this.artefactOf(artefact.identity);
    const id = known?.id ?? (await this.#last('artefacts')) + 1;
    await this.#load(artefacts, [{ ...artefact, id }], { replace: true });
    if (known?.setId === artefact.setId) return id;
    await this.#count(artefact.setId, 1);
    if (known !== undefined) await this.#count(known.setId, -1);
    return id;
  }

  async #count(set: number, by: number): Promise<void> {
    await sql`update component_sets set artefacts = artefacts + ${by} where id = ${set}`.execute(this.#tx);
    const left = by > 0 ? undefined : await this.set(set);
    if (left === undefined || left.artefacts > 0) return;
    // What no artefact has any more would be found by nobody. Its members are looked up by component.
    for (let from = 0; from < left.members.length; from += chunk)
      await this.#tx
        .deleteFrom('set_members')
        .where(
          'component_id',
          'in',
          left.members.slice(from, from + chunk).map(({ component }) => component),
        )
        .where('set_id', '=', set)
        .execute();
    await this.#tx.deleteFrom('component_sets').where('id', '=', set).execute();
  }

  async #last(from: 'artefacts' | 'components' | 'component_sets'): Promise<number> {
    const { rows } = await sql<{ last: number | null }>`
      select max(id) as last from ${sql.table(from)}`.execute(this.#tx);
    return rows[0]?.last ?? 0;
  }

  async #load<R>(table: Table<R>, records: readonly R[], { replace = false } = {}): Promise<void> {
    if (records.length === 0) return;
    const rows = records.map((record) => encodeRow(table, record));
    await this.#dialect.load(this.#tx, table, rows, { replace });
  }
}
