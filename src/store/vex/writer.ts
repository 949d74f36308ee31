import { sql, type Transaction } from 'kysely';
import type { Dialect } from '../dialect/dialect.ts';
import type { ArtefactRecord, ComponentRecord } from '../inventory/records.ts';
import { membersIn, type Placed } from '../inventory/set-blocks.ts';
import { artefacts, components } from '../inventory/tables.ts';
import { lastId } from '../last-id.ts';
import { decodeRow, encodeRow, type Table } from '../table.ts';
import type { Tables } from '../tables.ts';
import { VexReader } from './reader.ts';
import type { CoverRecord, StatementRecord } from './records.ts';
import { covers, statements } from './tables.ts';

/** What is said of advisories in artefacts, in a transaction that is open. */
export class VexWriter extends VexReader {
  readonly #dialect: Dialect;
  readonly #tx: Transaction<Tables>;

  constructor(dialect: Dialect, tx: Transaction<Tables>) {
    super(tx, dialect.among);
    this.#dialect = dialect;
    this.#tx = tx;
  }

  /** The release of an identity. */
  async componentOf(identity: string): Promise<ComponentRecord | undefined> {
    const row = await this.#tx
      .selectFrom('components')
      .selectAll()
      .where('identity', '=', identity)
      .executeTakeFirst();
    return row === undefined ? undefined : decodeRow(components, row);
  }

  /** As `InventoryReader.membersOf`. */
  async membersOf(
    sets: readonly number[],
    wanted: ReadonlySet<number>,
  ): Promise<ReadonlyMap<number, readonly Placed[]>> {
    return await membersIn(this.#tx, this.among, sets, wanted);
  }

  /** Artefacts by their ids, and those of some files. */
  async artefactsAt(
    ids: readonly number[],
    fileDigests: readonly string[],
  ): Promise<readonly ArtefactRecord[]> {
    const rows = await this.#tx
      .selectFrom('artefacts')
      .selectAll()
      .where(
        sql<boolean>`(${this.among(sql.ref('id'), ids)} or ${this.among(sql.ref('digest'), fileDigests)})`,
      )
      .execute();
    return rows.map((row) => decodeRow(artefacts, row));
  }

  /** Takes a statement in, with what it is about; returns its id. */
  async put(
    statement: Omit<StatementRecord, 'id'>,
    about: readonly Omit<CoverRecord, 'statementId' | 'place'>[],
  ): Promise<number> {
    const id = (await lastId(this.#tx, 'vex_statements')) + 1;
    await this.#load(statements, [{ ...statement, id }]);
    await this.#load(
      covers,
      about.map((one, place) => ({ ...one, statementId: id, place })),
    );
    return id;
  }

  async replace(statement: StatementRecord): Promise<void> {
    await this.#load(statements, [statement]);
  }

  async statement(id: number): Promise<StatementRecord | undefined> {
    const row = await this.#tx
      .selectFrom('vex_statements')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row === undefined ? undefined : decodeRow(statements, row);
  }

  /** Ends those whose time is over; returns their releases, whose hosts are to be looked at. */
  async endExpired(now: number): Promise<readonly number[]> {
    const rows = await this.#tx
      .selectFrom('vex_statements')
      .select(['id', 'component_id'])
      .where('ended', '=', 0)
      .where('until', '<=', now)
      .execute();
    if (rows.length === 0) return [];
    await sql`update vex_statements set ended = 1 where ${this.among(
      sql.ref('id'),
      rows.map(({ id }) => id),
    )}`.execute(this.#tx);
    return [...new Set(rows.map((row) => row.component_id))];
  }

  async #load<R>(table: Table<R>, records: readonly R[]): Promise<void> {
    if (records.length === 0) return;
    const rows = records.map((record) => encodeRow(table, record));
    await this.#dialect.load(this.#tx, table, rows, { replace: true });
  }
}
