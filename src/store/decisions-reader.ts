import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { SqlAuditReader } from './audit-reader.ts';
import type {
  DecisionQuery,
  DecisionReader,
  ReviewMove,
  WantedPlace,
  WantedQuery,
  WantedRelease,
} from './decisions.ts';
import { past } from './past.ts';
import type { DecisionRecord } from './records.ts';
import { decodeRow, pick } from './table.ts';
import { decisions, log, releases } from './tables.ts';

const moves = pick(log, 'at', 'from', 'to');
const cratesOfDecisions = pick(decisions, 'registry', 'key');

/** Reads of what people decided. */
export class SqlDecisionReader extends SqlAuditReader implements DecisionReader {
  async standingDecisions(registry: string, key: string): Promise<readonly DecisionRecord[]> {
    const rows = await this.db
      .selectFrom('decisions')
      .selectAll()
      .where('registry', '=', registry)
      .where('key', '=', key)
      .where('taken_back_at', 'is', null)
      .orderBy('id')
      .execute();
    return rows.map((row) => decodeRow(decisions, row));
  }

  async findDecisions(query: DecisionQuery): Promise<readonly DecisionRecord[]> {
    const { registry, key, version, limit, before } = query;
    const rows = await this.db
      .selectFrom('decisions')
      .selectAll()
      .$if(registry !== undefined, (q) => q.where('registry', '=', registry ?? ''))
      .$if(key !== undefined, (q) => q.where('key', '=', key ?? ''))
      .$if(version !== undefined, (q) => q.where('version', '=', version ?? ''))
      .$if(before !== undefined, (q) => q.where('id', '<', before ?? 0))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
    return rows.map((row) => decodeRow(decisions, row));
  }

  async cratesActedOn(
    by: string,
    at: number,
  ): Promise<readonly { readonly registry: string; readonly key: string }[]> {
    const acted = (from: 'break_glass' | 'decisions') =>
      this.db
        .selectFrom(from)
        .select(['registry', 'key'])
        .where('by', '=', by)
        .where(({ or, eb }) => or([eb('author_ended_at', 'is', null), eb('author_ended_at', '>', at)]));
    const rows = await acted('break_glass')
      .union(acted('decisions'))
      .orderBy('registry')
      .orderBy('key')
      .execute();
    return rows.map((row) => decodeRow(cratesOfDecisions, row));
  }

  async reviewMoves(since: number): Promise<readonly ReviewMove[]> {
    const rows = await this.db
      .selectFrom('log')
      .select(['at', 'from', 'to'])
      .where('at', '>=', since)
      // In the words of the index on it (`log_reviews`), in its order: else SQLite reads the whole log, verdicts included.
      .where(sql<SqlBool>`("from" = 'review' or "to" = 'review')`)
      .orderBy('at')
      .orderBy('seq')
      .execute();
    return rows
      .map((row) => decodeRow(moves, row))
      .flatMap(({ at, from, to }) => (from === to ? [] : [{ at, into: to === 'review' }]));
  }

  async mostWanted(query: WantedQuery): Promise<readonly WantedRelease[]> {
    const { registry, key, states, limit, after } = query;
    if (states.length === 0) return [];
    const rows = await this.db
      .selectFrom('releases')
      .leftJoin('refusals', (join) =>
        join
          .onRef('refusals.registry', '=', 'releases.registry')
          .onRef('refusals.key', '=', 'releases.key')
          .onRef('refusals.version', '=', 'releases.version')
          .onRef('refusals.since', '=', 'releases.state_since'),
      )
      .selectAll('releases')
      .select(({ fn, val }) => fn.coalesce('refusals.count', val(0)).as('waiting'))
      .where('releases.state', 'in', [...states])
      .$if(registry !== undefined, (q) => q.where('releases.registry', '=', registry ?? ''))
      .$if(key !== undefined, (q) => q.where('releases.key', '=', key ?? ''))
      .$if(after !== undefined, (q) => q.where(pastWanted(after as WantedPlace)))
      .orderBy('waiting', 'desc')
      .orderBy('releases.state_since', 'desc')
      .orderBy('releases.registry')
      .orderBy('releases.key')
      .orderBy('releases.position')
      .orderBy('releases.version')
      .limit(limit)
      .execute();
    return rows.map((row) => ({ release: decodeRow(releases, row), waiting: Number(row.waiting) }));
  }
}

function pastWanted({ release, waiting }: WantedPlace): RawBuilder<SqlBool> {
  return past([
    { of: sql`coalesce(${sql.ref('refusals.count')}, 0)`, value: waiting, order: 'desc' },
    { of: sql.ref('releases.state_since'), value: release.stateSince, order: 'desc' },
    { of: sql.ref('releases.registry'), value: release.registry },
    { of: sql.ref('releases.key'), value: release.key },
    { of: sql.ref('releases.position'), value: release.position },
    { of: sql.ref('releases.version'), value: release.version },
  ]);
}
