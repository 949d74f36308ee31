import { sql, type Transaction } from 'kysely';
import { dueDeployments, markDeployments } from '../deployments/due.ts';
import type { DeploymentRecord } from '../deployments/records.ts';
import { deployments } from '../deployments/tables.ts';
import type { Dialect } from '../dialect/dialect.ts';
import { SetIndex, unionOf } from '../inventory/set-index.ts';
import { lastId } from '../last-id.ts';
import { markDue } from '../sightings/due.ts';
import type { TamperedRecord } from '../sightings/records.ts';
import { installedWith, runningWith } from '../sightings/struck.ts';
import { type FoundTampered, putTampered, tamperedOn } from '../sightings/tampering.ts';
import { hostsTied } from '../sightings/tied.ts';
import { decodeRow, encodeRow, type Table } from '../table.ts';
import type { Tables } from '../tables.ts';
import { ExposureReader } from './reader.ts';
import type { DueHost, ExposureRecord, FoundRunning, StruckRecord } from './records.ts';
import { type ExposureState, exposureState, exposures, struck } from './tables.ts';

/** What is exposed, in a transaction that is open. */
export class ExposureWriter extends ExposureReader {
  readonly #dialect: Dialect;
  readonly #tx: Transaction<Tables>;
  readonly #index: SetIndex;

  constructor(dialect: Dialect, tx: Transaction<Tables>) {
    super(tx, dialect.among);
    this.#index = new SetIndex(tx, dialect.among);
    this.#dialect = dialect;
    this.#tx = tx;
  }

  async putState(state: ExposureState): Promise<void> {
    await this.#load(exposureState, [state]);
  }

  async putStruck(records: readonly StruckRecord[]): Promise<void> {
    await this.#load(struck, records);
  }

  async dropStruck(records: readonly Pick<StruckRecord, 'componentId' | 'advisory'>[]): Promise<void> {
    for (const { componentId, advisory } of records)
      await this.#tx
        .deleteFrom('struck')
        .where('component_id', '=', componentId)
        .where('advisory', '=', advisory)
        .execute();
  }

  /**
   * Has the hosts looked at that run some releases, in an artefact or a library, or have an artefact with them
   * installed; `anew`: as of now, where they wait for it already.
   */
  async markHostsWith(componentIds: readonly number[], at: number, { anew = false } = {}): Promise<void> {
    if (componentIds.length === 0) return;
    const sets = unionOf((await this.#index.having(componentIds)).values());
    if (sets.length > 0)
      await markDeployments(
        this.#tx,
        sql`artefact_id in (select a.id from artefacts a where ${this.among(sql`a.set_id`, sets)})`,
        at,
      );
    const hosts = [
      ...(await this.hostsWith(componentIds)),
      ...(await hostsTied(this.#tx, 'installed_sets', sets)),
    ];
    await markDue(this.#tx, this.among, [...new Set(hosts)], { at, anew });
  }

  /** Hosts that wait to be looked at, those that wait longest first. They wait no more. */
  async takeDue(limit: number): Promise<readonly DueHost[]> {
    const rows = await this.#tx
      .selectFrom('hosts')
      .select(['id', 'exposure_due'])
      .where('exposure_due', 'is not', null)
      .orderBy('exposure_due')
      .orderBy('id')
      .limit(limit)
      .execute();
    const ids = rows.map(({ id }) => id);
    if (ids.length > 0)
      await sql`update hosts set exposure_due = null where ${this.among(sql.ref('id'), ids)}`.execute(
        this.#tx,
      );
    return rows.map((row) => ({ id: row.id, dueAt: row.exposure_due ?? 0 }));
  }

  /** Deployments that wait to be looked at, those that wait longest first. They wait no more. */
  async takeDueDeployments(limit: number): Promise<readonly number[]> {
    const ids = await dueDeployments(this.#tx, limit);
    if (ids.length > 0)
      await sql`update deployments set exposure_due = null where ${this.among(sql.ref('id'), ids)}`.execute(
        this.#tx,
      );
    return ids;
  }

  /** What of struck releases some deployments have, of those that hold. */
  async stated(deploymentIds: readonly number[]): Promise<readonly FoundRunning[]> {
    if (deploymentIds.length === 0) return [];
    const { rows } = await sql<{
      id: number;
      since: number;
      artefact_id: number;
      name: string;
      digest: string | null;
      target: string | null;
      set_id: number;
    }>`
      select d.id, d.since, d.artefact_id, a.name, a.digest, a.target, a.set_id
        from deployments d join artefacts a on a.id = d.artefact_id
        where d.ended_at is null and ${this.among(sql`d.id`, deploymentIds)} order by d.id`.execute(this.#tx);
    const bySet = await this.#struckBySet(await this.#struckIds());
    return rows.flatMap((row) =>
      (bySet.get(row.set_id) ?? []).map((componentId) => ({
        hostId: 0,
        path: row.name,
        componentId,
        way: 'stated' as const,
        artefactId: row.artefact_id,
        digest: row.digest,
        deploymentId: row.id,
        restart: false,
        runningSince: row.since,
        target: row.target,
      })),
    );
  }

  /** Ids of the hosts that run some releases, in an artefact or a library. */
  async hostsWith(componentIds: readonly number[]): Promise<readonly number[]> {
    const { among } = this.#dialect;
    const sets = unionOf((await this.#index.having(componentIds)).values());
    const built = sets.length === 0 ? [] : await hostsTied(this.#tx, 'sets', sets);
    const { rows } = await sql<{ host_id: number }>`
      select distinct l.host_id from loading l join loaded_members m on m.set_id = l.set_id
          join loaded_objects o on o.id = m.object_id
        where m.how = 'loaded' and ${among(sql`o.component_id`, componentIds)}`.execute(this.#tx);
    return [...new Set([...built, ...rows.map((row) => row.host_id)])];
  }

  /** What of struck releases some hosts run, and before that what is installed there and does not run. */
  async onHosts(hostIds: readonly number[]): Promise<readonly FoundRunning[]> {
    const ids = await this.#struckIds();
    if (ids.length === 0 || hostIds.length === 0) return [];
    const bySet = await this.#struckBySet(ids);
    return [
      ...(await installedWith(this.#tx, this.among, hostIds, bySet)),
      ...(await runningWith(this.#tx, this.among, hostIds, bySet)),
      ...(await this.#inLibraries(hostIds, ids)),
    ];
  }

  /** What some hosts run, or have installed, that was tampered with. */
  async tampered(hostIds: readonly number[]): Promise<readonly FoundTampered[]> {
    return await tamperedOn(this.#tx, this.among, hostIds);
  }

  /** Keeps what was found to be tampered with, and forgets what is over. */
  async putTampered(
    found: readonly TamperedRecord[],
    over: readonly Pick<TamperedRecord, 'hostId' | 'digest'>[],
  ): Promise<void> {
    await putTampered(this.#dialect, this.#tx, found, over);
  }

  async #struckIds(): Promise<readonly number[]> {
    const { rows } = await sql<{ id: number }>`select distinct component_id as id from struck`.execute(
      this.#tx,
    );
    return rows.map(({ id }) => id);
  }

  /** Struck releases, by the sets that have them. */
  async #struckBySet(ids: readonly number[]): Promise<ReadonlyMap<number, readonly number[]>> {
    const bySet = new Map<number, number[]>();
    for (const [component, sets] of await this.#index.having(ids))
      for (const set of sets) {
        const known = bySet.get(set);
        if (known === undefined) bySet.set(set, [component]);
        else known.push(component);
      }
    return bySet;
  }

  async open(hostIds: readonly number[]): Promise<readonly ExposureRecord[]> {
    return await this.#openBy('host_id', hostIds);
  }

  /** What is open of some deployments. */
  async openStated(deploymentIds: readonly number[]): Promise<readonly ExposureRecord[]> {
    return await this.#openBy('deployment_id', deploymentIds);
  }

  async #openBy(
    column: 'host_id' | 'deployment_id',
    ids: readonly number[],
  ): Promise<readonly ExposureRecord[]> {
    if (ids.length === 0) return [];
    const rows = await this.#tx
      .selectFrom('exposures')
      .selectAll()
      .where('closed_at', 'is', null)
      .where(this.among(sql.ref(column), ids))
      .execute();
    return rows.map((row) => decodeRow(exposures, row));
  }

  /** Some deployments, by id. */
  async deployments(ids: readonly number[]): Promise<ReadonlyMap<number, DeploymentRecord>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#tx
      .selectFrom('deployments')
      .selectAll()
      .where(this.among(sql.ref('id'), ids))
      .execute();
    return new Map(rows.map((row) => [row.id, decodeRow(deployments, row)]));
  }

  /** How many are open of an advisory and a release. */
  async countOpen(advisory: string, componentId: number): Promise<number> {
    const { rows } = await sql<{ n: unknown }>`select count(*) as n from exposures
      where advisory = ${advisory} and component_id = ${componentId} and closed_at is null`.execute(this.#tx);
    return Number(rows[0]?.n ?? 0);
  }

  /** Inserts, giving the new ones ids in their order, and replaces. */
  async put(begun: readonly Omit<ExposureRecord, 'id'>[], changed: readonly ExposureRecord[]): Promise<void> {
    const last = await lastId(this.#tx, 'exposures');
    await this.#load(exposures, [...begun.map((one, i) => ({ ...one, id: last + 1 + i })), ...changed]);
  }

  /** The names of hosts, with their environments. */
  async hostNames(ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#tx
      .selectFrom('hosts')
      .select(['id', 'name', 'environment'])
      .where(this.among(sql.ref('id'), ids))
      .execute();
    return new Map(
      rows.map(({ id, name, environment }) => [id, environment === null ? name : `${name} (${environment})`]),
    );
  }

  /** Of some hosts those that were taken out of service, with by whom. */
  async retired(ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#tx
      .selectFrom('hosts')
      .select(['id', 'retired_by'])
      .where('retired_at', 'is not', null)
      .where(this.among(sql.ref('id'), ids))
      .execute();
    return new Map(rows.map((row) => [row.id, row.retired_by ?? '']));
  }

  async #inLibraries(
    hostIds: readonly number[],
    componentIds: readonly number[],
  ): Promise<readonly FoundRunning[]> {
    const { rows } = await sql<{
      host_id: number;
      path: string;
      digest: string | null;
      component_id: number;
      since: number;
      fresh: unknown;
    }>`
      select l.host_id, l.path, max(l.digest) as digest, o.component_id, min(l.since) as since,
          count(case when o.state = 'present' then 1 end) as fresh
        from loading l join loaded_members m on m.set_id = l.set_id join loaded_objects o on o.id = m.object_id
        where m.how = 'loaded' and ${this.among(sql`l.host_id`, hostIds)} and ${this.among(sql`o.component_id`, componentIds)}
        group by l.host_id, l.path, o.component_id`.execute(this.#tx);
    return rows.map((row) => ({
      hostId: row.host_id,
      path: row.path,
      componentId: row.component_id,
      way: 'library' as const,
      artefactId: null,
      digest: row.digest,
      deploymentId: null,
      restart: Number(row.fresh) === 0,
      runningSince: Number(row.since),
      target: null,
    }));
  }

  async #load<R>(table: Table<R>, records: readonly R[]): Promise<void> {
    if (records.length === 0) return;
    const rows = records.map((record) => encodeRow(table, record));
    await this.#dialect.load(this.#tx, table, rows, { replace: true });
  }
}
