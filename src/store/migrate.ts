import type { Kysely } from 'kysely';
import type { Dialect } from './dialect/dialect.ts';
import { StoreError } from './error.ts';
import { migrations as all } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';

interface Applied {
  readonly schema_migrations: { readonly name: string; readonly at: number };
}

/** The last step that this version knows. */
export const lastStep: string = all.at(-1)?.name ?? '';

/**
 * Brings the schema up to date, in one transaction: all steps or none, also one that came between those that were
 * applied (of two branches, each with one of its own). Processes that start together take turns. Throws `store/newer`
 * for a database that knows steps which this version does not.
 */
export async function migrate(
  dialect: Dialect,
  now: number,
  migrations: readonly Migration[] = all,
): Promise<void> {
  await dialect.writer.transaction().execute(async (tx) => {
    await dialect.serialise(tx);
    const { text, integer } = dialect.types;
    await tx.schema
      .createTable('schema_migrations')
      .ifNotExists()
      .addColumn('name', text, (column) => column.notNull().primaryKey())
      .addColumn('at', integer, (column) => column.notNull())
      .execute();
    // Sound: the table was made in the line above; the typed tables leave it out because nothing else reads it.
    const applied = tx as unknown as Kysely<Applied>;
    const done = await applied.selectFrom('schema_migrations').select('name').orderBy('name').execute();
    const names = done.map(({ name }) => name);
    refuseNewer(names, migrations);
    for (const { name, up } of migrations.filter((one) => !names.includes(one.name))) {
      // Sound: a step knows the tables as they were then, the types those of today.
      await up(tx.schema, dialect.types, tx as unknown as Kysely<unknown>);
      await applied.insertInto('schema_migrations').values({ name, at: now }).execute();
    }
  });
}

/** Checks that a database has exactly the steps that this version knows, for who may only read it. */
export async function requireCurrent(
  reader: Dialect['reader'],
  migrations: readonly Migration[] = all,
): Promise<void> {
  // Sound, as above: every store has this table.
  const applied = reader as unknown as Kysely<Applied>;
  const done = await applied.selectFrom('schema_migrations').select('name').orderBy('name').execute();
  refuseNewer(
    done.map(({ name }) => name),
    migrations,
  );
  if (done.length === migrations.length) return;
  throw new StoreError(
    'store/older',
    'The database was last used by an older Safeguard. Start this version’s `safeguard serve` on it once.',
  );
}

function refuseNewer(done: readonly string[], migrations: readonly Migration[]): void {
  const stranger = done.find((name) => !migrations.some((one) => one.name === name));
  if (stranger === undefined) return;
  throw new StoreError(
    'store/newer',
    `The database was used by a newer Safeguard (it knows the step "${stranger}"). ` +
      'Use that version or a later one, or restore a backup from before the upgrade.',
    { details: { step: stranger } },
  );
}
