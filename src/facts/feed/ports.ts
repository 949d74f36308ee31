import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { OutgoingClient } from '../outgoing/client.ts';
import { failureText } from '../outgoing/error.ts';
import type { Stopwatch } from '../stopwatch.ts';
import { Transfer, transferLimits } from '../transfer.ts';
import { FeedError } from './error.ts';
import type { FeedFile, FeedPorts } from './files.ts';
import { isAsStamped, stampOf } from './folder-stamp.ts';
import { cleanCommit, gitLimits, isBareRepository, readRepository } from './git.ts';
import { keptIn } from './kept-forms.ts';
import { sourceText } from './source.ts';

/** The world as it is: the disk, `git` and the network. `cache` is a folder for fetched repositories. */
export function nodeFeedPorts(options: {
  readonly cache: string;
  readonly clock: () => number;
  /** Absent: the machine's. */
  readonly stopwatch?: Stopwatch | undefined;
  /** Milliseconds that whatever is fetched may take; absent: minutes. */
  readonly patience?: number | undefined;
  /** Whether nobody else waits for this process: a thousand small files are read in a fifth of the time then. */
  readonly isAlone?: boolean | undefined;
}): FeedPorts {
  const { patience, isAlone = false } = options;
  const transfer = { ...transferLimits, ...(patience === undefined ? {} : { total: patience }) };
  const git = { ...gitLimits, ...(patience === undefined ? {} : { timeout: patience }) };
  return {
    folder: (path, wanted) => readFolder(path, wanted, isAlone),
    file: readOneFile,
    commitOf: cleanCommit,
    repository: (url, wanted) => readRepository(url, wanted, options.cache, git),
    kept: keptIn(options.cache),
    ...(isAlone ? { stamps: { of: stampOf, isCurrent: isAsStamped } } : {}),
    isBareRepository: async (path) => isBareRepository(path),
    download: (url) => download(url, new Transfer(transfer, options.stopwatch)),
    clock: options.clock,
  };
}

/** In the order of their paths. Symbolic links are not followed. */
async function readFolder(
  folder: string,
  wanted: (path: string) => boolean,
  isAlone: boolean,
): Promise<readonly FeedFile[]> {
  try {
    const options = { recursive: true, withFileTypes: true } as const;
    const entries = isAlone ? readdirSync(folder, options) : await readdir(folder, options);
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
      .filter(wanted)
      .sort();
    if (isAlone) return paths.map((path) => ({ path, bytes: readFileSync(join(folder, path)) }));
    const files: FeedFile[] = [];
    // A few at a time: thousands of open files at once are more than some systems allow.
    for (let i = 0; i < paths.length; i += atOnce) {
      const batch = paths.slice(i, i + atOnce);
      files.push(
        ...(await Promise.all(
          batch.map(async (path) => ({ path, bytes: await readFile(join(folder, path)) })),
        )),
      );
    }
    return files;
  } catch (cause) {
    throw unreadable(`the folder ${folder}`, cause);
  }
}

async function readOneFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(what: string, cause: unknown): FeedError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new FeedError('feed/unreachable', `${what} cannot be read: ${reason}`, cause);
}

const atOnce = 64;
const maxDownload = 128 * 1024 * 1024;

async function download(url: string, transfer: Transfer): Promise<Uint8Array> {
  const name = sourceText({ kind: 'tarball', url });
  const client = new OutgoingClient({ start: url, timeout: transferLimits.total, connectTimeout: 10_000 });
  try {
    const asked = { headers: { 'user-agent': 'safeguard' }, signal: transfer.signal };
    const answer = await transfer.during(client.get(url, asked));
    if (answer.statusCode !== 200)
      throw new FeedError('feed/unreachable', `${name} answered ${answer.statusCode}`);
    const tooLong = () => new FeedError('feed/too-large', `${name} has more than ${maxDownload} bytes`);
    return await transfer.whole(answer.body, maxDownload, tooLong);
  } catch (cause) {
    if (cause instanceof FeedError) throw cause;
    throw new FeedError('feed/unreachable', `${name} cannot be reached: ${failureText(cause)}`, cause);
  } finally {
    transfer.end();
    await client.close();
  }
}
