import type { Finding } from '../policy/finding.ts';
import { rules } from '../policy/rules/index.ts';
import type { Explanation } from '../registry/explain.ts';
import { crateName } from '../registry/judgement/gather.ts';
import type { Instead } from '../registry/serve/instead.ts';
import type { DecisionRecord, LogEntry, ReleaseRecord } from '../store/records.ts';
import type {
  DecisionJson,
  ExplanationJson,
  LogEntryJson,
  ReleaseJson,
  ReleaseReportJson,
} from './contract.ts';

/** A release record in the API's words: times as RFC 3339, absent instead of null. */
export function releaseJson(record: ReleaseRecord): ReleaseJson {
  const { registry, version, checksum, state, yanked, arrival, judged, policy, verdict } = record;
  return {
    registry,
    crate: crateName([record]),
    version,
    checksum,
    state,
    since: rfc3339(record.stateSince),
    ...(record.until === null ? {} : { until: rfc3339(record.until) }),
    yanked,
    ...(record.published === null ? {} : { published: rfc3339(record.published) }),
    firstSeen: rfc3339(record.firstSeen),
    arrival,
    judged,
    policy,
    verdict: { ...verdict, findings: verdict.findings.map(findingJson) },
  };
}

/** A decision in the API's words, as it stands at `now`. */
export function decisionJson(record: DecisionRecord, now: number): DecisionJson {
  const { registry, key, version, checksum, kind, by, reason, at, until, answers } = record;
  const { takenBackBy, takenBackAt, takenBackReason } = record;
  const isOver = until !== null && until <= now;
  return {
    registry,
    crate: key,
    version,
    checksum,
    kind,
    by,
    reason,
    at: rfc3339(at),
    ...(until === null ? {} : { until: rfc3339(until) }),
    answers,
    standing: takenBackAt !== null ? 'taken-back' : isOver ? 'ended' : 'stands',
    ...(takenBackAt === null
      ? {}
      : { takenBack: { by: takenBackBy ?? '', at: rfc3339(takenBackAt), reason: takenBackReason ?? '' } }),
  };
}

/** A finding in the API's words. */
export function findingJson(finding: Finding): ReleaseJson['verdict']['findings'][number] {
  return { ...finding, evidence: { ...finding.evidence } };
}

/** An explanation in the API's words. */
export function explanationJson(explanation: Explanation): ExplanationJson {
  if (explanation.kind === 'no-such-release') {
    const { kind, crate, resembles, claims } = explanation;
    return { kind, crate, resembles: resembles.map((one) => ({ ...one })), claims: [...claims] };
  }
  const { record, case: judged, instead, trust, fixes, approve } = explanation;
  const looked = rules.filter(({ contexts }) => contexts.includes(judged.context)).map(({ id }) => id);
  const own = judged.verdict.findings.map(({ rule }) => rule).filter((id) => !looked.includes(id));
  return {
    kind: 'release',
    release: releaseJson(record),
    case: judged as unknown as Extract<ExplanationJson, { kind: 'release' }>['case'],
    rules: [...new Set([...looked, ...own])].map((id) => ({
      id,
      findings: judged.verdict.findings.filter(({ rule }) => rule === id).length,
    })),
    ...(record.state === 'promoted' ? {} : insteadJson(instead)),
    ...(approve === undefined ? {} : { approve }),
    ...(trust === undefined ? {} : { trust: { score: trust.score, lines: [...trust.lines] } }),
    fixes: fixes.map(({ advisory, version, state, until }) => ({
      advisory,
      ...(version === undefined ? {} : { version }),
      ...(state === undefined ? {} : { state }),
      ...(until === undefined ? {} : { until: rfc3339(until) }),
    })),
  };
}

/** A log entry in the API's words. */
export function logEntryJson(entry: LogEntry): LogEntryJson {
  const { seq, at, event, registry, key, version, from, to, actor, policy, details } = entry;
  return { seq, at: rfc3339(at), event, registry, crate: key, version, from, to, actor, policy, details };
}

/** What to use instead, in the API's words. */
export function insteadJson(instead: Instead | undefined): Pick<ReleaseReportJson, 'instead'> {
  return instead === undefined ? {} : { instead: { version: instead.version, command: instead.command } };
}

/** Epoch milliseconds as RFC 3339 in UTC. */
export function rfc3339(time: number): string {
  return new Date(time).toISOString();
}
