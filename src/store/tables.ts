import { type AuditEntry, type AuditHead, auditActions } from '../audit/entry.ts';
import type { AnswerTables } from './answers.ts';
import type { BuildSessionRecord } from './build-sessions.ts';
import type { ChangeTables } from './changes/tables.ts';
import {
  count,
  details,
  digests,
  flag,
  integer,
  jsonText,
  oneOf,
  optional,
  sha256,
  text,
  unread,
  verdict,
} from './column.ts';
import type { DeploymentTables } from './deployments/tables.ts';
import type { DumpSqlTables } from './dump-tables.ts';
import type { ExploitedTables } from './exploited/tables.ts';
import type { ExposureTables } from './exposures/tables.ts';
import type { InventoryTables } from './inventory/tables.ts';
import type { DeliveryCount } from './outbox.ts';
import type { ProposalTables } from './proposals/tables.ts';
import type {
  BlockRecord,
  BreakGlassRecord,
  CrateRecord,
  DecisionRecord,
  DeliveryRecord,
  ExactNeedRecord,
  FeedRecord,
  LogEntry,
  PackedOutlines,
  PeopleRecord,
  PolicyRecord,
  RefusalRecord,
  ReleaseOutline,
  ReleaseRecord,
  SignInLinkRecord,
  TokenRecord,
  ToldRecord,
  WebSessionRecord,
} from './records.ts';
import { roles } from './records.ts';
import type { RequestRecord } from './requests.ts';
import type { SightingTables } from './sightings/tables.ts';
import type { SigningRecord } from './signings.ts';
import { pick, type Row, type Table, table } from './table.ts';
import type { VexTables } from './vex/tables.ts';

// How each record is kept. The tables themselves are made by the migrations.

export const crates = table<CrateRecord>('crates', ['registry', 'key'], {
  registry: text,
  key: text,
  firstSeen: integer,
  etag: optional(text),
  lastModified: optional(text),
  digest: optional(sha256),
  checkedAt: optional(integer),
  pollAt: integer,
  failures: count,
  lastError: optional(text),
  absentSince: optional(integer),
});

const state = oneOf('held', 'promoted', 'review', 'blocked', 'withdrawn');

export const releases = table<ReleaseRecord>('releases', ['registry', 'key', 'version'], {
  registry: text,
  key: text,
  version: text,
  position: count,
  line: text,
  checksum: sha256,
  lineChecksum: sha256,
  published: optional(integer),
  firstSeen: integer,
  arrival: oneOf('back-catalogue', 'new'),
  dependenciesChangedAt: optional(integer),
  yanked: flag,
  yankedAt: optional(integer),
  state,
  until: optional(integer),
  judged: oneOf('index', 'release'),
  archive: optional(jsonText),
  unread: optional(unread),
  verdict,
  policy: text,
  judgeAt: optional(integer),
  stateSince: integer,
});

/** What the outline of a release has. */
export const outlines: Table<ReleaseOutline> = pick(
  releases,
  'version',
  'position',
  'published',
  'firstSeen',
  'arrival',
  'yankedAt',
  'state',
  'policy',
);

export const log = table<LogEntry>('log', ['seq'], {
  seq: count,
  at: integer,
  event: oneOf(
    'appeared',
    'judged',
    'yanked',
    'unyanked',
    'altered',
    'withdrawn',
    'restored',
    'blocked',
    'unblocked',
    'break-glass',
    'approved',
    'rejected',
    'taken-back',
    'policy-activated',
    'feed-updated',
    'dump-imported',
    'dump-forgotten',
    'clock-trusted',
  ),
  registry: text,
  key: text,
  version: text,
  from: optional(state),
  to: optional(state),
  actor: text,
  policy: text,
  verdict: optional(verdict),
  details: optional(details),
});

export const blocks = table<BlockRecord>('blocks', ['id'], {
  id: count,
  registry: text,
  key: text,
  version: optional(text),
  reason: text,
  by: text,
  at: integer,
  liftedBy: optional(text),
  liftedAt: optional(integer),
  liftReason: optional(text),
});

export const breakGlass = table<BreakGlassRecord>('break_glass', ['registry', 'key', 'version', 'by'], {
  registry: text,
  key: text,
  version: text,
  by: text,
  reason: text,
  at: integer,
  authorEndedAt: optional(integer),
});

export const decisions = table<DecisionRecord>('decisions', ['id'], {
  id: count,
  registry: text,
  key: text,
  version: text,
  checksum: sha256,
  kind: oneOf('approve', 'reject'),
  answers: digests,
  by: text,
  reason: text,
  at: integer,
  until: optional(integer),
  authorEndedAt: optional(integer),
  takenBackBy: optional(text),
  takenBackAt: optional(integer),
  takenBackReason: optional(text),
});

export const requests = table<RequestRecord>('requests', ['registry', 'key', 'version', 'by'], {
  registry: text,
  key: text,
  version: text,
  by: text,
  reason: text,
  at: integer,
});

export const refusals = table<RefusalRecord>('refusals', ['registry', 'key', 'version'], {
  registry: text,
  key: text,
  version: text,
  since: integer,
  count,
  lastAt: integer,
});

export const exactNeeds = table<ExactNeedRecord>('exact_needs', ['registry', 'key', 'by'], {
  registry: text,
  key: text,
  by: text,
});

/** A policy's place in the order of activation: a clock may step back. */
export interface NumberedPolicy extends PolicyRecord {
  readonly id: number;
}

export const policies = table<NumberedPolicy>('policies', ['id'], {
  id: count,
  digest: text,
  text,
  at: integer,
});

export const tokens = table<TokenRecord>('tokens', ['name'], {
  name: text,
  owner: optional(text),
  hash: sha256,
  at: integer,
  revokedAt: optional(integer),
  role: oneOf(...roles),
  endsAt: optional(integer),
  usedAt: optional(integer),
});

export const webSessions = table<WebSessionRecord>('web_sessions', ['digest'], {
  digest: sha256,
  token: sha256,
  at: integer,
  endsAt: integer,
  name: optional(text),
  role: optional(oneOf(...roles)),
});

export const signInLinks = table<SignInLinkRecord>('sign_in_links', ['digest'], {
  digest: sha256,
  name: text,
  role: oneOf(...roles),
  endsAt: integer,
});

export const audit = table<AuditEntry>('audit', ['seq'], {
  seq: count,
  at: integer,
  actor: text,
  role: optional(text),
  address: optional(text),
  action: oneOf(...auditActions),
  subject: text,
  before: optional(details),
  after: optional(details),
  hash: sha256,
  key: text,
  signature: text,
});

export const buildSessions = table<BuildSessionRecord>('build_sessions', ['identity'], {
  identity: sha256,
  hash: optional(sha256),
  who: text,
  lockfile: text,
  releases: digests,
  openedAt: integer,
  endsAt: integer,
  closedAt: optional(integer),
  refusals: count,
  keepUntil: integer,
});

export const signings = table<SigningRecord>('signings', ['identity'], {
  identity: sha256,
  who: text,
  statements: optional(sha256),
  signedAt: integer,
  refusals: count,
  keepUntil: integer,
});

/** The one head of that log. */
interface NumberedHead extends AuditHead {
  readonly id: number;
}

export const auditHead = table<NumberedHead>('audit_head', ['id'], {
  id: count,
  count,
  hash: sha256,
  at: integer,
  key: text,
  signature: text,
});

/** An event of another system that was taken. */
interface TakenEvent {
  readonly source: string;
  readonly id: string;
  readonly at: number;
}

export const feeds = table<FeedRecord>('feeds', ['name'], {
  name: text,
  digest: sha256,
  body: jsonText,
  at: integer,
  triedAt: integer,
  alarm: optional(text),
});

export const people = table<PeopleRecord>('people', ['registry', 'key'], {
  registry: text,
  key: text,
  name: text,
  askAt: optional(integer),
  at: optional(integer),
  answer: optional(jsonText),
  failures: count,
  reason: optional(text),
});

export const toldFindings = table<ToldRecord>(
  'told_findings',
  ['notification', 'registry', 'key', 'version', 'finding'],
  {
    notification: text,
    registry: text,
    key: text,
    version: text,
    finding: text,
    body: jsonText,
    at: integer,
    endedAt: optional(integer),
  },
);

const deliveryOutcome = oneOf('pending', 'delivered', 'given-up');

export const deliveries = table<DeliveryRecord>('deliveries', ['notification', 'target'], {
  notification: text,
  target: text,
  at: integer,
  dueAt: optional(integer),
  attempts: count,
  error: optional(text),
  outcome: deliveryOutcome,
  endedAt: optional(integer),
});

/** Deliveries, counted; no table of its own. */
export const deliveryCounts = table<DeliveryCount>('deliveries', ['target', 'outcome'], {
  target: text,
  outcome: deliveryOutcome,
  count,
  lastEnd: optional(integer),
  error: optional(text),
});

/** The tables as Kysely types them. */
export interface Tables
  extends AnswerTables,
    ChangeTables,
    DeploymentTables,
    DumpSqlTables,
    InventoryTables,
    ProposalTables,
    SightingTables,
    ExploitedTables,
    ExposureTables,
    VexTables {
  readonly crates: Row<CrateRecord>;
  readonly releases: Row<ReleaseRecord>;
  readonly log: Row<LogEntry>;
  readonly blocks: Row<BlockRecord>;
  readonly break_glass: Row<BreakGlassRecord>;
  readonly decisions: Row<DecisionRecord>;
  readonly requests: Row<RequestRecord>;
  readonly refusals: Row<RefusalRecord>;
  readonly exact_needs: Row<ExactNeedRecord>;
  readonly policies: Row<NumberedPolicy>;
  readonly tokens: Row<TokenRecord>;
  readonly web_sessions: Row<WebSessionRecord>;
  readonly sign_in_links: Row<SignInLinkRecord>;
  readonly audit: Row<AuditEntry>;
  readonly audit_head: Row<NumberedHead>;
  readonly build_sessions: Row<BuildSessionRecord>;
  readonly signings: Row<SigningRecord>;
  readonly events: Row<TakenEvent>;
  readonly feeds: Row<FeedRecord>;
  readonly people: Row<PeopleRecord>;
  readonly told_findings: Row<ToldRecord>;
  readonly deliveries: Row<DeliveryRecord>;
  readonly packed_outlines: PackedOutlines;
}
