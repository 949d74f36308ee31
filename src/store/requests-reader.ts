import { SqlDecisionReader } from './decisions-reader.ts';
import type { RequestedQuery, RequestedRelease, RequestReader, RequestRecord } from './requests.ts';
import { decodeRow } from './table.ts';
import { releases, requests } from './tables.ts';

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

  async requestedReleases(query: RequestedQuery): Promise<readonly RequestedRelease[]> {
    const { states, registry, key, version, by, limit, offset = 0 } = query;
    const rows = await this.db
      .selectFrom('requests')
      .innerJoin('releases', (join) =>
        join
          .onRef('releases.registry', '=', 'requests.registry')
          .onRef('releases.key', '=', 'requests.key')
          .onRef('releases.version', '=', 'requests.version'),
      )
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
              .where('own.by', '=', by ?? ''),
          ),
        ),
      )
      .groupBy(['requests.registry', 'requests.key', 'requests.version'])
      .orderBy('people', 'desc')
      .orderBy('last', 'desc')
      .orderBy('requests.registry')
      .orderBy('requests.key')
      .orderBy('requests.version')
      .limit(limit)
      .offset(offset)
      .execute();
    const found: RequestedRelease[] = [];
    for (const { registry, key, version } of rows) {
      const row = await this.db
        .selectFrom('releases')
        .selectAll()
        .where('registry', '=', registry)
        .where('key', '=', key)
        .where('version', '=', version)
        .executeTakeFirstOrThrow();
      found.push({
        release: decodeRow(releases, row),
        requests: await this.requestsFor(registry, key, version),
      });
    }
    return found;
  }
}
