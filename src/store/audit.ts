import type { AuditEntry, AuditHead } from '../audit/entry.ts';

/** Who decided what. */
export interface AuditReader {
  /** Entries with a greater `seq`, oldest first. */
  auditEntries(page: { readonly after: number; readonly limit: number }): Promise<readonly AuditEntry[]>;
  /** The newest entry of one action. */
  lastAudit(action: AuditEntry['action']): Promise<AuditEntry | undefined>;
  /** Every entry of some actions, oldest first. */
  auditOf(actions: readonly AuditEntry['action'][]): Promise<readonly AuditEntry[]>;
  /** What the log says of its end; `undefined`: it has no entry yet. */
  auditHead(): Promise<AuditHead | undefined>;
}

export interface AuditWriter {
  /** Appends an entry that follows the head, and makes its head the log's. */
  appendAudit(entry: AuditEntry): Promise<void>;
}
