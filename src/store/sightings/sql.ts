import { sql, type Transaction } from 'kysely';
import type { Dialect } from '../dialect/dialect.ts';
import { decodeRow, encodeRow, isSameRow, type Table } from '../table.ts';
import type { Tables } from '../tables.ts';
import { markDue } from './due.ts';
import { LoadedWriter } from './loaded.ts';
import { SightingReader } from './reader.ts';
import type { HostRecord, InstalledRecord, LoadingRecord, ProcessRecord, RunningRecord } from './records.ts';
import type {
  NumberedHost,
  ProcessChange,
  SeenRecord,
  SeenReport,
  SightingStore,
  Taken,
  When,
} from './store.ts';
import { hosts, installed, loading, processes, running } from './tables.ts';
import { tieHosts } from './tied.ts';

type Transact = <T>(work: (tx: Transaction<Tables>) => Promise<T>) => Promise<T>;

/** What hosts run, on either database. */
export class SqlSightings extends SightingReader implements SightingStore {
  readonly #transact: Transact;

  constructor(dialect: Dialect, transact: Transact) {
    super(dialect);
    this.#transact = transact;
  }

  async replace(host: Omit<HostRecord, 'id'>, report: SeenReport, when: When): Promise<Taken> {
    return await this.#transact(async (tx) => {
      const known = await hostNamed(tx, host.name);
      if (isOld(host, known)) return nothing;
      const isBack =
        known !== undefined && known.bootId !== host.bootId && (await hadBoot(tx, known.id, host.bootId));
      const hostId = await this.#putHost(tx, host, known, when.now);
      const open = await openOf(tx, hostId);
      const now = await this.#kept(tx, report, report.seen);
      const settled = { hostId, at: host.seenAt, forgetBefore: when.forgetBefore, installed: now.installed };
      const taken = await this.#settle(tx, settled, open, new Map(entries(now.seen)));
      return isBack ? { ...taken, isBack } : taken;
    });
  }

  async change(host: NumberedHost, change: ProcessChange, when: When): Promise<Taken | undefined> {
    return await this.#transact(async (tx) => {
      const known = await hostNamed(tx, host.name);
      if (known?.session === host.session && known.sequence === host.sequence) return nothing;
      const isNext =
        known?.session === host.session &&
        known.sequence + 1 === host.sequence &&
        known.bootId === host.bootId;
      if (!isNext) return undefined;
      const hostId = await this.#putHost(tx, host, known, when.now);
      if (change.begun.length === 0 && change.ended.length === 0 && change.installed === undefined)
        return nothing;
      const open = await openOf(tx, hostId);
      const now = await this.#kept(tx, change, change.begun);
      const current = new Map<string, KeptRecord>(entries(open));
      for (const { pid, started } of change.ended)
        current.delete(keyOf({ bootId: host.bootId, pid, started }));
      for (const [key, one] of entries(now.seen)) current.set(key, one);
      const settled = { hostId, at: host.seenAt, forgetBefore: when.forgetBefore, installed: now.installed };
      return await this.#settle(tx, settled, open, current);
    });
  }

  /** Makes what runs of what is open: rows that are as they were are not written again. */
  async #settle(
    tx: Transaction<Tables>,
    { hostId, at, forgetBefore, installed: programs }: Settled,
    open: readonly ProcessRecord[],
    now: ReadonlyMap<string, KeptRecord>,
  ): Promise<Taken> {
    const before = new Map(entries(open));
    const ended = open
      .filter((one) => !now.has(keyOf(one)))
      .map((one): ProcessRecord => ({ ...one, endedAt: Math.max(at, one.firstSeen) }));
    const current = [...now].map(
      ([key, one]): ProcessRecord => ({
        ...one,
        hostId,
        firstSeen: before.get(key)?.firstSeen ?? at,
        endedAt: null,
      }),
    );
    const changed = current.filter((one) => !isSame(before.get(keyOf(one)), one));
    const returned = await this.#setsOfEnded(
      tx,
      hostId,
      changed.filter((one) => !before.has(keyOf(one))),
    );
    await this.#load(tx, processes, [...ended, ...changed]);
    if (ended.length > 0 || changed.length > 0) {
      await tx.deleteFrom('running').where('host_id', '=', hostId).execute();
      await this.#load(tx, running, countsOf(current));
      await tx.deleteFrom('loading').where('host_id', '=', hostId).execute();
      await this.#load(tx, loading, loadingOf(current));
    }
    const forgotten = await tx
      .deleteFrom('processes')
      .where('host_id', '=', hostId)
      .where('ended_at', '<', forgetBefore)
      .returning('loaded')
      .execute();
    // What runs on and is another program by now, or has loaded more, is in no wave that told of what it was.
    const isOther = changed.some((one) => isOtherwise(before.get(keyOf(one)), one));
    if (ended.length > 0 || changed.length > 0)
      await markDue(tx, this.dialect.among, [hostId], { at, anew: isOther });
    const { left, isOther: isOtherInstalled } = await this.#putInstalled(tx, hostId, at, programs);
    if (isOtherInstalled) await markDue(tx, this.dialect.among, [hostId], { at });
    if (ended.length > 0 || changed.length > 0 || isOtherInstalled)
      await tieHosts(this.dialect, tx, [hostId]);
    const were = open.filter((one) => now.get(keyOf(one))?.loaded !== one.loaded).map(({ loaded }) => loaded);
    const sets = [...forgotten.map(({ loaded }) => loaded), ...were, ...returned, ...left].filter(
      (set) => set !== null,
    );
    await new LoadedWriter(this.dialect, tx).forgetUnused(sets);
    return { begun: current.filter((one) => !before.has(keyOf(one))).length, ended: ended.length };
  }

  /** Sets of processes that were taken for ended, as an agent could not read them, and are there again. */
  async #setsOfEnded(
    tx: Transaction<Tables>,
    hostId: number,
    begun: readonly ProcessRecord[],
  ): Promise<readonly (number | null)[]> {
    if (begun.length === 0) return [];
    const rows = await tx
      .selectFrom('processes')
      .select('loaded')
      .distinct()
      .where('host_id', '=', hostId)
      .where(
        this.dialect.among(
          sql.ref('pid'),
          begun.map(({ pid }) => pid),
        ),
      )
      .execute();
    return rows.map(({ loaded }) => loaded);
  }

  /** Takes in what processes and programs of a message have, and names it by its set. */
  async #kept(
    tx: Transaction<Tables>,
    { objects, installed: programs }: Pick<SeenReport, 'objects' | 'installed'>,
    seen: readonly SeenRecord[],
  ): Promise<{ readonly seen: readonly KeptRecord[]; readonly installed: KeptPrograms }> {
    const lists = [...seen, ...(programs ?? [])].flatMap(({ loaded }) => (loaded === null ? [] : [loaded]));
    const ids = lists.length === 0 ? [] : await new LoadedWriter(this.dialect, tx).putSets(objects, lists);
    const idOf = new Map(lists.map((list, i) => [list, ids[i] ?? 0]));
    return {
      seen: seen.map((one) => ({
        ...one,
        loaded: one.loaded === null ? null : (idOf.get(one.loaded) ?? null),
      })),
      installed: programs?.map((one) => ({ ...one, loaded: idOf.get(one.loaded) ?? 0 })),
    };
  }

  /**
   * Makes these the programs of a host, where they are given. Returns the sets of those that were there, and whether
   * they are other binaries.
   */
  async #putInstalled(
    tx: Transaction<Tables>,
    hostId: number,
    at: number,
    programs: KeptPrograms,
  ): Promise<{ readonly left: readonly number[]; readonly isOther: boolean }> {
    if (programs === undefined) return { left: [], isOther: false };
    const rows = await tx.selectFrom('installed').selectAll().where('host_id', '=', hostId).execute();
    const before = rows.map((row) => decodeRow(installed, row));
    const since = new Map(before.map((one) => [programKey(one), one.since]));
    await tx.deleteFrom('installed').where('host_id', '=', hostId).execute();
    const now = programs.map((one) => ({ ...one, hostId, since: since.get(programKey(one)) ?? at }));
    await this.#load(tx, installed, [...new Map(now.map((one) => [programKey(one), one])).values()]);
    const binaries = (list: readonly Omit<InstalledRecord, 'hostId' | 'since'>[]) =>
      JSON.stringify([...new Set(list.map(binaryKey))].sort());
    return { left: before.map(({ loaded }) => loaded), isOther: binaries(before) !== binaries(programs) };
  }

  async #putHost(
    tx: Transaction<Tables>,
    host: Omit<HostRecord, 'id'>,
    known: HostRecord | undefined,
    now: number,
  ): Promise<number> {
    const last =
      known ?? (await tx.selectFrom('hosts').select('id').orderBy('id', 'desc').executeTakeFirst());
    const id = known?.id ?? (last?.id ?? 0) + 1;
    // What was seen while the server was away is told late, and makes nothing older than it is; what a clock that was ahead
    // put down has not been.
    const seenAt = Math.max(host.seenAt, Math.min(known?.seenAt ?? 0, now));
    await this.#load(tx, hosts, [{ ...host, id, seenAt }]);
    // Who reports is in service.
    if (known !== undefined)
      await sql`update hosts set retired_at = null, retired_by = null where id = ${id} and retired_at is not null`.execute(
        tx,
      );
    return id;
  }

  async #load<R>(tx: Transaction<Tables>, table: Table<R>, records: readonly R[]): Promise<void> {
    if (records.length === 0) return;
    const rows = records.map((record) => encodeRow(table, record));
    await this.dialect.load(tx, table, rows, { replace: true });
  }
}

/** A process whose set is known. */
type KeptRecord = Omit<SeenRecord, 'loaded'> & Pick<ProcessRecord, 'loaded'>;

/** `undefined`: as they were. */
type KeptPrograms = readonly Omit<InstalledRecord, 'hostId' | 'since'>[] | undefined;

interface Settled {
  readonly hostId: number;
  readonly at: number;
  readonly forgetBefore: number;
  readonly installed: KeptPrograms;
}

const nothing: Taken = { begun: 0, ended: 0 };

/** Whether a message was taken before: it came twice, as its sender did not hear the answer. */
function isOld(host: Omit<HostRecord, 'id'>, known: HostRecord | undefined): boolean {
  return host.session !== null && known?.session === host.session && host.sequence <= known.sequence;
}

async function hostNamed(tx: Transaction<Tables>, name: string): Promise<HostRecord | undefined> {
  const row = await tx.selectFrom('hosts').selectAll().where('name', '=', name).executeTakeFirst();
  return row === undefined ? undefined : decodeRow(hosts, row);
}

/** Whether processes of a boot are known of a host. */
async function hadBoot(tx: Transaction<Tables>, hostId: number, bootId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('processes')
    .select('pid')
    .where('host_id', '=', hostId)
    .where('boot_id', '=', bootId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

function entries<P extends Pick<ProcessRecord, 'bootId' | 'pid' | 'started'>>(
  list: readonly P[],
): readonly (readonly [string, P])[] {
  return list.map((one) => [keyOf(one), one] as const);
}

function isSame(before: ProcessRecord | undefined, now: ProcessRecord): boolean {
  return before !== undefined && isSameRow(processes, before, now);
}

function isOtherwise(before: ProcessRecord | undefined, now: ProcessRecord): boolean {
  return before !== undefined && (before.digest !== now.digest || before.loaded !== now.loaded);
}

async function openOf(tx: Transaction<Tables>, hostId: number): Promise<readonly ProcessRecord[]> {
  const rows = await tx
    .selectFrom('processes')
    .selectAll()
    .where('host_id', '=', hostId)
    .where('ended_at', 'is', null)
    .execute();
  return rows.map((row) => decodeRow(processes, row));
}

function keyOf({ bootId, pid, started }: Pick<ProcessRecord, 'bootId' | 'pid' | 'started'>): string {
  return `${bootId} ${pid} ${started}`;
}

function binaryKey({ path, digest, buildId, segments }: Omit<InstalledRecord, 'hostId' | 'since'>): string {
  return JSON.stringify([path, digest, buildId, segments]);
}

function programKey({ path, named, by }: Pick<InstalledRecord, 'path' | 'named' | 'by'>): string {
  return JSON.stringify([path, named, by]);
}

/** A row for each program of a host and set that it has loaded. */
function loadingOf(current: readonly ProcessRecord[]): readonly LoadingRecord[] {
  const byProgram = Map.groupBy(current, ({ loaded, path }) => `${loaded} ${path}`);
  return [...byProgram.values()].flatMap((list) => {
    const [first] = list;
    if (first === undefined || first.loaded === null) return [];
    return [
      {
        setId: first.loaded,
        hostId: first.hostId,
        path: first.path,
        digest: first.digest,
        processes: list.length,
        restart: list.filter(({ restart }) => restart).length,
        since: Math.min(...list.map(({ firstSeen }) => firstSeen)),
      },
    ];
  });
}

/** A row for each binary that a host runs. */
function countsOf(current: readonly ProcessRecord[]): readonly RunningRecord[] {
  const byDigest = Map.groupBy(current, ({ digest }) => digest);
  return [...byDigest].flatMap(([digest, list]) => {
    const [first] = list.toSorted((a, b) => (a.path < b.path ? -1 : 1));
    if (digest === null || first === undefined) return [];
    return [
      {
        digest,
        hostId: first.hostId,
        buildId: first.buildId,
        segments: first.segments,
        path: first.path,
        processes: list.length,
        restart: list.filter(({ restart }) => restart).length,
        since: Math.min(...list.map(({ firstSeen }) => firstSeen)),
      },
    ];
  });
}
