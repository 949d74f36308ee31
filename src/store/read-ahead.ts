import { type Kysely, sql } from 'kysely';
import { packOutlines, unpackOutlines } from './packed-outlines.ts';
import { wholeNumber } from './reader.ts';
import type {
  BlockRecord,
  BreakGlassRecord,
  CrateRecord,
  DecisionRecord,
  PackedOutlines,
  ReleaseOutline,
  ReleaseRecord,
} from './records.ts';
import type { CrateReader, ReadAhead, ReleaseKey } from './store.ts';
import { decodeRow, type Table } from './table.ts';
import { blocks, breakGlass, crates, decisions, outlines, releases, type Tables } from './tables.ts';

/** All that `CrateReader` says of a crate, but for its releases: of those the ones that were wanted. */
interface Brought {
  readonly crate: CrateRecord | undefined;
  readonly revision: number | undefined;
  /** In the order of their versions as texts. */
  readonly outlines: readonly ReleaseOutline[];
  readonly blocks: readonly BlockRecord[];
  readonly breakGlass: readonly BreakGlassRecord[];
  readonly decisions: readonly DecisionRecord[];
  readonly releases: Map<string, ReleaseRecord>;
  /** Whether its outlines were packed, as of this revision. */
  readonly isPacked: boolean;
}

type Snapshot = <T>(work: (db: Kysely<Tables>) => Promise<T>) => Promise<T>;

/** Crates that one statement asks for. */
const chunk = 200;

/**
 * Reads together what one is about to be asked of many crates; `snapshot` runs what is to be of one moment, `write`
 * what is kept.
 */
export class SqlReadAhead implements ReadAhead {
  readonly #store: CrateReader;
  readonly #snapshot: Snapshot;
  readonly #write: Snapshot;
  readonly #brought = new Map<string, Brought>();

  constructor(store: CrateReader, snapshot: Snapshot, write: Snapshot) {
    this.#store = store;
    this.#snapshot = snapshot;
    this.#write = write;
  }

  async bring(wanted: readonly ReleaseKey[]): Promise<void> {
    for (const [registry, all] of Map.groupBy(wanted, (one) => one.registry)) {
      const byKey = [...Map.groupBy(all, ({ key }) => key)];
      for (let from = 0; from < byKey.length; from += chunk)
        await this.#snapshot((db) => this.#bring(db, registry, new Map(byKey.slice(from, from + chunk))));
    }
  }

  forget(registry: string, key: string): void {
    this.#brought.delete(idOf(registry, key));
  }

  async keep(): Promise<void> {
    const packed = [...this.#brought.values()].flatMap(({ crate, revision, outlines, isPacked }) =>
      isPacked || crate === undefined || revision === undefined
        ? []
        : [packOutlines({ registry: crate.registry, key: crate.key, revision }, outlines)],
    );
    if (packed.length === 0) return;
    await this.#write(async (db) => {
      for (let from = 0; from < packed.length; from += chunk) {
        const values = packed
          .slice(from, from + chunk)
          .map((one) => sql`(${one.registry}, ${one.key}, ${one.revision}, ${one.body}, ${one.digest})`);
        await sql`insert into packed_outlines (registry, key, revision, body, digest) values ${sql.join(values)}
          on conflict (registry, key) do update
          set revision = excluded.revision, body = excluded.body, digest = excluded.digest`.execute(db);
      }
    });
  }

  async #bring(
    db: Kysely<Tables>,
    registry: string,
    wanted: ReadonlyMap<string, readonly ReleaseKey[]>,
  ): Promise<void> {
    const keys = [...wanted.keys()];
    const fresh = keys.filter((key) => !this.#brought.has(idOf(registry, key)));
    const found = fresh.length === 0 ? [] : await cratesIn(db, registry, fresh);
    for (const [key, brought] of found) this.#brought.set(idOf(registry, key), brought);
    const pairs = keys.flatMap((key) => {
      const brought = this.#brought.get(idOf(registry, key));
      const first = fresh.includes(key) ? firstOf(brought?.outlines ?? []) : undefined;
      const versions = new Set([...(wanted.get(key) ?? []).map(({ version }) => version), first]);
      return [...versions].flatMap((version) =>
        version === undefined || brought?.releases.has(version) === true ? [] : [{ key, version }],
      );
    });
    for (const release of await releasesIn(db, registry, pairs))
      this.#brought.get(idOf(registry, release.key))?.releases.set(release.version, release);
  }

  async crate(registry: string, key: string): Promise<CrateRecord | undefined> {
    const brought = this.#brought.get(idOf(registry, key));
    return brought === undefined ? await this.#store.crate(registry, key) : brought.crate;
  }

  async revision(registry: string, key: string): Promise<number | undefined> {
    const brought = this.#brought.get(idOf(registry, key));
    return brought === undefined ? await this.#store.revision(registry, key) : brought.revision;
  }

  async release(registry: string, key: string, version: string): Promise<ReleaseRecord | undefined> {
    const known = this.#brought.get(idOf(registry, key))?.releases.get(version);
    return known ?? (await this.#store.release(registry, key, version));
  }

  async releases(registry: string, key: string): Promise<readonly ReleaseRecord[]> {
    return await this.#store.releases(registry, key);
  }

  async releaseOutlines(
    registry: string,
    key: string,
    page: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<readonly ReleaseOutline[]> {
    const brought = this.#brought.get(idOf(registry, key));
    if (brought === undefined) return await this.#store.releaseOutlines(registry, key, page);
    const { after } = page;
    const from = after === undefined ? 0 : brought.outlines.findIndex(({ version }) => version === after) + 1;
    return brought.outlines.slice(from, from + page.limit);
  }

  async activeBlocks(registry: string, key: string): Promise<readonly BlockRecord[]> {
    const brought = this.#brought.get(idOf(registry, key));
    return brought === undefined ? await this.#store.activeBlocks(registry, key) : brought.blocks;
  }

  async breakGlass(registry: string, key: string): Promise<readonly BreakGlassRecord[]> {
    const brought = this.#brought.get(idOf(registry, key));
    return brought === undefined ? await this.#store.breakGlass(registry, key) : brought.breakGlass;
  }

  async standingDecisions(registry: string, key: string): Promise<readonly DecisionRecord[]> {
    const brought = this.#brought.get(idOf(registry, key));
    return brought === undefined ? await this.#store.standingDecisions(registry, key) : brought.decisions;
  }
}

function idOf(registry: string, key: string): string {
  return `${registry}/${key}`;
}

/** The release whose index line comes first. */
function firstOf(all: readonly ReleaseOutline[]): string | undefined {
  let first: ReleaseOutline | undefined;
  for (const one of all) if (first === undefined || one.position < first.position) first = one;
  return first?.version;
}

async function cratesIn(
  db: Kysely<Tables>,
  registry: string,
  keys: readonly string[],
): Promise<readonly (readonly [key: string, brought: Brought])[]> {
  const of = (name: keyof Tables & string) =>
    sql`select * from ${sql.table(name)} where registry = ${registry} and key in (${sql.join(keys)})`;
  const read = async <R>(table: Table<R>, rest = sql``) => {
    const { rows } = await sql<{ key: string }>`${of(table.name as keyof Tables & string)} ${rest}`.execute(
      db,
    );
    return Map.groupBy(rows, ({ key }) => key);
  };
  const cratesOf = await read(crates);
  const revisionOf = (key: string) => {
    const row = cratesOf.get(key)?.[0] as { revision?: unknown } | undefined;
    return row && (wholeNumber('crates', row.revision) ?? 0);
  };
  const packed = await packedIn(db, registry, keys, revisionOf);
  const outlinesOf = await outlinesIn(
    db,
    registry,
    keys.filter((key) => !packed.has(key)),
  );
  const blocksOf = await read(blocks, sql`and lifted_at is null order by id`);
  const breakGlassOf = await read(breakGlass, sql`order by at, version, "by"`);
  const decisionsOf = await read(decisions, sql`and taken_back_at is null order by id`);
  return keys.map((key) => {
    const row = cratesOf.get(key)?.[0];
    const all = <R>(table: Table<R>, rows: Map<string, { key: string }[]>) =>
      (rows.get(key) ?? []).map((one) => decodeRow(table, one));
    return [
      key,
      {
        crate: row && decodeRow(crates, row),
        revision: revisionOf(key),
        outlines: packed.get(key) ?? outlinesOf.get(key) ?? [],
        isPacked: packed.has(key),
        blocks: all(blocks, blocksOf),
        breakGlass: all(breakGlass, breakGlassOf),
        decisions: all(decisions, decisionsOf),
        releases: new Map(),
      },
    ] as const;
  });
}

/** The outlines that are kept packed, of crates that are still of the same revision. */
async function packedIn(
  db: Kysely<Tables>,
  registry: string,
  keys: readonly string[],
  revisionOf: (key: string) => number | undefined,
): Promise<ReadonlyMap<string, readonly ReleaseOutline[]>> {
  const { rows } = await sql<PackedOutlines>`select key, body, digest from packed_outlines
    where registry = ${registry} and key in (${sql.join(keys)})`.execute(db);
  const found = new Map<string, readonly ReleaseOutline[]>();
  for (const { key, ...packed } of rows) {
    const revision = revisionOf(key);
    const all = revision === undefined ? undefined : unpackOutlines({ registry, key, revision }, packed);
    if (all !== undefined) found.set(key, all);
  }
  return found;
}

async function outlinesIn(
  db: Kysely<Tables>,
  registry: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, readonly ReleaseOutline[]>> {
  if (keys.length === 0) return new Map();
  const columns = sql.join(outlines.fields.map(({ column }) => sql.ref(column)));
  const { rows } = await sql<{ key: string }>`select key, ${columns} from releases
    where registry = ${registry} and key in (${sql.join(keys)}) order by key, version`.execute(db);
  const byKey = Map.groupBy(rows, ({ key }) => key);
  return new Map([...byKey].map(([key, all]) => [key, all.map((row) => decodeRow(outlines, row))]));
}

async function releasesIn(
  db: Kysely<Tables>,
  registry: string,
  pairs: readonly { readonly key: string; readonly version: string }[],
): Promise<readonly ReleaseRecord[]> {
  if (pairs.length === 0) return [];
  const values = sql.join(pairs.map(({ key, version }) => sql`(${key}, ${version})`));
  // A cross join, so that SQLite goes by what is wanted and not by what there is.
  const { rows } = await sql<object>`with wanted(key, version) as (values ${values})
    select releases.* from wanted cross join releases
    where releases.registry = ${registry} and releases.key = wanted.key and releases.version = wanted.version`.execute(
    db,
  );
  return rows.map((row) => decodeRow(releases, row));
}
