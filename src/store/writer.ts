import { sql, type Transaction } from 'kysely';
import { headOf } from '../audit/chain.ts';
import type { AuditEntry } from '../audit/entry.ts';
import { AnswerWriter } from './answers-writer.ts';
import type { BuildSessionRecord } from './build-sessions.ts';
import type { ChangeBounds, ChangeRecord } from './changes/records.ts';
import { keepChange } from './changes/writer.ts';
import { claimDeliveries, claimJudgements, claimPolls, gatheringDeliveries, reinIn } from './claims.ts';
import type { NewDecision } from './decisions.ts';
import { DeploymentWriter } from './deployments/writer.ts';
import type { Dialect } from './dialect/dialect.ts';
import type { OnDamage } from './error.ts';
import { ExploitedWriter } from './exploited/writer.ts';
import { ExposureWriter } from './exposures/writer.ts';
import { pagedReleases } from './paged-releases.ts';
import { ProposalWriter } from './proposals/store.ts';
import { SqlReader } from './reader.ts';
import type {
  BlockRecord,
  BreakGlassRecord,
  CrateRecord,
  DecisionRecord,
  DeliveryRecord,
  ExactNeedRecord,
  FeedRecord,
  LogEntry,
  PeopleRecord,
  PolicyRecord,
  RefusalRecord,
  ReleaseRecord,
  SignInLinkRecord,
  ToldRecord,
  WebSessionRecord,
} from './records.ts';
import type { RequestRecord } from './requests.ts';
import { retireHost } from './sightings/retire.ts';
import type { SigningRecord } from './signings.ts';
import type { DueScope, Horizons, NewToken, StoreWriter } from './store.ts';
import { decodeRow, encodeRow, type Table } from './table.ts';
import {
  audit,
  auditHead,
  blocks,
  breakGlass,
  buildSessions,
  crates,
  decisions,
  deliveries,
  exactNeeds,
  feeds,
  log,
  people,
  policies,
  refusals,
  releases,
  requests,
  signInLinks,
  signings,
  type Tables,
  tokens,
  toldFindings,
  webSessions,
} from './tables.ts';
import {
  endAuthor,
  endSessionsOf,
  noteTokenUses,
  personsOf,
  revokeToken,
  takeSignInLink,
} from './tokens-writer.ts';
import { VexWriter } from './vex/writer.ts';

/**
 * Reads and writes in one open transaction. Writers are serialised (see `Dialect.serialise`), so "the greatest
 * number plus one" is safe, and numbers have no gaps: a missing log entry would show.
 */
export class SqlWriter extends SqlReader implements StoreWriter {
  readonly #dialect: Dialect;
  readonly #tx: Transaction<Tables>;

  constructor(dialect: Dialect, tx: Transaction<Tables>) {
    super(tx);
    this.#dialect = dialect;
    this.#tx = tx;
  }

  override releases(registry: string, key: string): Promise<readonly ReleaseRecord[]> {
    return pagedReleases(this.#tx, registry, key);
  }

  async exposing<T>(work: (writer: ExposureWriter) => Promise<T>): Promise<T> {
    return await work(new ExposureWriter(this.#dialect, this.#tx));
  }

  async exploiting<T>(work: (writer: ExploitedWriter) => Promise<T>): Promise<T> {
    return await work(new ExploitedWriter(this.#dialect, this.#tx));
  }

  async retireHost(name: string, how: { readonly by: string; readonly at: number }) {
    return await retireHost(this.#dialect, this.#tx, name, how);
  }

  async proposing<T>(work: (writer: ProposalWriter) => Promise<T>): Promise<T> {
    return await work(new ProposalWriter(this.#dialect, this.#tx));
  }

  async keepChange(change: Omit<ChangeRecord, 'id'>, bounds: ChangeBounds): Promise<void> {
    const id = (await this.last('changes', 'id')) + 1;
    await keepChange(this.#dialect, this.#tx, { ...change, id }, bounds);
  }

  async deploying<T>(work: (writer: DeploymentWriter) => Promise<T>): Promise<T> {
    return await work(new DeploymentWriter(this.#dialect, this.#tx));
  }

  async stating<T>(work: (writer: VexWriter) => Promise<T>): Promise<T> {
    return await work(new VexWriter(this.#dialect, this.#tx));
  }

  async answering<T>(work: (writer: AnswerWriter) => Promise<T>): Promise<T> {
    return await work(new AnswerWriter(this.#dialect, this.#tx));
  }

  async putCrate(crate: CrateRecord): Promise<void> {
    await this.#load(crates, [crate], { replace: true });
  }

  async revise(registry: string, key: string): Promise<void> {
    await sql`update crates set revision = revision + 1 where registry = ${registry} and key = ${key}`.execute(
      this.#tx,
    );
  }

  async forgetUnread(registry: string, key: string): Promise<void> {
    const rows = this.#tx.deleteFrom('crates').where('registry', '=', registry).where('key', '=', key);
    await rows.where('digest', 'is', null).execute();
  }

  async putReleases(records: readonly ReleaseRecord[]): Promise<void> {
    await this.#load(releases, records, { replace: true });
  }

  async putExactNeeds(needs: readonly ExactNeedRecord[]): Promise<void> {
    await this.#load(exactNeeds, needs, { replace: true });
  }

  async append(entries: readonly Omit<LogEntry, 'seq'>[]): Promise<number> {
    const first = (await this.lastSeq()) + 1;
    const numbered = entries.map((entry, i) => ({ ...entry, seq: first + i }));
    await this.#load(log, numbered, { replace: false });
    return first;
  }

  async putBlock(block: Omit<BlockRecord, 'id' | 'liftedBy' | 'liftedAt' | 'liftReason'>): Promise<void> {
    const id = (await this.last('blocks', 'id')) + 1;
    const record = { ...block, id, liftedBy: null, liftedAt: null, liftReason: null };
    await this.#load(blocks, [record], { replace: false });
  }

  async liftBlocks(
    block: Pick<BlockRecord, 'registry' | 'key' | 'version'>,
    lift: { readonly by: string; readonly at: number; readonly reason: string },
  ): Promise<number> {
    const { numUpdatedRows } = await this.#tx
      .updateTable('blocks')
      .set({ lifted_by: lift.by, lifted_at: lift.at, lift_reason: lift.reason })
      .where('registry', '=', block.registry)
      .where('key', '=', block.key)
      .where('version', block.version === null ? 'is' : '=', block.version)
      .where('lifted_at', 'is', null)
      .executeTakeFirst();
    return Number(numUpdatedRows);
  }

  async putBreakGlass(request: BreakGlassRecord): Promise<void> {
    await this.#load(breakGlass, [request], { replace: true });
  }

  async putDecision(decision: NewDecision): Promise<void> {
    const id = (await this.last('decisions', 'id')) + 1;
    const stands = { takenBackBy: null, takenBackAt: null, takenBackReason: null };
    await this.#load(decisions, [{ ...decision, id, ...stands }], { replace: false });
  }

  async putRequest(request: RequestRecord): Promise<void> {
    await this.#load(requests, [request], { replace: true });
  }

  async takeBackDecisions(
    { registry, key, version }: Pick<DecisionRecord, 'registry' | 'key' | 'version'>,
    how: { readonly by: string; readonly at: number; readonly reason: string },
  ): Promise<number> {
    const { numUpdatedRows } = await this.#tx
      .updateTable('decisions')
      .set({ taken_back_by: how.by, taken_back_at: how.at, taken_back_reason: how.reason })
      .where('registry', '=', registry)
      .where('key', '=', key)
      .where('version', '=', version)
      .where('taken_back_at', 'is', null)
      .executeTakeFirst();
    return Number(numUpdatedRows);
  }

  async addRefusals(refused: readonly RefusalRecord[]): Promise<void> {
    for (const one of refused) {
      const row = await this.#tx
        .selectFrom('refusals')
        .selectAll()
        .where('registry', '=', one.registry)
        .where('key', '=', one.key)
        .where('version', '=', one.version)
        .executeTakeFirst();
      const known = row === undefined ? undefined : decodeRow(refusals, row);
      // What another replica counted of a state that is over counts no more.
      if (known !== undefined && known.since > one.since) continue;
      const count = (known?.since === one.since ? known.count : 0) + one.count;
      await this.#load(refusals, [{ ...one, count }], { replace: true });
    }
  }

  async appendAudit(entry: AuditEntry): Promise<void> {
    await this.#load(audit, [entry], { replace: false });
    await this.#load(auditHead, [{ ...headOf(entry), id: 1 }], { replace: true });
  }

  async putBuildSession(session: BuildSessionRecord): Promise<void> {
    await this.#load(buildSessions, [session], { replace: true });
  }

  async forgetBuildSessions(before: number): Promise<void> {
    await this.#tx.deleteFrom('build_sessions').where('keep_until', '<', before).execute();
  }

  async putSigning(signing: SigningRecord): Promise<void> {
    await this.#load(signings, [signing], { replace: true });
  }

  async forgetSignings(before: number): Promise<void> {
    await this.#tx.deleteFrom('signings').where('keep_until', '<', before).execute();
  }

  async putPolicy(policy: PolicyRecord): Promise<void> {
    const id = (await this.last('policies', 'id')) + 1;
    await this.#load(policies, [{ ...policy, id }], { replace: false });
  }

  async putPeople(record: PeopleRecord): Promise<void> {
    await this.#load(people, [record], { replace: true });
  }

  async putFeed(feed: FeedRecord): Promise<void> {
    await this.#load(feeds, [feed], { replace: true });
  }

  async putWebSession(session: WebSessionRecord): Promise<void> {
    await this.#tx.deleteFrom('web_sessions').where('ends_at', '<=', session.at).execute();
    await this.#load(webSessions, [session], { replace: true });
  }

  async endWebSession(digest: string): Promise<void> {
    await this.#tx.deleteFrom('web_sessions').where('digest', '=', digest).execute();
  }

  async putSignInLink(link: SignInLinkRecord): Promise<void> {
    await this.#load(signInLinks, [link], { replace: true });
  }

  async putToken(token: NewToken): Promise<void> {
    for (const person of await personsOf(this.#tx, token)) await endAuthor(this.#tx, person, token.at);
    await this.#load(tokens, [{ ...token, revokedAt: null, usedAt: null }], { replace: true });
  }

  async revokeToken(name: string, at: number): Promise<boolean> {
    return await revokeToken(this.#tx, name, at);
  }

  async noteTokenUses(uses: ReadonlyMap<string, number>): Promise<void> {
    await noteTokenUses(this.#tx, uses);
  }

  async endSessionsOf(name: string, at: number): Promise<number> {
    return await endSessionsOf(this.#tx, name, at);
  }

  async takeSignInLink(digest: string, now: number): Promise<SignInLinkRecord | undefined> {
    return await takeSignInLink(this.#tx, digest, now);
  }

  async takeEvent(source: string, id: string, at: number, forgetBefore: number): Promise<boolean> {
    await this.#tx.deleteFrom('events').where('at', '<', forgetBefore).execute();
    const { numInsertedOrUpdatedRows } = await this.#tx
      .insertInto('events')
      .values({ source, id, at })
      .onConflict((conflict) => conflict.columns(['source', 'id']).doNothing())
      .executeTakeFirst();
    return (numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  async claimPolls(
    now: number,
    leaseUntil: number,
    limit: number,
    onDamage?: OnDamage,
    scope: Pick<DueScope, 'registry'> = {},
  ): Promise<readonly CrateRecord[]> {
    return await claimPolls(this.#tx, { now, leaseUntil, limit, onDamage }, scope);
  }

  async claimJudgements(
    now: number,
    leaseUntil: number,
    limit: number,
    onDamage?: OnDamage,
    scope: DueScope = {},
  ): Promise<readonly ReleaseRecord[]> {
    return await claimJudgements(this.#tx, { now, leaseUntil, limit, onDamage }, scope);
  }

  async reinIn(now: number, horizons: Horizons): Promise<void> {
    await reinIn(this.#tx, now, horizons);
  }

  async putToldFindings(told: readonly ToldRecord[]): Promise<void> {
    await this.#load(toldFindings, told, { replace: true });
  }

  async putDeliveries(records: readonly DeliveryRecord[]): Promise<void> {
    await this.#load(deliveries, records, { replace: true });
  }

  async gatheringDeliveries(now: number): Promise<readonly DeliveryRecord[]> {
    return await gatheringDeliveries(this.#tx, now);
  }

  async claimDeliveries(
    now: number,
    leaseUntil: number,
    limit: number,
    onDamage?: OnDamage,
  ): Promise<readonly DeliveryRecord[]> {
    return await claimDeliveries(this.#tx, { now, leaseUntil, limit, onDamage });
  }

  async forgetNotifications(before: number): Promise<void> {
    await this.#tx.deleteFrom('deliveries').where('ended_at', '<', before).execute();
    await this.#tx
      .deleteFrom('told_findings')
      .where('ended_at', '<', before)
      .where('notification', 'not in', this.#tx.selectFrom('deliveries').select('notification'))
      .execute();
  }

  async #load<R>(
    table: Table<R>,
    records: readonly R[],
    options: { readonly replace: boolean },
  ): Promise<void> {
    if (records.length === 0) return;
    const rows = records.map((record) => encodeRow(table, record));
    await this.#dialect.load(this.#tx, table, rows, options);
  }
}
