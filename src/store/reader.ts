import { type RawBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import { SqlBuildSessionReader } from './build-sessions-reader.ts';
import type { ReleasePlace } from './decisions.ts';
import { StoreError } from './error.ts';
import { type Ordered, past } from './past.ts';
import type {
  BlockRecord,
  BreakGlassRecord,
  CrateRecord,
  FeedRecord,
  LogEntry,
  PeopleRecord,
  PolicyRecord,
  ReleaseOutline,
  ReleaseRecord,
  ReleaseState,
  TokenRecord,
} from './records.ts';
import type {
  DueScope,
  Horizons,
  LogQuery,
  ReleaseKey,
  ReleaseQuery,
  StoreCounts,
  StoreReader,
} from './store.ts';
import { decodeRow, pick, type Row, type Table } from './table.ts';
import {
  blocks,
  breakGlass,
  crates,
  feeds,
  log,
  outlines,
  people,
  policies,
  releases,
  type Tables,
  tokens,
  webSessions,
} from './tables.ts';

/** Reads, each of them one statement, so that it sees one moment of the database. */
export class SqlReader extends SqlBuildSessionReader implements StoreReader {
  async crate(registry: string, key: string): Promise<CrateRecord | undefined> {
    const row = await this.db
      .selectFrom('crates')
      .selectAll()
      .where('registry', '=', registry)
      .where('key', '=', key)
      .executeTakeFirst();
    return row && decodeRow(crates, row);
  }

  async releases(registry: string, key: string): Promise<readonly ReleaseRecord[]> {
    const query = this.db
      .selectFrom('releases')
      .selectAll()
      .where('registry', '=', registry)
      .where('key', '=', key)
      .orderBy('position')
      .orderBy('version');
    return decoded(releases, query);
  }

  async release(registry: string, key: string, version: string): Promise<ReleaseRecord | undefined> {
    const row = await this.db
      .selectFrom('releases')
      .selectAll()
      .where('registry', '=', registry)
      .where('key', '=', key)
      .where('version', '=', version)
      .executeTakeFirst();
    return row && decodeRow(releases, row);
  }

  async releaseOutlines(
    registry: string,
    key: string,
    { after, limit }: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<readonly ReleaseOutline[]> {
    const query = this.db
      .selectFrom('releases')
      .select(outlines.fields.map(({ column }) => column as keyof Row<ReleaseOutline>))
      .where('registry', '=', registry)
      .where('key', '=', key)
      .$if(after !== undefined, (q) => q.where('version', '>', after ?? ''))
      .orderBy('version')
      .limit(limit);
    return decoded(outlines, query);
  }

  async revision(registry: string, key: string): Promise<number | undefined> {
    const { rows } = await sql<{ revision: unknown }>`
      select revision from crates where registry = ${registry} and key = ${key}`.execute(this.db);
    return rows.length === 0 ? undefined : (wholeNumber('crates', rows[0]?.revision) ?? 0);
  }

  async findReleases({
    registry,
    key,
    states,
    limit,
    after,
    order = 'since',
  }: ReleaseQuery): Promise<readonly ReleaseRecord[]> {
    const page = (state?: ReleaseState) =>
      ordered(
        this.db
          .selectFrom('releases')
          .selectAll()
          .$if(registry !== undefined, (q) => q.where('registry', '=', registry ?? ''))
          .$if(key !== undefined, (q) => q.where('key', '=', key ?? ''))
          .$if(state !== undefined, (q) => q.where('state', '=', state ?? 'held'))
          .$if(after !== undefined, (q) => q.where(pastRelease(after as ReleasePlace, order))),
        order,
      );
    if (states === undefined) return decoded(releases, page().limit(limit));
    // One walk along the index per state: "in" would walk past every other release to find a rare one.
    const [first, ...others] = [...new Set(states)].map((state) =>
      this.db.selectFrom(page(state).limit(limit).as('releases')).selectAll(),
    );
    if (first === undefined) return [];
    const all = others.reduce((union, other) => union.unionAll(other), first);
    return decoded(releases, ordered(all, order).limit(limit));
  }

  async searchCrates(registry: string, text: string, limit: number): Promise<readonly string[]> {
    const wanted = text.toLowerCase();
    const query = this.db
      .selectFrom('crates')
      .select('key')
      .where('registry', '=', registry)
      // "contains", the same on both databases: "like" folds case on one of them.
      .$if(wanted !== '', (q) => q.where(sql<boolean>`replace(key, ${wanted}, '') <> key`))
      .orderBy(({ fn }) => fn('length', ['key']))
      .orderBy('key')
      .limit(limit);
    return (await decoded(crateKeys, query)).map(({ key }) => key);
  }

  async exactDependents(registry: string, key: string): Promise<readonly string[]> {
    const query = this.db
      .selectFrom('exact_needs')
      .select('by')
      .where('registry', '=', registry)
      .where('key', '=', key)
      .orderBy('by');
    return (await query.execute()).map(({ by }) => by);
  }

  async crateKeys(registry: string): Promise<readonly string[]> {
    const query = this.db
      .selectFrom('crates')
      .select('key')
      .where('registry', '=', registry)
      .where('digest', 'is not', null)
      .orderBy('key');
    return (await decoded(crateKeys, query)).map(({ key }) => key);
  }

  async firstPublications(registry: string): Promise<ReadonlyMap<string, number>> {
    const { rows } = await sql<{ key: string; first: unknown }>`
      select key, min(published) as first from releases
        where registry = ${registry} and published is not null group by key`.execute(this.db);
    return new Map(rows.map(({ key, first }) => [key, wholeNumber('releases', first) ?? 0]));
  }

  async publishedSince(registry: string, since: number, limit: number): Promise<readonly string[]> {
    const rows = await this.db
      .selectFrom('releases')
      .select('key')
      .distinct()
      .where('registry', '=', registry)
      .where('published', '>=', since)
      .orderBy('key')
      .limit(limit)
      .execute();
    return rows.map(({ key }) => key);
  }

  async presentCrates(registry: string, limit: number): Promise<readonly string[]> {
    const query = this.db
      .selectFrom('crates')
      .select('key')
      .where('registry', '=', registry)
      .where('digest', 'is not', null)
      .where('absent_since', 'is', null)
      .orderBy('checked_at', (order) => order.desc().nullsLast())
      .orderBy('key')
      .limit(limit);
    return (await decoded(crateKeys, query)).map(({ key }) => key);
  }

  async cratesJudgedOtherwise(
    policy: string,
    limit: number,
  ): Promise<readonly { readonly registry: string; readonly key: string }[]> {
    // Two walks along the index that stop at the limit; "<>" would read every release.
    const { rows } = await sql<object>`
      select registry, key from (select distinct policy, registry, key from releases
        where policy < ${policy} order by policy, registry, key limit ${limit}) as before
      union select registry, key from (select distinct policy, registry, key from releases
        where policy > ${policy} order by policy, registry, key limit ${limit}) as after
      order by registry, key limit ${limit}`.execute(this.db);
    return rows.map((row) => decodeRow(releaseCrates, row));
  }

  async readOtherwise(
    current: string,
    after: ReleaseKey | undefined,
    limit: number,
  ): Promise<readonly ReleaseKey[]> {
    const query = this.db
      .selectFrom('releases')
      .select(['registry', 'key', 'version'])
      .where('archive', 'is not', null)
      .where(sql<boolean>`substr(archive, 1, ${current.length}) <> ${current}`)
      .$if(after !== undefined, (q) =>
        q.where(
          sql<boolean>`(registry, key, version) > (${after?.registry}, ${after?.key}, ${after?.version})`,
        ),
      )
      .orderBy('registry')
      .orderBy('key')
      .orderBy('version')
      .limit(limit);
    return decoded(releaseKeys, query);
  }

  async activeBlocks(registry: string, key: string): Promise<readonly BlockRecord[]> {
    const query = this.db
      .selectFrom('blocks')
      .selectAll()
      .where('registry', '=', registry)
      .where('key', '=', key)
      .where('lifted_at', 'is', null)
      .orderBy('id');
    return decoded(blocks, query);
  }

  async breakGlass(registry: string, key: string): Promise<readonly BreakGlassRecord[]> {
    const query = this.db
      .selectFrom('break_glass')
      .selectAll()
      .where('registry', '=', registry)
      .where('key', '=', key)
      .orderBy('at')
      .orderBy('version')
      .orderBy('by');
    return decoded(breakGlass, query);
  }

  async log(find: LogQuery): Promise<readonly LogEntry[]> {
    const { after, registry, key, version } = find;
    const query = this.db
      .selectFrom('log')
      .selectAll()
      .$if(after !== undefined, (q) => q.where('seq', '>', after ?? 0))
      .$if(registry !== undefined, (q) => q.where('registry', '=', registry ?? ''))
      .$if(key !== undefined, (q) => q.where('key', '=', key ?? ''))
      .$if(version !== undefined, (q) => q.where('version', '=', version ?? ''))
      .orderBy('seq')
      .limit(find.limit);
    return decoded(log, query);
  }

  async lastSeq(): Promise<number> {
    return this.last('log', 'seq');
  }

  async people(registry: string, key: string): Promise<PeopleRecord | undefined> {
    const row = await this.db
      .selectFrom('people')
      .selectAll()
      .where('registry', '=', registry)
      .where('key', '=', key)
      .executeTakeFirst();
    return row && decodeRow(people, row);
  }

  async nextPeople(registry: string, now: number): Promise<PeopleRecord | undefined> {
    const row = await this.db
      .selectFrom('people')
      .selectAll()
      .where('registry', '=', registry)
      .where('ask_at', '<=', now)
      .orderBy('ask_at')
      .orderBy('key')
      .limit(1)
      .executeTakeFirst();
    return row && decodeRow(people, row);
  }

  async feed(name: string): Promise<FeedRecord | undefined> {
    const row = await this.db.selectFrom('feeds').selectAll().where('name', '=', name).executeTakeFirst();
    return row === undefined ? undefined : decodeRow(feeds, row);
  }

  async feedDigests(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await decoded(
      digests,
      this.db.selectFrom('feeds').select(['name', 'digest']).where('name', 'in', names),
    );
    return new Map(rows.map(({ name, digest }) => [name, digest]));
  }

  async policyInForce(): Promise<PolicyRecord | undefined> {
    return (await this.policyHistory(1))[0];
  }

  async policyHistory(limit: number): Promise<readonly PolicyRecord[]> {
    const rows = await this.db
      .selectFrom('policies')
      .selectAll()
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
    return rows.map((row) => {
      const { id: _, ...policy } = decodeRow(policies, row);
      return policy;
    });
  }

  async tokens(): Promise<readonly TokenRecord[]> {
    return decoded(tokens, this.db.selectFrom('tokens').selectAll().orderBy('name'));
  }

  async tokenOf(hash: string): Promise<TokenRecord | undefined> {
    const row = await this.db.selectFrom('tokens').selectAll().where('hash', '=', hash).executeTakeFirst();
    return row === undefined ? undefined : decodeRow(tokens, row);
  }

  async tokenOfSession(digest: string, now: number): Promise<TokenRecord | undefined> {
    const row = await this.db
      .selectFrom('tokens')
      .innerJoin('web_sessions', 'web_sessions.token', 'tokens.hash')
      .selectAll('tokens')
      .where('web_sessions.digest', '=', digest)
      .where('web_sessions.ends_at', '>', now)
      .executeTakeFirst();
    return row === undefined ? await this.#personOf(digest, now) : decodeRow(tokens, row);
  }

  /** A person's session as a token that ends with it; its use is nobody's to note. */
  async #personOf(digest: string, now: number): Promise<TokenRecord | undefined> {
    const row = await this.db
      .selectFrom('web_sessions')
      .selectAll()
      .where('digest', '=', digest)
      .where('ends_at', '>', now)
      .where('name', 'is not', null)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const { name, role, token, at, endsAt } = decodeRow(webSessions, row);
    if (name === null || role === null) return undefined;
    return { name, owner: null, role, hash: token, at, endsAt, revokedAt: null, usedAt: now };
  }

  async counts(): Promise<StoreCounts> {
    const { rows } = await sql<{ what: string; n: number }>`
      select 'crates' as what, count(*) as n from crates
      union all select 'failing', count(*) from crates where failures > 0
      union all select state, count(*) from releases group by state`.execute(this.db);
    const count = { crates: 0, failing: 0, held: 0, promoted: 0, review: 0, blocked: 0, withdrawn: 0 };
    for (const { what, n } of rows) {
      if (!Object.hasOwn(count, what))
        throw damaged('releases', `${n} rows have the state ${JSON.stringify(what)}`);
      count[what as keyof typeof count] = n;
    }
    const { crates, failing, ...releases } = count;
    return { crates, failing, releases };
  }

  async partlyRead(limit: number): Promise<readonly CrateRecord[]> {
    const query = this.db.selectFrom('crates').selectAll().where('failures', '=', 0);
    const found = query.where('last_error', 'is not', null).orderBy('registry').orderBy('key').limit(limit);
    return decoded(crates, found);
  }

  async isAhead({ poll, judge, people, deliver }: Horizons): Promise<boolean> {
    const { rows } = await sql<object>`
      select 1 as found from crates where poll_at > ${poll}
      union select 1 from releases where judge_at > ${judge} and (until is null or judge_at <> until)
      union select 1 from people where ask_at > ${people}
      union select 1 from deliveries where due_at > ${deliver} limit 1`.execute(this.db);
    return rows.length > 0;
  }

  async nextDue(
    scope: DueScope = {},
  ): Promise<{ readonly poll: number | null; readonly judge: number | null }> {
    const ofRegistry = isOfScope({ registry: scope.registry });
    // The first along each index: "min" with a condition would read them all.
    const { rows } = await sql<{ poll: unknown; judge: unknown }>`
      select (select poll_at from crates where ${ofRegistry} order by poll_at limit 1) as poll,
        (select judge_at from releases where judge_at is not null and ${isOfScope(scope)}
          order by judge_at limit 1) as judge`.execute(this.db);
    return {
      poll: wholeNumber('crates', rows[0]?.poll),
      judge: wholeNumber('releases', rows[0]?.judge),
    };
  }

  /** The greatest number of an ascending column; 0 before the first row. */
  protected async last(
    from: 'log' | 'blocks' | 'policies' | 'decisions' | 'changes',
    column: 'seq' | 'id',
  ): Promise<number> {
    const { rows } = await sql<{ last: unknown }>`
      select max(${sql.ref(column)}) as last from ${sql.table(from)}`.execute(this.db);
    return wholeNumber(from, rows[0]?.last) ?? 0;
  }
}

/** Whether a row of work that is due is meant. */
export function isOfScope({ registry, bytes }: DueScope): RawBuilder<SqlBool> {
  const ofRegistry = registry === undefined ? sql<SqlBool>`1 = 1` : sql<SqlBool>`registry = ${registry}`;
  // What came with a crate's first file is judged by its line until somebody asks for the bytes; what was read of a release that
  // another one is compared with is no judgement of it.
  const isHere = sql<SqlBool>`(judged = 'release' or arrival = 'back-catalogue')`;
  if (bytes === undefined) return ofRegistry;
  return bytes === 'here'
    ? sql<SqlBool>`${ofRegistry} and ${isHere}`
    : sql<SqlBool>`${ofRegistry} and not ${isHere}`;
}

const crateKeys = pick(crates, 'key');
const digests = pick(feeds, 'name', 'digest');
const releaseKeys = pick(releases, 'registry', 'key', 'version');
const releaseCrates = pick(releases, 'registry', 'key');

/** A number out of the database, or `null`. Throws `store/damaged` for anything else. */
export function wholeNumber(table: string, value: unknown): number | null {
  if (value === null || (typeof value === 'number' && Number.isSafeInteger(value))) return value;
  throw damaged(table, `${JSON.stringify(String(value))} is where a whole number is expected`);
}

function damaged(table: string, what: string): StoreError {
  return new StoreError(
    'store/damaged',
    `The table "${table}" is damaged: ${what}. Correct it or restore the database from a backup.`,
    { details: { table } },
  );
}

function ordered<Q extends SelectQueryBuilder<Tables, 'releases', Row<ReleaseRecord>>>(
  query: Q,
  order: 'since' | 'until',
) {
  const first =
    order === 'since'
      ? query.orderBy('state_since', 'desc')
      : query.orderBy('until', (column) => column.asc().nullsLast());
  return first.orderBy('registry').orderBy('key').orderBy('position').orderBy('version');
}

/** Whether a release stands behind that one, ordered so. */
function pastRelease(place: ReleasePlace, order: 'since' | 'until'): RawBuilder<SqlBool> {
  const { stateSince, until, registry, key, position, version } = place;
  const others: readonly Ordered[] = [
    { of: sql.ref('registry'), value: registry },
    { of: sql.ref('key'), value: key },
    { of: sql.ref('position'), value: position },
    { of: sql.ref('version'), value: version },
  ];
  if (order === 'since')
    return past([{ of: sql.ref('state_since'), value: stateSince, order: 'desc' }, ...others]);
  if (until === null) return sql<SqlBool>`("until" is null and ${past(others)})`;
  // What has no end is last.
  return sql<SqlBool>`("until" is null or ${past([{ of: sql.ref('until'), value: until }, ...others])})`;
}

async function decoded<R>(
  table: Table<R>,
  query: SelectQueryBuilder<Tables, never, object>,
): Promise<readonly R[]> {
  return (await query.execute()).map((row) => decodeRow(table, row));
}
