import { createHash } from 'node:crypto';
import type { FeedFile, KeptForms } from '../feed/files.ts';
import { type FeedContents, readFeed } from './files.ts';

/**
 * To be raised whenever the same files are read differently: what was kept by another version is read again. A test holds what
 * this one makes of some files.
 */
export const advisoryReaderVersion = 2;

interface Kept {
  /** Of the files that it was read from, byte for byte, and of who read them. */
  readonly digest: string;
  readonly contents: FeedContents;
}

/**
 * As `readFeed`, but files that are the same as at the last reading of this `source` are not parsed again: a database has more than
 * a thousand.
 */
export async function readKeptFeed(
  source: string,
  files: readonly FeedFile[],
  forms: KeptForms | undefined,
): Promise<FeedContents> {
  if (forms === undefined) return readFeed(files);
  const digest = digestOf(files);
  const name = `advisories-${createHash('sha256').update(source).digest('hex').slice(0, 32)}.json`;
  const kept = parsed(await forms.read(name));
  if (kept?.digest === digest) return kept.contents;
  const contents = readFeed(files);
  await forms.write(name, JSON.stringify({ digest, contents } satisfies Kept));
  return contents;
}

function digestOf(files: readonly FeedFile[]): string {
  const hash = createHash('sha256').update(`${advisoryReaderVersion}`);
  for (const { path, bytes } of files)
    hash.update(`\n${JSON.stringify(path)} ${bytes.length}\n`).update(bytes);
  return hash.digest('hex');
}

function parsed(text: string | undefined): Kept | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Kept;
  } catch {
    return undefined;
  }
}
