import { type Kysely, sql } from 'kysely';
import type { DeliveryCount, OutboxReader } from './outbox.ts';
import type { ToldRecord } from './records.ts';
import { decodeRow } from './table.ts';
import { deliveryCounts, type Tables, toldFindings } from './tables.ts';

/** Reads of the notifications' tables. */
export class SqlOutboxReader implements OutboxReader {
  protected readonly db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.db = db;
  }

  async toldFindings(registry: string, key: string): Promise<readonly ToldRecord[]> {
    const rows = await this.db
      .selectFrom('told_findings')
      .selectAll()
      .where('registry', '=', registry)
      .where('key', '=', key)
      .where('ended_at', 'is', null)
      .orderBy('version')
      .orderBy('finding')
      .orderBy('notification')
      .execute();
    return rows.map((row) => decodeRow(toldFindings, row));
  }

  async notification(id: string): Promise<readonly ToldRecord[]> {
    const rows = await this.db
      .selectFrom('told_findings')
      .selectAll()
      .where('notification', '=', id)
      .orderBy('registry')
      .orderBy('key')
      .orderBy('version')
      .orderBy('finding')
      .execute();
    return rows.map((row) => decodeRow(toldFindings, row));
  }

  async deliveryCounts(): Promise<readonly DeliveryCount[]> {
    const { rows } = await sql<object>`
      select target, outcome, count(*) as count, max(ended_at) as last_end, max(error) as error
        from deliveries group by target, outcome order by target, outcome`.execute(this.db);
    return rows.map((row) => decodeRow(deliveryCounts, row));
  }

  async nextDelivery(): Promise<number | null> {
    const row = await this.db
      .selectFrom('deliveries')
      .select('due_at')
      .where('due_at', 'is not', null)
      .orderBy('due_at')
      .limit(1)
      .executeTakeFirst();
    return row?.due_at ?? null;
  }
}
