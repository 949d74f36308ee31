import { crateName } from '../registry/gather.ts';
import type { Instead } from '../registry/instead.ts';
import type { LogEntry, ReleaseRecord } from '../store/records.ts';
import type { LogEntryJson, ReleaseJson, ReleaseReportJson } from './contract.ts';

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
    verdict: {
      ...verdict,
      findings: verdict.findings.map((finding) => ({ ...finding, evidence: { ...finding.evidence } })),
    },
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
