import { AsyncLocalStorage } from 'node:async_hooks';
import type { Transaction } from 'kysely';
import { traced } from '../facts/tracing.ts';
import { ChangeReader } from './changes/reader.ts';
import { DeploymentReader } from './deployments/reader.ts';
import type { Dialect } from './dialect/dialect.ts';
import { type DumpStore, sqlDumps } from './dump-store.ts';
import { ExploitedReader } from './exploited/reader.ts';
import { ExposureReader } from './exposures/reader.ts';
import { GroupedWrites } from './grouped.ts';
import type { InventoryStore } from './inventory/store.ts';
import { sqlInventory } from './inventory/writer.ts';
import { openWork } from './open-work.ts';
import { pagedReleases } from './paged-releases.ts';
import { ProposalReader } from './proposals/store.ts';
import { SqlReadAhead } from './read-ahead.ts';
import { SqlReader } from './reader.ts';
import type { ReleaseRecord } from './records.ts';
import { SqlSightings } from './sightings/sql.ts';
import type { SightingStore } from './sightings/store.ts';
import type { ReadAhead, Store, StoreWriter } from './store.ts';
import type { Tables } from './tables.ts';
import { VexReader } from './vex/reader.ts';
import { SqlWriter } from './writer.ts';

/** The store on either database. */
export class SqlStore extends SqlReader implements Store {
  readonly #dialect: Dialect;
  readonly #release: () => void;
  /** Ends when the last write that was asked for has ended. */
  #queue: Promise<unknown> = Promise.resolve();
  readonly #writing = new AsyncLocalStorage<{ open: boolean }>();
  readonly #together: GroupedWrites<Transaction<Tables>>;
  readonly dumps: DumpStore;
  readonly inventory: InventoryStore;
  readonly sightings: SightingStore;
  readonly exposures: ExposureReader;
  readonly exploited: ExploitedReader;
  readonly deployments: DeploymentReader;
  readonly vex: VexReader;
  readonly changes: ChangeReader;
  readonly proposals: ProposalReader;

  constructor(dialect: Dialect, release: () => void) {
    super(dialect.reader);
    this.#dialect = dialect;
    this.#release = release;
    this.#together = new GroupedWrites(
      (turn) => this.#inTurn(turn),
      (work) => this.#begin(work),
    );
    this.dumps = sqlDumps(dialect, (work) => this.#inTurn(() => this.#begin(work)));
    this.sightings = new SqlSightings(dialect, (work) => this.#inTurn(() => this.#begin(work)));
    this.exposures = new ExposureReader(dialect.reader, dialect.among);
    this.exploited = new ExploitedReader(dialect.reader);
    this.deployments = new DeploymentReader(dialect.reader, dialect.among);
    this.vex = new VexReader(dialect.reader, dialect.among);
    this.changes = new ChangeReader(dialect.reader);
    this.proposals = new ProposalReader(dialect.reader);
    this.inventory = sqlInventory(
      dialect,
      (turn) => this.#inTurn(turn),
      (work) => this.#begin(work),
    );
  }

  /** As `pagedReleases`: of one moment. */
  override async releases(registry: string, key: string): Promise<readonly ReleaseRecord[]> {
    return this.#dialect.snapshot((db) => pagedReleases(db, registry, key));
  }

  readAhead(): ReadAhead {
    return new SqlReadAhead(
      this,
      (work) => this.#dialect.snapshot(work),
      (work) => this.#inTurn(() => this.#begin(work)),
    );
  }

  // One write at a time per process: waiting writers then never take the connections that readers need.
  async write<T>(work: (tx: StoreWriter) => Promise<T>): Promise<T> {
    return traced(
      'store write',
      () => ({}),
      () => this.#inTurn(() => this.#transact(work)),
    );
  }

  async writeTogether<T>(work: (tx: StoreWriter) => Promise<T>): Promise<T> {
    this.#refuseNested();
    return traced(
      'store write',
      () => ({}),
      () => this.#together.write((transaction) => this.#work(transaction, work)),
    );
  }

  async close(): Promise<void> {
    await this.#queue;
    await this.#dialect.close();
    this.#release();
  }

  async #inTurn<T>(transact: () => Promise<T>): Promise<T> {
    this.#refuseNested();
    const turn = this.#queue.then(transact);
    this.#queue = turn.catch(() => {});
    return turn;
  }

  #refuseNested(): void {
    if (this.#writing.getStore()?.open) {
      throw new Error(
        'write() was called inside of write(): it would wait for itself; use the tx that it was given',
      );
    }
  }

  async #begin<T>(work: (transaction: Transaction<Tables>) => Promise<T>): Promise<T> {
    return this.#dialect.writer.transaction().execute(async (transaction) => {
      await this.#dialect.serialise(transaction);
      return work(transaction);
    });
  }

  async #transact<T>(work: (tx: StoreWriter) => Promise<T>): Promise<T> {
    return this.#begin((transaction) => this.#work(transaction, work));
  }

  async #work<T>(transaction: Transaction<Tables>, work: (tx: StoreWriter) => Promise<T>): Promise<T> {
    const opened = openWork(new SqlWriter(this.#dialect, transaction));
    const state = { open: true };
    try {
      return await this.#writing.run(state, () => work(opened.tx));
    } finally {
      state.open = false;
      await opened.end();
    }
  }
}
