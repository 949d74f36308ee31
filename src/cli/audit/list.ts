import type { AuditEntry } from '../../audit/entry.ts';
import { entryJson } from '../../server/audit/shape.ts';
import { findServer, type ServerOptions } from '../shared/address.ts';
import { table } from '../shared/table.ts';
import { print, printable } from '../shared/terminal.ts';
import { sayTime } from '../shared/when.ts';
import { pageAfter } from './pages.ts';

export interface ListOptions extends ServerOptions {
  readonly after?: number;
  readonly limit: number;
  readonly format: 'text' | 'json';
}

/** Prints entries of the audit log: those after a number, or the last ones. */
export async function listAudit(options: ListOptions): Promise<void> {
  const server = await findServer(options);
  const { limit, format } = options;
  const { head } = options.after === undefined ? await pageAfter(server, 0, 1) : { head: null };
  const after = options.after ?? Math.max(0, (head?.count ?? 0) - limit);
  const { entries } = await pageAfter(server, after, limit);
  if (format === 'json') return print(JSON.stringify({ entries: entries.map(entryJson) }, null, 2));
  if (entries.length === 0) return print('Nobody has decided anything since.');
  const columns = ['#', 'WHEN', 'WHO', 'FROM', 'WHAT', 'ABOUT', 'WHY'];
  for (const line of table(columns, entries.map(rowOf))) print(line);
}

function rowOf({ seq, at, actor, role, address, action, subject, after }: AuditEntry): string[] {
  const { reason } = after ?? {};
  return [
    String(seq),
    sayTime(new Date(at).toISOString()),
    printable(role === null ? actor : `${actor} (${role})`),
    printable(address ?? '-'),
    action,
    printable(subject === '' ? '-' : subject),
    typeof reason === 'string' ? printable(reason) : '-',
  ];
}
