import { isCrateName } from '../../cargo/index-path.ts';
import type { PackageAdvisory } from '../../distribution/advisory/advisory.ts';
import { type FeedFile, textOf } from '../feed/files.ts';
import type { FileProblem } from '../feed/reading.ts';
import type { Advisory } from './advisory.ts';
import { AdvisoryError } from './error.ts';
import { crateAdvisories } from './osv.ts';
import { packageAdvisories } from './osv-packages.ts';
import { readOsv } from './osv-record.ts';
import { isDraft, parseRustsec } from './rustsec.ts';

/** What a feed's files hold. */
export interface FeedContents {
  readonly advisories: readonly Advisory[];
  /** What OSV's files say of packages of Linux distributions. */
  readonly packages: readonly PackageAdvisory[];
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
  const packages: PackageAdvisory[] = [];
  const problems: FileProblem[] = [];
  for (const { path, bytes } of files) {
    const format = formatOf(path);
    if (format === undefined) continue;
    try {
      if (bytes.length > maxFileBytes) throw new AdvisoryError(`it has more than ${maxFileBytes} bytes`);
      const text = textOf(bytes);
      if (text === undefined) throw new AdvisoryError('it is not UTF-8');
      const said =
        format.kind === 'osv'
          ? saidIn(text)
          : { crates: [parseRustsec(text, format.collection)], packages: [] };
      packages.push(...said.packages);
      for (const advisory of said.crates) {
        if (!isDraft(advisory.id)) advisories.push(advisory);
        else problems.push(problem(path, `its id ${advisory.id} is a placeholder`, [advisory.package]));
      }
    } catch (error) {
      if (!(error instanceof AdvisoryError)) throw error;
      problems.push(problem(path, error.message, cratesOf(path, format, bytes)));
    }
  }
  return { advisories, packages, problems };
}

function saidIn(text: string) {
  const osv = readOsv(text);
  return { crates: crateAdvisories(osv), packages: packageAdvisories(osv) };
}

function problem(path: string, reason: string, crates: readonly string[]): FileProblem {
  return { path, reason, ...(crates.length === 0 ? {} : { crates }) };
}

/** Which crates a file that cannot be read is about: RustSec's lie in a folder of that name, OSV's may say it all the same. */
function cratesOf(path: string, format: FileFormat, bytes: Uint8Array): readonly string[] {
  if (format.kind === 'rustsec')
    return format.collection === 'crates' ? path.split('/').slice(-2, -1).filter(isCrateName) : [];
  const text = bytes.length > maxFileBytes ? '' : Buffer.from(bytes).toString('utf8');
  const names = [...text.matchAll(/"name"\s*:\s*"([^"\\]{1,64})"/g)].map(([, name = '']) => name);
  return text.includes('crates.io') ? [...new Set(names.filter(isCrateName))] : [];
}

/** The largest advisory there is has 20 kB. */
const maxFileBytes = 1024 * 1024;
