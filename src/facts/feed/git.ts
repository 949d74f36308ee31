import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FeedError } from './error.ts';
import type { FeedFile, Repository } from './files.ts';
import { sourceText } from './source.ts';

/** Bounds for one call of `git`. */
interface Limits {
  readonly maxBytes: number;
  /** Milliseconds. */
  readonly timeout: number;
}

export const gitLimits: Limits = { maxBytes: 512 * 1024 * 1024, timeout: 5 * 60_000 };

/** Whether a folder is a git repository without a work tree. */
export function isBareRepository(path: string): boolean {
  const stat = (name: string) => statSync(join(path, name), { throwIfNoEntry: false });
  return (
    stat('HEAD')?.isFile() === true && stat('objects')?.isDirectory() === true && stat('refs') !== undefined
  );
}

/**
 * The files of a repository's newest commit, straight from its objects: no work tree, no attributes, no filters, no
 * hooks. A remote is fetched first, one commit deep, into a bare repository below `cache`.
 */
export async function readRepository(
  url: string,
  wanted: (path: string) => boolean,
  cache: string,
  limits: Limits = gitLimits,
): Promise<Repository> {
  const local = isBareRepository(url);
  const dir = local ? url : join(cache, `${createHash('sha256').update(url).digest('hex').slice(0, 24)}.git`);
  const git = (args: readonly string[], input?: string) =>
    run(['--git-dir', dir, ...args], limits, url, input);
  if (!local) {
    mkdirSync(cache, { recursive: true });
    if (!isBareRepository(dir)) await run(['init', '--quiet', '--bare', dir], limits, url);
    await git(['fetch', '--quiet', '--depth=1', '--no-tags', '--force', '--', url, `+HEAD:${fetched}`]);
  }
  const revision = local ? 'HEAD' : fetched;
  const commit = utf8(await git(['rev-parse', '--verify', '--quiet', `${revision}^{commit}`])).trim();
  const blobs = parseTree(utf8(await git(['ls-tree', '-r', '-z', commit]))).filter(({ path }) =>
    wanted(path),
  );
  const contents = await git(['cat-file', '--batch'], blobs.map(({ id }) => `${id}\n`).join(''));
  return { commit, files: [...splitBatch(contents, blobs)] };
}

/** The commit that a work tree's files are exactly those of. */
export async function cleanCommit(path: string, limits: Limits = gitLimits): Promise<string | undefined> {
  if (statSync(join(path, '.git'), { throwIfNoEntry: false }) === undefined) return undefined;
  try {
    const changes = await run(
      ['-C', path, 'status', '--porcelain', '-z', '--untracked-files=all'],
      limits,
      path,
    );
    if (changes.length > 0) return undefined;
    return utf8(await run(['-C', path, 'rev-parse', '--verify', 'HEAD^{commit}'], limits, path)).trim();
  } catch (error) {
    // No commit is no reason not to read the files.
    if (error instanceof FeedError) return undefined;
    throw error;
  }
}

const fetched = 'refs/safeguard/head';

interface Blob {
  readonly path: string;
  readonly id: string;
}

/** `MODE TYPE ID<tab>PATH<nul>`. Links (mode 120000) and submodules are left out. */
function parseTree(listing: string): readonly Blob[] {
  return listing.split('\0').flatMap((line) => {
    const match = /^100\d{3} blob ([0-9a-f]+)\t(.+)$/s.exec(line);
    return match?.[1] === undefined || match[2] === undefined ? [] : [{ id: match[1], path: match[2] }];
  });
}

/** `ID blob SIZE<newline>BYTES<newline>` for each object that was asked for, in that order. */
function* splitBatch(bytes: Buffer, blobs: readonly Blob[]): Generator<FeedFile> {
  let at = 0;
  for (const { path } of blobs) {
    const end = bytes.indexOf(0x0a, at);
    const size = /^[0-9a-f]+ blob (\d+)$/.exec(bytes.toString('latin1', at, Math.max(at, end)))?.[1];
    if (size === undefined) throw new FeedError('feed/unreachable', `git did not give ${path}`);
    yield { path, bytes: bytes.subarray(end + 1, end + 1 + Number(size)) };
    at = end + 1 + Number(size) + 1;
  }
}

/** Settings of the repository that is read, or of a caller's, must not run programs or ask questions. */
const guarded = [
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'core.fsmonitor=false',
  '-c',
  'protocol.ext.allow=never',
  // Where a redirect leads is looked into by nobody: it may be an inner service.
  '-c',
  'http.followRedirects=false',
];

function environment(): NodeJS.ProcessEnv {
  const { GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, GIT_OBJECT_DIRECTORY, ...rest } = process.env;
  return { ...rest, GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' };
}

function run(args: readonly string[], limits: Limits, url: string, input = ''): Promise<Buffer> {
  const name = sourceText({ kind: 'git', url });
  const failed = (reason: string, cause?: unknown) =>
    new FeedError('feed/unreachable', `git could not read ${name}: ${reason}`, cause);
  return new Promise((resolve, reject) => {
    const child = spawn('git', [...guarded, ...args], {
      env: environment(),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    // What git itself started may hold its output open: it is waited for no longer.
    const timer = setTimeout(() => {
      child.kill();
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
      reject(failed(`it took longer than ${limits.timeout / 1000} seconds`));
    }, limits.timeout);
    const parts: Buffer[] = [];
    let size = 0;
    let complaint = '';
    child.stdout.on('data', (part: Buffer) => {
      parts.push(part);
      size += part.length;
      if (size <= limits.maxBytes) return;
      child.kill();
      reject(new FeedError('feed/too-large', `${name} has more than ${limits.maxBytes} bytes`));
    });
    child.stderr.on('data', (part: Buffer) => {
      complaint = (complaint + part.toString('utf8')).slice(-2000);
    });
    child.on('error', (cause) => {
      clearTimeout(timer);
      reject(failed('git cannot be started', cause));
    });
    // It may end without having read its input: then its exit says why.
    child.stdin.on('error', () => {});
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(Buffer.concat(parts, size));
      else reject(failed(signal === null ? complaintText(complaint) : `ended by ${signal}`));
    });
    child.stdin.end(input);
  });
}

/** Why git failed, in its own words, but without those of the other side, which it repeats. */
function complaintText(text: string): string {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('remote:'));
  const line = (lines.at(-1) ?? '').replace(/^(?:fatal|error): /, '');
  if (/returned error: 30[12378]$/.test(line)) return 'it redirects elsewhere: give the address it is at';
  if (/remote error|ERR /i.test(line)) return 'it refused to give the repository';
  if (/protocol error|bad line length|bad pack header|unexpected/i.test(line))
    return 'it does not answer as a git repository';
  return line || 'it said nothing';
}

function utf8(bytes: Buffer): string {
  return bytes.toString('utf8');
}
