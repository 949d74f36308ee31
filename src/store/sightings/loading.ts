import { type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Among } from '../dialect/dialect.ts';
import type { HostFilter } from '../inventory/store.ts';
import { decodeRow } from '../table.ts';
import type { Tables } from '../tables.ts';
import { onHosts } from './host-filter.ts';
import type { HostRecord, InstalledRecord, LoadedMember, LoadingRecord, ObjectRecord } from './records.ts';
import type { RunningCount } from './store.ts';
import { hosts, installed, loading, objects } from './tables.ts';

/** A program of a host that has loaded one of some packages. */
export interface LoadingAt extends LoadingRecord {
  readonly host: HostRecord;
  /** Of the processes, the first few. */
  readonly pids: readonly number[];
  readonly objects: readonly HeldObject[];
}

/** A program of a host that will load one of them when it is started, or that has the name of one in it. */
export interface InstalledAt extends InstalledRecord {
  readonly host: HostRecord;
  readonly objects: readonly HeldObject[];
}

export type HeldObject = ObjectRecord & Pick<LoadedMember, 'how'>;

/** Files whose package is not known, and hosts that have one. */
export interface UnknownCount {
  readonly objects: number;
  readonly hosts: number;
  /** Processes that agents could not read. */
  readonly unread: number;
}

/** Where a page begins, by the host's name and the program's path. */
export interface HostCursor {
  readonly host: string;
  readonly path: string;
}

/** Pids that are named of one program of a host. */
const maxPids = 20;

/** Which processes have loaded files of some packages. */
export class LoadingReader {
  readonly #db: Kysely<Tables>;
  readonly #among: Among;

  constructor(db: Kysely<Tables>, among: Among) {
    this.#db = db;
    this.#among = among;
  }

  async count(components: readonly number[], on?: HostFilter): Promise<RunningCount> {
    if (components.length === 0) return { hosts: 0, processes: 0 };
    const { rows } = await sql<{ hosts: unknown; processes: unknown }>`
      select count(*) as hosts, sum(processes) as processes from (
        select host_id, sum(processes) as processes from loading
          where set_id in (${this.#setsOf(components, ['loaded'])}) and ${onHosts(sql.ref('host_id'), on)}
          group by host_id) as found`.execute(this.#db);
    return { hosts: Number(rows[0]?.hosts ?? 0), processes: Number(rows[0]?.processes ?? 0) };
  }

  /** In how many processes each of some packages is. */
  async countEach(components: readonly number[], on?: HostFilter): Promise<ReadonlyMap<number, number>> {
    if (components.length === 0) return new Map();
    const { rows } = await sql<{ id: number; processes: unknown }>`
      select f.id, sum(u.processes) as processes from (
        select distinct o.component_id as id, m.set_id
          from loaded_objects o join loaded_members m on m.object_id = o.id
          where m.how = 'loaded' and ${this.#among(sql`o.component_id`, components)}) as f
        join (
          select set_id, sum(processes) as processes from loading
            where set_id in (${this.#setsOf(components, ['loaded'])}) and ${onHosts(sql.ref('host_id'), on)}
            group by set_id) as u on u.set_id = f.set_id
        group by f.id`.execute(this.#db);
    return new Map(rows.map(({ id, processes }) => [id, Number(processes)]));
  }

  async at(
    components: readonly number[],
    limit: number,
    after?: HostCursor,
    on?: HostFilter,
  ): Promise<readonly LoadingAt[]> {
    if (components.length === 0) return [];
    const { rows } = await sql<Record<string, unknown>>`
      select l.*, ${hostColumns} from loading l join hosts h on h.id = l.host_id
        where l.set_id in (${this.#setsOf(components, ['loaded'])}) and ${behind(after, sql`l.path`)}
          and ${onHosts(sql`l.host_id`, on)}
        order by h.name, l.path, l.set_id limit ${limit}`.execute(this.#db);
    const found = rows.map((row) => ({ ...decodeRow(loading, row), host: hostOf(row) }));
    const members = await this.#members(components, [...new Set(found.map(({ setId }) => setId))]);
    const pids = await this.#pids(found);
    return found.map((one) => ({
      ...one,
      pids: pids.get(`${one.hostId} ${one.setId} ${one.path}`) ?? [],
      objects: (members.get(one.setId) ?? []).filter(({ how }) => how === 'loaded'),
    }));
  }

  async installedAt(
    components: readonly number[],
    limit: number,
    on?: HostFilter,
  ): Promise<readonly InstalledAt[]> {
    if (components.length === 0) return [];
    const { rows } = await sql<Record<string, unknown>>`
      select i.*, ${hostColumns} from installed i join hosts h on h.id = i.host_id
        where i.loaded in (${this.#setsOf(components, ['needed', 'possible'])}) and ${onHosts(sql`i.host_id`, on)}
        order by h.name, i.path, i."by" limit ${limit}`.execute(this.#db);
    const found = rows.map((row) => ({ ...decodeRow(installed, row), host: hostOf(row) }));
    const members = await this.#members(components, [...new Set(found.map(({ loaded }) => loaded))]);
    return found.map((one) => ({ ...one, objects: members.get(one.loaded) ?? [] }));
  }

  /**
   * Running programs that have not loaded one of the packages and have the name of one in them: on how many hosts, how
   * many processes.
   */
  async countPossible(components: readonly number[], on?: HostFilter): Promise<RunningCount> {
    if (components.length === 0) return { hosts: 0, processes: 0 };
    const { rows } = await sql<{ hosts: unknown; processes: unknown }>`
      select count(*) as hosts, sum(processes) as processes from (
        select host_id, sum(processes) as processes from loading
          where set_id in (${this.#setsOf(components, ['possible'])})
            and set_id not in (${this.#setsOf(components, ['loaded'])})
            and ${onHosts(sql.ref('host_id'), on)}
          group by host_id) as found`.execute(this.#db);
    return { hosts: Number(rows[0]?.hosts ?? 0), processes: Number(rows[0]?.processes ?? 0) };
  }

  /**
   * Files of processes that run, of which nobody knows whose they are: neither a package's nor an artefact; and what
   * could not be read.
   */
  async unknown(on?: HostFilter): Promise<UnknownCount> {
    const { rows } = await sql<{ objects: unknown; hosts: unknown; unread: unknown }>`
      select count(distinct o.id) as objects, count(distinct l.host_id) as hosts,
          (select sum(unread) from hosts h where ${onHosts(sql`h.id`, on)}) as unread
        from loaded_objects o join loaded_members m on m.object_id = o.id join loading l on l.set_id = m.set_id
        where m.how = 'loaded' and o.component_id is null and ${onHosts(sql`l.host_id`, on)}
          and not exists (select 1 from artefacts a where a.digest = o.digest)`.execute(this.#db);
    return {
      objects: Number(rows[0]?.objects ?? 0),
      hosts: Number(rows[0]?.hosts ?? 0),
      unread: Number(rows[0]?.unread ?? 0),
    };
  }

  #setsOf(components: readonly number[], hows: readonly LoadedMember['how'][]): RawBuilder<unknown> {
    return sql`select m.set_id from loaded_objects o join loaded_members m on m.object_id = o.id
      where ${this.#among(sql`o.component_id`, components)} and m.how in (${sql.join(hows)})`;
  }

  async #members(
    components: readonly number[],
    sets: readonly number[],
  ): Promise<ReadonlyMap<number, readonly HeldObject[]>> {
    if (sets.length === 0) return new Map();
    const { rows } = await sql<Record<string, unknown> & { set_id: number; how: LoadedMember['how'] }>`
      select o.*, m.set_id, m.how from loaded_members m join loaded_objects o on o.id = m.object_id
        where ${this.#among(sql`m.set_id`, sets)} and ${this.#among(sql`o.component_id`, components)}
        order by o.path, o.id`.execute(this.#db);
    const found = Map.groupBy(rows, (row) => row.set_id);
    return new Map(
      [...found].map(([set, list]) => [
        set,
        list.map((row) => ({ ...decodeRow(objects, row), how: row.how })),
      ]),
    );
  }

  async #pids(found: readonly LoadingRecord[]): Promise<ReadonlyMap<string, readonly number[]>> {
    if (found.length === 0) return new Map();
    const { rows } = await sql<{ pid: number; host_id: number; loaded: number; path: string }>`
      select pid, host_id, loaded, path from (
        select p.pid, p.host_id, p.loaded, p.path,
            row_number() over (partition by p.host_id, p.loaded, p.path order by p.pid) as place
          from processes p where p.ended_at is null
            and ${this.#among(sql`p.loaded`, [...new Set(found.map(({ setId }) => setId))])}
            and ${this.#among(sql`p.host_id`, [...new Set(found.map(({ hostId }) => hostId))])}
        ) as named where place <= ${maxPids}`.execute(this.#db);
    const byProgram = Map.groupBy(rows, (row) => `${row.host_id} ${row.loaded} ${row.path}`);
    return new Map([...byProgram].map(([key, list]) => [key, list.map(({ pid }) => pid)]));
  }
}

/** A host's columns in a joined row, under names of their own. */
const hostColumns = sql.join(
  hosts.fields.map(({ column }) => sql`h.${sql.ref(column)} as ${sql.ref(`h_${column}`)}`),
);

function hostOf(row: Readonly<Record<string, unknown>>): HostRecord {
  return decodeRow(hosts, Object.fromEntries(hosts.fields.map(({ column }) => [column, row[`h_${column}`]])));
}

function behind(after: HostCursor | undefined, path: RawBuilder<unknown>): RawBuilder<SqlBool> {
  return after === undefined ? sql`1 = 1` : sql`(h.name, ${path}) > (${after.host}, ${after.path})`;
}
