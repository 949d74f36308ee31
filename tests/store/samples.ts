import type { Verdict } from '../../src/policy/verdict.ts';
import type { BreakGlassRecord, CrateRecord, LogEntry, ReleaseRecord } from '../../src/store/records.ts';

// Whole records for tests that care about a few of their fields.

export const registry = 'crates.io';

export const allow: Verdict = { decision: 'allow', findings: [] };

export const hold: Verdict = {
  decision: 'hold',
  until: '2026-01-04T00:00:00.000Z',
  findings: [
    {
      rule: 'age',
      effect: 'hold',
      subject: 'serde@1.0.0',
      message: 'Published 3 hours ago; new releases wait 3 days. "\\u0000", é, 🦀',
      evidence: { file: 'Cargo.lock', line: 3, values: { published: '2026-01-01' } },
      next: 'Wait, or ask for break-glass.',
      until: '2026-01-04T00:00:00.000Z',
    },
  ],
};

export function crate(fields: Partial<CrateRecord> = {}): CrateRecord {
  return {
    registry,
    key: 'serde',
    firstSeen: 1_000,
    etag: null,
    lastModified: null,
    digest: null,
    checkedAt: null,
    pollAt: 2_000,
    failures: 0,
    lastError: null,
    absentSince: null,
    ...fields,
  };
}

export function release(fields: Partial<ReleaseRecord> = {}): ReleaseRecord {
  const { key = 'serde', version = '1.0.0' } = fields;
  return {
    registry,
    key,
    version,
    position: 0,
    line: JSON.stringify({
      name: key,
      vers: version,
      deps: [],
      cksum: 'a'.repeat(64),
      features: {},
      yanked: false,
    }),
    checksum: 'a'.repeat(64),
    lineChecksum: 'a'.repeat(64),
    published: null,
    firstSeen: 1_000,
    arrival: 'new',
    dependenciesChangedAt: null,
    yanked: false,
    yankedAt: null,
    state: 'held',
    until: null,
    judged: 'index',
    archive: null,
    unread: null,
    verdict: hold,
    policy: 'p1',
    judgeAt: null,
    stateSince: 1_000,
    ...fields,
  };
}

export function entry(fields: Partial<LogEntry> = {}): Omit<LogEntry, 'seq'> {
  return {
    at: 1_000,
    event: 'judged',
    registry,
    key: 'serde',
    version: '1.0.0',
    from: null,
    to: 'held',
    actor: 'poll',
    policy: 'p1',
    verdict: null,
    details: null,
    ...fields,
  };
}

export function request(fields: Partial<BreakGlassRecord> = {}): BreakGlassRecord {
  return {
    registry,
    key: 'serde',
    version: '1.0.0',
    by: 'ana',
    reason: 'fixes an outage',
    at: 1_000,
    authorEndedAt: null,
    ...fields,
  };
}
