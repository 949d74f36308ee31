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

/** Entries as a page has them at most. */
export const pageSize = 1000;

/** Entries after a number, oldest first. */
export async function pageAfter(server: ServerAddress, after: number, limit = pageSize): Promise<Page> {
  const path = `/api/v1/audit?after=${after}&limit=${limit}`;
  const { value } = await ask(server, { path, acts: true }, auditSchema);
  return {
    entries: value.entries.map(entryOf),
    head: value.head && headOfJson(value.head),
  };
}

/** Hands over the whole log, page by page, and returns its head: one that is of the last entry, unless the log lacks some. */
export async function wholeLog(
  page: (after: number) => Promise<Page>,
  take: (entry: AuditEntry) => void,
): Promise<AuditHead | null> {
  let last = 0;
  for (;;) {
    const { entries, head } = await page(last);
    for (const entry of entries) take(entry);
    last = entries.at(-1)?.seq ?? last;
    // Somebody may have acted meanwhile: then the next page has it.
    if (entries.length === 0) return head;
  }
}
