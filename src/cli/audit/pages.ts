import type { AuditEntry, AuditHead } from '../../audit/entry.ts';
import { auditSchema } from '../../server/audit/contract.ts';
import { entryOf, headOfJson } from '../../server/audit/shape.ts';
import type { ServerAddress } from '../shared/address.ts';
import { ask } from '../shared/api.ts';

/** A page of the log, and what the log says of its end. */
export interface Page {
  readonly entries: readonly AuditEntry[];
  readonly head: AuditHead | null;
}

/** Entries after a number, oldest first. */
export async function pageAfter(server: ServerAddress, after: number, limit: number): Promise<Page> {
  const path = `/api/v1/audit?after=${after}&limit=${limit}`;
  const { value } = await ask(server, { path, acts: true }, auditSchema);
  return {
    entries: value.entries.map(entryOf),
    head: value.head && headOfJson(value.head),
  };
}

/** Hands over the whole log, page by page, and returns its head: one that is of the last entry, unless the log lacks some. */
export async function wholeLog(
  server: ServerAddress,
  take: (entries: readonly AuditEntry[]) => void,
): Promise<AuditHead | null> {
  let last = 0;
  for (;;) {
    const { entries, head } = await pageAfter(server, last, 1000);
    take(entries);
    last = entries.at(-1)?.seq ?? last;
    // Somebody may have acted meanwhile: then the next page has it.
    if (entries.length === 0) return head;
  }
}
