import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { SqlDecisionReader } from './decisions-reader.ts';
import { past } from './past.ts';
import type { DecisionRecord } from './records.ts';
import type {
  RequestedPlace,
  RequestedQuery,
  RequestedRelease,
  RequestReader,
  RequestRecord,
} from './requests.ts';
import { decodeRow } from './table.ts';
import { decisions, releases, requests } from './tables.ts';

/** Reads of who needs what. */
export class SqlRequestReader extends SqlDecisionReader implements RequestReader {
  async requestsFor(registry: string, key: string, version?: string): Promise<readonly RequestRecord[]> {
    const rows = await this.db
      .selectFrom('requests')
      .selectAll()
      .where('registry', '=', registry)
      .where('key', '=', key)
      .$if(version !== undefined, (q) => q.where('version', '=', version ?? ''))
      .orderBy('at')
      .orderBy('by')
      .execute();
    return rows.map((row) => decodeRow(requests, row));
  }

  /**
   * Three statements, however many releases there are: who asked, and what was decided, is looked up for those of the
   * page alone.
   */
  async requestedReleases(query: RequestedQuery): Promise<readonly RequestedRelease[]> {
    if (query.states?.length === 0) return [];
    const rows = await this.db
      .selectFrom(this.#wanted(query).as('wanted'))
      .innerJoin('releases', (join) => join.on(ofSame('releases', 'wanted')))
      .selectAll('releases')
      .orderBy('wanted.people', 'desc')
      .orderBy('wanted.last', 'desc')
      .orderBy('wanted.registry')
      .orderBy('wanted.key')
      .orderBy('wanted.version')
      .execute();
    if (rows.length === 0) return [];
    const ids = sql.join(rows.map(({ registry, key, version }) => sql`(${registry}, ${key}, ${version})`));
    const isOfPage = sql<SqlBool>`(registry, key, version) in (values ${ids})`;
    const asked = await this.db
      .selectFrom('requests')
      .selectAll('requests')
      .where(isOfPage)
      .orderBy('requests.at')
      .orderBy('requests.by')
      .execute();
    const decided = await this.db
      .selectFrom('decisions')
      .selectAll('decisions')
      .where(isOfPage)
      .orderBy('decisions.id', 'desc')
      .execute();
    const requestsOf = Map.groupBy(
      asked.map((row): RequestRecord => decodeRow(requests, row)),
      idOf,
    );
    const decisionsOf = Map.groupBy(
      decided.map((row): DecisionRecord => decodeRow(decisions, row)),
      idOf,
    );
    return rows.map((row) => {
      const release = decodeRow(releases, row);
      const id = idOf(release);
      return { release, requests: requestsOf.get(id) ?? [], decisions: decisionsOf.get(id) ?? [] };
    });
  }

  /** Which releases are meant, with what they are ordered by. */
  #wanted({ states, registry, key, version, by, limit, after }: RequestedQuery) {
    return this.db
      .selectFrom('requests')
      .innerJoin('releases', (join) => join.on(ofSame('releases', 'requests')))
      .select(({ fn }) => [
        'requests.registry',
        'requests.key',
        'requests.version',
        fn.countAll().as('people'),
        fn.max('requests.at').as('last'),
      ])
      .$if(states !== undefined, (q) => q.where('releases.state', 'in', [...(states ?? [])]))
      .$if(registry !== undefined, (q) => q.where('requests.registry', '=', registry ?? ''))
      .$if(key !== undefined, (q) => q.where('requests.key', '=', key ?? ''))
      .$if(version !== undefined, (q) => q.where('requests.version', '=', version ?? ''))
      .$if(by !== undefined, (q) =>
        q.where(({ exists, selectFrom }) =>
          exists(
            selectFrom('requests as own')
              .select('own.by')
              .whereRef('own.registry', '=', 'requests.registry')
              .whereRef('own.key', '=', 'requests.key')
              .whereRef('own.version', '=', 'requests.version')
              // Names that differ in case are one person's (`policy/people.ts`); these are ASCII.
              .where(sql<SqlBool>`lower(${sql.ref('own.by')}) = ${by?.toLowerCase() ?? ''}`),
          ),
        ),
      )
      .groupBy(['requests.registry', 'requests.key', 'requests.version'])
      .$if(after !== undefined, (q) => q.having(pastRequested(after as RequestedPlace)))
      .orderBy('people', 'desc')
      .orderBy('last', 'desc')
      .orderBy('requests.registry')
      .orderBy('requests.key')
      .orderBy('requests.version')
      .limit(limit);
  }
}

function pastRequested({ people, last, registry, key, version }: RequestedPlace): RawBuilder<SqlBool> {
  return past([
    { of: sql`count(*)`, value: people, order: 'desc' },
    { of: sql`max(${sql.ref('requests.at')})`, value: last, order: 'desc' },
    { of: sql.ref('requests.registry'), value: registry },
    { of: sql.ref('requests.key'), value: key },
    { of: sql.ref('requests.version'), value: version },
  ]);
}

/** Whether rows of two tables are about one release. */
function ofSame(table: string, other: string): RawBuilder<SqlBool> {
  const same = ['registry', 'key', 'version'].map(
    (column) => sql`${sql.ref(`${table}.${column}`)} = ${sql.ref(`${other}.${column}`)}`,
  );
  return sql<SqlBool>`(${sql.join(same, sql` and `)})`;
}

function idOf({ registry, key, version }: Pick<RequestRecord, 'registry' | 'key' | 'version'>): string {
  return JSON.stringify([registry, key, version]);
}
