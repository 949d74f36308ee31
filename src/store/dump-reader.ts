import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import { canonicalName } from '../cargo/index-path.ts';
import type {
  DumpedCrate,
  DumpedName,
  DumpedOwner,
  DumpedVersion,
  DumpReader,
  GoneName,
  NamesPage,
} from '../facts/dump/port.ts';
import type { DumpState } from '../facts/dump/records.ts';
import { count, integer, optional, text } from './column.ts';
import { dumpCrates, dumpDeleted, dumpImports, dumpOwners, dumpUses, dumpVersions } from './dump-tables.ts';
import { decodeRow, pick, type Table, table } from './table.ts';
import type { Tables } from './tables.ts';

/** Reads the current dump; each method is one statement, so that it never mixes two dumps. */
export class SqlDumpReader implements DumpReader {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async state(registry: string): Promise<DumpState | undefined> {
    const query = this.#db
      .selectFrom('dump_imports')
      .selectAll()
      .where('registry', '=', registry)
      .where('state', '=', 'current');
    const found = (await decoded(dumpImports, query))[0];
    if (found === undefined) return undefined;
    const { takenAt, importedAt, crates, versions } = found;
    return { registry, takenAt, importedAt, crates, versions };
  }

  async crate(registry: string, name: string): Promise<DumpedCrate | undefined> {
    const query = this.#db
      .selectFrom('dump_crates as c')
      .innerJoin('dump_uses as u', (join) =>
        join.onRef('u.import', '=', 'c.import').onRef('u.crate_id', '=', 'c.id'),
      )
      .selectAll(['c', 'u'])
      .where('c.import', '=', current(registry))
      .where('c.key', '=', canonicalName(name));
    const row = await query.executeTakeFirst();
    if (row === undefined) return undefined;
    const { import: _, ...crate } = decodeRow(dumpCrates, row);
    const { import: _import, crateId: _crateId, ...use } = decodeRow(dumpUses, row);
    return { ...crate, ...use };
  }

  async owners(registry: string, crateId: number): Promise<readonly DumpedOwner[]> {
    const rows = await this.#db
      .selectFrom('dump_owners as o')
      .leftJoin('dump_users as u', (join) =>
        join.onRef('u.import', '=', 'o.import').onRef('u.id', '=', 'o.owner_id').on('o.kind', '=', 'user'),
      )
      .leftJoin('dump_teams as t', (join) =>
        join.onRef('t.import', '=', 'o.import').onRef('t.id', '=', 'o.owner_id').on('o.kind', '=', 'team'),
      )
      .selectAll('o')
      .select(({ fn }) => [
        // An owner without its row is shown by number: it is an owner all the same.
        fn.coalesce('u.login', 't.login', sql<string>`''`).as('login'),
        fn.coalesce('u.name', 't.name').as('name'),
        'u.created_at as registered_at',
      ])
      .where('o.import', '=', current(registry))
      .where('o.crate_id', '=', crateId)
      .orderBy('o.created_at')
      .orderBy('o.kind')
      .orderBy('o.owner_id')
      .execute();
    return rows.map((row) => {
      const { import: _, ...owner } = decodeRow(dumpOwners, row);
      const person = decodeRow(personOfOwner, row);
      return { ...owner, ...person, login: person.login || `#${owner.ownerId}` };
    });
  }

  async versions(registry: string, crateId: number): Promise<readonly DumpedVersion[]> {
    const rows = await this.#db
      .selectFrom('dump_versions as v')
      .leftJoin('dump_users as u', (join) =>
        join.onRef('u.import', '=', 'v.import').onRef('u.id', '=', 'v.published_by'),
      )
      .selectAll('v')
      .select(['u.login as publisher_login', 'u.created_at as publisher_registered_at'])
      .where('v.import', '=', current(registry))
      .where('v.crate_id', '=', crateId)
      .orderBy('v.created_at')
      .orderBy('v.id')
      .execute();
    return rows.map((row) => {
      const { import: _, ...version } = decodeRow(dumpVersions, row);
      return { ...version, ...decodeRow(personOfVersion, row) };
    });
  }

  async publishedBy(registry: string, userId: number): Promise<readonly DumpedName[]> {
    const query = this.#named(registry).where('c.id', 'in', (eb) =>
      eb
        .selectFrom('dump_versions as v')
        .select('v.crate_id')
        .where('v.import', '=', current(registry))
        .where('v.published_by', '=', userId),
    );
    return decoded(named, query.orderBy('u.downloads', 'desc').orderBy('c.id'));
  }

  async ownedAlongside(registry: string, crateId: number): Promise<readonly string[]> {
    const query = this.#db
      .selectFrom('dump_owners as own')
      .innerJoin('dump_owners as other', (join) =>
        join
          .onRef('other.import', '=', 'own.import')
          .onRef('other.kind', '=', 'own.kind')
          .onRef('other.owner_id', '=', 'own.owner_id'),
      )
      .innerJoin('dump_crates as c', (join) =>
        join.onRef('c.import', '=', 'other.import').onRef('c.id', '=', 'other.crate_id'),
      )
      .select('c.name')
      .distinct()
      .where('own.import', '=', current(registry))
      .where('own.crate_id', '=', crateId)
      .orderBy('c.name');
    return (await decoded(names, query)).map(({ name }) => name);
  }

  async names(registry: string, { leastDownloads, after, limit }: NamesPage): Promise<readonly DumpedName[]> {
    const query = this.#named(registry)
      .where('c.id', '>', after)
      .where('u.downloads', '>=', leastDownloads)
      .orderBy('c.id')
      .limit(limit);
    return decoded(named, query);
  }

  async gone(registry: string, name: string): Promise<GoneName> {
    const key = canonicalName(name);
    const deleted = this.#db
      .selectFrom('dump_deleted')
      .selectAll()
      .where('import', '=', current(registry))
      .where('key', '=', key)
      .orderBy('deleted_at', 'desc');
    const reserved = this.#db
      .selectFrom('dump_reserved')
      .select('name')
      .where('import', '=', current(registry))
      .where('key', '=', key);
    const found = await decoded(dumpDeleted, deleted);
    return {
      deleted: found.map(({ deletedAt, message }) => ({ deletedAt, message })),
      reserved: (await reserved.execute()).length > 0,
    };
  }

  #named(registry: string) {
    return this.#db
      .selectFrom('dump_crates as c')
      .innerJoin('dump_uses as u', (join) =>
        join.onRef('u.import', '=', 'c.import').onRef('u.crate_id', '=', 'c.id'),
      )
      .select(['c.id', 'c.name', 'c.created_at', 'u.downloads'])
      .where('c.import', '=', current(registry));
  }
}

const named = table<DumpedName>('dump_crates', ['id'], {
  id: count,
  name: text,
  downloads: count,
  createdAt: integer,
});
const names = pick(named, 'name');

const personOfOwner = table<Pick<DumpedOwner, 'login' | 'name' | 'registeredAt'>>('dump_owners', [], {
  login: text,
  name: optional(text),
  registeredAt: optional(integer),
});

const personOfVersion = table<Pick<DumpedVersion, 'publisherLogin' | 'publisherRegisteredAt'>>(
  'dump_versions',
  [],
  { publisherLogin: optional(text), publisherRegisteredAt: optional(integer) },
);

/** The number of a registry's current import; none: no row has it. */
function current(registry: string) {
  return sql<number>`(select import from dump_imports where registry = ${registry} and state = 'current')`;
}

async function decoded<R>(
  table: Table<R>,
  query: SelectQueryBuilder<Tables, never, object>,
): Promise<readonly R[]> {
  return (await query.execute()).map((row) => decodeRow(table, row));
}
