import { createHash } from 'node:crypto';
import { sql, type Transaction } from 'kysely';
import type { Dialect } from '../dialect/dialect.ts';
import { lastId } from '../last-id.ts';
import { encodeRow, type Table } from '../table.ts';
import type { Tables } from '../tables.ts';
import type { LoadedMember, ObjectRecord } from './records.ts';
import { loadedMembers, loadedSets, objects } from './tables.ts';

/** A file as a message tells of it. */
export type SeenObject = Omit<ObjectRecord, 'id' | 'identity'>;

/** What a process has of the files of a message, by their positions. */
export type SeenMember = readonly [position: number, how: LoadedMember['how']];

/** Files and sets of them, each once for all hosts, in a transaction that is open. */
export class LoadedWriter {
  readonly #dialect: Dialect;
  readonly #tx: Transaction<Tables>;

  constructor(dialect: Dialect, tx: Transaction<Tables>) {
    this.#dialect = dialect;
    this.#tx = tx;
  }

  /** Takes in what is not there yet; returns the id of each set, in the given order. */
  async putSets(
    seen: readonly SeenObject[],
    sets: readonly (readonly SeenMember[])[],
  ): Promise<readonly number[]> {
    const ids = await this.#putObjects(seen);
    const wanted = sets.map((members) => {
      const list = [...new Set(members.map(([position, how]) => `${ids[position] ?? 0} ${how}`))].sort();
      return { list, identity: digestOf(list) };
    });
    const known = await this.#known(
      'loaded_sets',
      wanted.map(({ identity }) => identity),
    );
    const missing = [
      ...new Map(
        wanted.filter(({ identity }) => !known.has(identity)).map((one) => [one.identity, one]),
      ).values(),
    ];
    let last = missing.length === 0 ? 0 : await lastId(this.#tx, 'loaded_sets');
    const members: LoadedMember[] = [];
    for (const { identity, list } of missing) {
      const setId = ++last;
      known.set(identity, setId);
      for (const text of list) {
        const [objectId, how] = text.split(' ') as [string, LoadedMember['how']];
        members.push({ objectId: Number(objectId), setId, how });
      }
    }
    await this.#load(
      loadedSets,
      missing.map(({ identity }) => ({ id: known.get(identity) ?? 0, identity })),
    );
    await this.#load(loadedMembers, members);
    return wanted.map(({ identity }) => known.get(identity) ?? 0);
  }

  /** Forgets those of some sets that no process and no program has any more, and the files that are then in none. */
  async forgetUnused(sets: readonly number[]): Promise<void> {
    const { among } = this.#dialect;
    if (sets.length === 0) return;
    const { rows } = await sql<{ id: number }>`
      select s.id from loaded_sets s where ${among(sql`s.id`, [...new Set(sets)])}
        and not exists (select 1 from processes p where p.loaded = s.id)
        and not exists (select 1 from installed i where i.loaded = s.id)`.execute(this.#tx);
    const unused = rows.map(({ id }) => id);
    if (unused.length === 0) return;
    const members = await this.#tx
      .selectFrom('loaded_members')
      .select('object_id')
      .distinct()
      .where(among(sql.ref('set_id'), unused))
      .execute();
    await this.#tx
      .deleteFrom('loaded_members')
      .where(among(sql.ref('set_id'), unused))
      .execute();
    await this.#tx
      .deleteFrom('loaded_sets')
      .where(among(sql.ref('id'), unused))
      .execute();
    await sql`delete from loaded_objects where ${among(
      sql.ref('id'),
      members.map((row) => row.object_id),
    )} and not exists (select 1 from loaded_members m where m.object_id = loaded_objects.id)`.execute(
      this.#tx,
    );
  }

  async #putObjects(seen: readonly SeenObject[]): Promise<readonly number[]> {
    const wanted = seen.map((object) => ({
      ...object,
      identity: digestOf([
        object.path,
        object.digest,
        object.buildId,
        object.state,
        object.class,
        object.componentId,
        object.knownBy,
        object.why,
      ]),
    }));
    const known = await this.#known(
      'loaded_objects',
      wanted.map(({ identity }) => identity),
    );
    const missing: ObjectRecord[] = [];
    let last = wanted.every(({ identity }) => known.has(identity))
      ? 0
      : await lastId(this.#tx, 'loaded_objects');
    for (const object of wanted) {
      if (known.has(object.identity)) continue;
      known.set(object.identity, ++last);
      missing.push({ ...object, id: last });
    }
    await this.#load(objects, missing);
    return wanted.map(({ identity }) => known.get(identity) ?? 0);
  }

  async #known(
    from: 'loaded_sets' | 'loaded_objects',
    identities: readonly string[],
  ): Promise<Map<string, number>> {
    if (identities.length === 0) return new Map();
    const rows = await this.#tx
      .selectFrom(from)
      .select(['id', 'identity'])
      .where(this.#dialect.among(sql.ref('identity'), [...new Set(identities)]))
      .execute();
    return new Map(rows.map(({ id, identity }) => [identity, id]));
  }

  async #load<R>(table: Table<R>, records: readonly R[]): Promise<void> {
    if (records.length === 0) return;
    const rows = records.map((record) => encodeRow(table, record));
    await this.#dialect.load(this.#tx, table, rows, { replace: false });
  }
}

function digestOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
