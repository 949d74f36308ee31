import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publicHalf } from '../../attest/keys.ts';
import { AuditCheck, type AuditReport } from '../../audit/check.ts';
import { publicFile } from '../../server/audit/key.ts';
import { headsFile } from '../../server/audit/places.ts';
import { headsIn } from '../../server/audit/shape.ts';
import { hasDatabase } from '../../store/backup.ts';
import { databaseFile } from '../../store/dialect/sqlite.ts';
import { openReader } from '../../store/open.ts';
import { pageSize, wholeLog } from '../audit/pages.ts';
import { CliError, exit } from '../shared/error.ts';
import { paint, print } from '../shared/terminal.ts';
import { copyCrates, copySmallFiles, emptyFolder } from './backup-files.ts';

export interface RestoreOptions {
  readonly data: string;
  readonly format: 'text' | 'json';
}

/** Makes a data folder of a backup, and checks it. Sets the exit code. */
export async function restore(from: string, { data, format }: RestoreOptions): Promise<void> {
  if (!hasDatabase(from))
    throw new CliError('cli/usage', `${from} is no backup: it has no ${databaseFile}`, {
      next: '`safeguard mirror backup` makes one.',
    });
  emptyFolder(data);
  copySmallFiles(from, data);
  copyFileSync(join(from, databaseFile), join(data, databaseFile));
  const crates = copyCrates(from, data);
  const report = await checkLog(data);
  process.exitCode = report.faults.length === 0 ? exit.ok : exit.problem;
  if (format === 'json') {
    const { entries, anchored, faults } = report;
    return print(JSON.stringify({ data, crates, audit: { entries, anchored, faults } }, null, 2));
  }
  for (const { message } of report.faults) print(`${paint('red', '✖')} ${message}`);
  if (report.faults.length > 0)
    return print(
      `The audit log of this backup is not what was written: look for another one, or start on ${data} knowing that.`,
    );
  print(
    `${data} is as it was, with ${report.entries} acts in its audit log. Start it: safeguard serve --data ${data}`,
  );
  print(
    'Heads of the log that were kept elsewhere since say that it goes further: the server raises an alarm of that once.',
  );
}

/** Whether the log of a data folder is what was written, by the key and the heads that came with it. */
async function checkLog(data: string): Promise<AuditReport> {
  const textOf = (name: string) =>
    existsSync(join(data, name)) ? readFileSync(join(data, name), 'utf8') : undefined;
  const key = textOf(publicFile);
  const check = new AuditCheck(key === undefined ? [] : [publicHalf(key)], headsIn(textOf(headsFile) ?? ''));
  const { reader, close } = await openReader({ folder: data });
  try {
    const page = async (after: number) => ({
      entries: await reader.auditEntries({ after, limit: pageSize }),
      head: (await reader.auditHead()) ?? null,
    });
    return check.end(await wholeLog(page, (entry) => check.add(entry)));
  } finally {
    await close();
  }
}
