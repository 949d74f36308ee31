import { type FeedFile, textOf } from '../feed/files.ts';
import type { FileProblem } from '../feed/reading.ts';
import type { Advisory } from './advisory.ts';
import { AdvisoryError } from './error.ts';
import { parseOsv } from './osv.ts';
import { isDraft, parseRustsec } from './rustsec.ts';

/** What a feed's files hold. */
export interface FeedContents {
  readonly advisories: readonly Advisory[];
  /** Files that were skipped, and why; in the order of the files. */
  readonly problems: readonly FileProblem[];
}

/** How a file is read; `undefined` for what is no advisory: pages for people, licences, lists. */
export type FileFormat =
  | { readonly kind: 'rustsec'; readonly collection: Advisory['collection'] }
  | { readonly kind: 'osv' };

/**
 * The format of a file by its place: RustSec's are `crates/NAME/ID.md` (or `.toml`, of old) and `rust/…`, at whatever
 * depth the feed begins, since tarballs have a folder around it; OSV's end in `.json`. Names with a leading dot are
 * the tools'.
 */
export function formatOf(path: string): FileFormat | undefined {
  const parts = path.split('/');
  if (parts.some((part) => part.startsWith('.'))) return undefined;
  const [collection, , name = ''] = parts.slice(-3);
  if (name.endsWith('.md') || name.endsWith('.toml')) {
    return collection === 'crates' || collection === 'rust' ? { kind: 'rustsec', collection } : undefined;
  }
  return path.endsWith('.json') ? { kind: 'osv' } : undefined;
}

/** Reads every advisory of a feed. A file that is broken is named and skipped, and never stops the rest. */
export function readFeed(files: Iterable<FeedFile>): FeedContents {
  const advisories: Advisory[] = [];
  const problems: FileProblem[] = [];
  for (const { path, bytes } of files) {
    const format = formatOf(path);
    if (format === undefined) continue;
    try {
      if (bytes.length > maxFileBytes) throw new AdvisoryError(`it has more than ${maxFileBytes} bytes`);
      const text = textOf(bytes);
      if (text === undefined) throw new AdvisoryError('it is not UTF-8');
      const found = format.kind === 'osv' ? parseOsv(text) : [parseRustsec(text, format.collection)];
      advisories.push(...found.filter(({ id }) => !isDraft(id)));
    } catch (error) {
      if (!(error instanceof AdvisoryError)) throw error;
      problems.push({ path, reason: error.message });
    }
  }
  return { advisories, problems };
}

/** The largest advisory there is has 20 kB. */
const maxFileBytes = 1024 * 1024;
