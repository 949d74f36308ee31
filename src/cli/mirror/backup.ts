import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { copyDatabase, hasDatabase } from '../../store/backup.ts';
import { databaseFile } from '../../store/dialect/sqlite.ts';
import { cacheFolder } from '../../store/s3/blobs-bucket.ts';
import { CliError } from '../shared/error.ts';
import { print } from '../shared/terminal.ts';
import { copyCrates, copySmallFiles, emptyFolder } from './backup-files.ts';

export interface BackupOptions {
  readonly data: string;
  readonly crates?: true;
  readonly format: 'text' | 'json';
}

/** Copies what a data folder knows into another folder. Throws `CliError` where there is nothing, or no room. */
export async function backUp(to: string, { data, crates, format }: BackupOptions): Promise<void> {
  if (!hasDatabase(data))
    throw new CliError('cli/usage', `${data} has no database`, {
      next: 'Name the server’s data folder with --data. Where the database is PostgreSQL’s, pg_dump copies it.',
    });
  const isInBucket = existsSync(join(data, cacheFolder));
  if (crates === true && isInBucket)
    throw new CliError(
      'cli/usage',
      `the crates of ${data} are in a bucket: that folder has but copies of some`,
      {
        next: `Leave --crates out, then copy the bucket that [blobs] of server.toml names, by the tools of its store. Where no bucket is used any more, remove ${join(data, cacheFolder)} first.`,
      },
    );
  emptyFolder(to);
  try {
    // Heads before the log: the log of a backup is never behind them.
    const files = copySmallFiles(data, to);
    copyDatabase(data, to);
    const withCrates = crates === true && copyCrates(data, to);
    const bytes = statSync(join(to, databaseFile)).size;
    if (format === 'json')
      return print(
        JSON.stringify({ to, files: [databaseFile, ...files], bytes, crates: withCrates }, null, 2),
      );
    print(
      `Copied to ${to}: the database (${Math.ceil(bytes / 1024)} KiB), ${files.join(', ')}${withCrates ? ', the crates' : ''}.`,
    );
    if (isInBucket)
      print('The crates are in a bucket: copy that next, by the tools of its store, or keep its versions.');
    print('It holds tokens and keys: keep it where only those may read it who may act here.');
  } catch (cause) {
    throw new CliError('cli/file', `the backup was not made: ${(cause as Error).message}`, {
      next: `Look at the room on the disk of ${to}, and remove what is there.`,
      cause,
    });
  }
}
