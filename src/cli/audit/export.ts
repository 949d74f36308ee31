import { entryJson } from '../../server/audit/shape.ts';
import { findServer, type ServerOptions } from '../shared/address.ts';
import { print } from '../shared/terminal.ts';
import { pageAfter, wholeLog } from './pages.ts';

export type ExportOptions = ServerOptions;

/** Prints the whole log, a line of JSON for each entry. */
export async function exportAudit(options: ExportOptions): Promise<void> {
  const server = await findServer(options);
  await wholeLog(
    (after) => pageAfter(server, after),
    (entry) => print(JSON.stringify(entryJson(entry))),
  );
}
