import { setImmediate } from 'node:timers/promises';
import type { Transaction } from 'kysely';
import { DumpError } from '../facts/dump/error.ts';
import type { DumpLoad, DumpLoader } from '../facts/dump/port.ts';
import type { DumpRecords, DumpState, DumpTable } from '../facts/dump/records.ts';
import type { Dialect } from './dialect/dialect.ts';
import { type DumpImport, dumpImports, dumpTables } from './dump-tables.ts';
import { encodeRow } from './table.ts';
import type { Tables } from './tables.ts';

/** Runs work in a write transaction of its own, in turn with all other writers. */
export type Transact = <T>(work: (tx: Transaction<Tables>) => Promise<T>) => Promise<T>;

/** How long an import may take before another takes it for dead. */
const longest = 12 * 60 * 60 * 1000;

/** Rows of an old dump that are deleted in one transaction, counted by the ids that they hang on. */
const sweep = 5_000;

/**
 * Takes dumps in. Rows go in by transactions of a few thousand, so that the mirror's own writes get their turn; nobody
 * sees them until the one transaction that makes their import the current one.
 */
export class SqlDumpLoader implements DumpLoader {
  readonly #dialect: Dialect;
  readonly #transact: Transact;

  constructor(dialect: Dialect, transact: Transact) {
    this.#dialect = dialect;
    this.#transact = async (work) => {
      const done = await transact(work);
      // The embedded database answers at once: without a pause nothing else would get its turn between two of them.
      await setImmediate();
      return done;
    };
  }

  async begin(registry: string, now: number): Promise<DumpLoad> {
    const number = await this.#transact(async (tx) => {
      await tx
        .deleteFrom('dump_imports')
        .where('state', '=', 'loading')
        .where('started_at', '<', now - longest)
        .execute();
      const last = await tx
        .selectFrom('dump_imports')
        .select('import')
        .orderBy('import', 'desc')
        .executeTakeFirst();
      const started: DumpImport = {
        import: (last?.import ?? 0) + 1,
        registry,
        state: 'loading',
        startedAt: now,
        takenAt: 0,
        importedAt: 0,
        crates: 0,
        versions: 0,
      };
      await this.#dialect.load(tx, dumpImports, [encodeRow(dumpImports, started)], { replace: false });
      return started.import;
    });
    // Before the first row: the number of an import that left without a trace is given again.
    await this.#forget();
    return {
      put: (table, rows) => this.#put(number, table, rows),
      commit: async (state) => {
        await this.#commit(number, registry, state);
        await this.#forget();
      },
      abandon: async () => {
        await this.#transact((tx) => tx.deleteFrom('dump_imports').where('import', '=', number).execute());
        await this.#forget();
      },
    };
  }

  async forget(registry: string): Promise<boolean> {
    const { numDeletedRows } = await this.#transact((tx) => forgetCurrent(tx, registry));
    if (numDeletedRows === 0n) return false;
    await this.#forget();
    return true;
  }

  async #put<T extends DumpTable>(number: number, name: T, rows: readonly DumpRecords[T][]): Promise<void> {
    if (rows.length === 0) return;
    const table = dumpTables[name];
    const encoded = rows.map((row) => encodeRow(table, { ...row, import: number }));
    await this.#transact(async (tx) => {
      await this.#stillOurs(tx, number);
      await this.#dialect.load(tx, table, encoded, { replace: false });
    }).catch((error: unknown) => {
      if (!isDuplicate(error)) throw error;
      throw new DumpError('dump/malformed', `The dump has two rows of ${name} with one id.`, error);
    });
  }

  async #commit(number: number, registry: string, state: Omit<DumpState, 'registry'>): Promise<void> {
    await this.#transact(async (tx) => {
      await this.#stillOurs(tx, number);
      await forgetCurrent(tx, registry);
      await tx
        .updateTable('dump_imports')
        .set({
          state: 'current',
          taken_at: state.takenAt,
          imported_at: state.importedAt,
          crates: state.crates,
          versions: state.versions,
        })
        .where('import', '=', number)
        .execute();
    });
  }

  /** Another process may have taken this import for dead. */
  async #stillOurs(tx: Transaction<Tables>, number: number): Promise<void> {
    const own = await tx
      .selectFrom('dump_imports')
      .select('state')
      .where('import', '=', number)
      .executeTakeFirst();
    if (own?.state !== 'loading') throw new Error('this import of a dump was given up: it took too long');
  }

  /** Deletes the rows that belong to no import, a part at a time. */
  async #forget(): Promise<void> {
    for (const { name, key } of Object.values(dumpTables)) {
      const id = key[1] === 'key' ? undefined : key[1];
      while (await this.#transact((tx) => forgetSome(tx, name as keyof Tables, id as 'id' | undefined)));
    }
  }
}

function forgetCurrent(tx: Transaction<Tables>, registry: string) {
  return tx
    .deleteFrom('dump_imports')
    .where('registry', '=', registry)
    .where('state', '=', 'current')
    .executeTakeFirst();
}

/** Whether a database refused a second row with the same key. */
function isDuplicate(error: unknown): boolean {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  return code === '23505' || (typeof errcode === 'number' && (errcode & 0xff) === sqliteConstraint);
}

const sqliteConstraint = 19;

/** Deletes some rows that belong to no import; whether there may be more. */
async function forgetSome(
  tx: Transaction<Tables>,
  name: keyof Tables,
  id: 'id' | undefined,
): Promise<boolean> {
  // Sound: every table with the rows of dumps has the columns `import` and, but for the short one, `id`.
  const table = name as 'dump_crates';
  const orphan = await tx
    .selectFrom(table)
    .select(id === undefined ? ['import'] : ['import', id])
    .where('import', 'not in', (eb) => eb.selectFrom('dump_imports').select('import'))
    .orderBy('import')
    .$if(id !== undefined, (q) => q.orderBy(id ?? 'id'))
    .executeTakeFirst();
  if (orphan === undefined) return false;
  const first = (orphan as { readonly [column: string]: number | undefined })[id ?? ''] ?? 0;
  await tx
    .deleteFrom(table)
    .where('import', '=', orphan.import)
    .$if(id !== undefined, (q) => q.where(id ?? 'id', '<', first + sweep))
    .execute();
  return true;
}
