import type { AuditEntry, AuditHead } from '../audit/entry.ts';
import type { AuditReader } from './audit.ts';
import { SqlOutboxReader } from './outbox-reader.ts';
import { decodeRow } from './table.ts';
import { audit, auditHead } from './tables.ts';

/** Reads of who decided what. */
export class SqlAuditReader extends SqlOutboxReader implements AuditReader {
  async auditEntries({
    after,
    limit,
  }: {
    readonly after: number;
    readonly limit: number;
  }): Promise<readonly AuditEntry[]> {
    const rows = await this.db
      .selectFrom('audit')
      .selectAll()
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(limit)
      .execute();
    return rows.map((row) => decodeRow(audit, row));
  }

  async lastAudit(action: AuditEntry['action']): Promise<AuditEntry | undefined> {
    const last = this.db
      .selectFrom('audit')
      .selectAll()
      .where('action', '=', action)
      .orderBy('seq', 'desc')
      .limit(1);
    const row = await last.executeTakeFirst();
    return row === undefined ? undefined : decodeRow(audit, row);
  }

  async auditOf(actions: readonly AuditEntry['action'][]): Promise<readonly AuditEntry[]> {
    const query = this.db.selectFrom('audit').selectAll().where('action', 'in', actions).orderBy('seq');
    return (await query.execute()).map((row) => decodeRow(audit, row));
  }

  async auditHead(): Promise<AuditHead | undefined> {
    const row = await this.db.selectFrom('audit_head').selectAll().executeTakeFirst();
    if (row === undefined) return undefined;
    const { id: _, ...head } = decodeRow(auditHead, row);
    return head;
  }
}
