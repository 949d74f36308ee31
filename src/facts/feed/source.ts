import { FeedError } from './error.ts';

/** Where a feed is read from. */
export type FeedSource =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'git'; readonly url: string }
  | { readonly kind: 'tarball'; readonly url: string };

/**
 * What an address in a configuration means: a folder (which may be a bare git repository; that is seen when it is
 * read), the address of a git repository (`https://…`, `git+https://…`, `ssh://…`, `git@host:…`, `file://…`), or of a
 * tarball (`https://….tar.gz`). Throws `FeedError('feed/source')` for an address of another kind; `what` is what it
 * should be one of.
 */
export function feedSource(text: string, what: string): FeedSource {
  const trimmed = text.trim();
  if (trimmed === '') throw new FeedError('feed/source', `an empty text names no ${what}`);
  if (/^[\w.-]+@[\w.-]+:(?!\/\/)/.test(trimmed)) return { kind: 'git', url: trimmed };
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(trimmed)?.[1]?.toLowerCase();
  if (scheme === undefined) return { kind: 'folder', path: trimmed };
  const address = trimmed.replace(/^git\+/i, '');
  if (URL.parse(address) === null || !schemes.has(scheme)) {
    throw new FeedError(
      'feed/source',
      `"${trimmed}" is no ${what}: give a folder, a git repository or the URL of a .tar.gz`,
    );
  }
  const isTarball = (scheme === 'https' || scheme === 'http') && tarball.test(new URL(address).pathname);
  return isTarball ? { kind: 'tarball', url: address } : { kind: 'git', url: address };
}

/** As messages and provenance name it: a password in a URL is nobody's to read. */
export function sourceText(source: FeedSource): string {
  if (source.kind === 'folder') return source.path;
  const url = URL.parse(source.url);
  if (url === null || (url.password === '' && url.username === '')) return source.url;
  url.password = '';
  url.username = '';
  return url.href;
}

const schemes: ReadonlySet<string> = new Set([
  'https',
  'http',
  'ssh',
  'file',
  'git+https',
  'git+http',
  'git+ssh',
  'git+file',
]);
const tarball = /(?:\.tar\.gz|\.tgz|\.tar|\/tarball\/[^/]+|\/tar\.gz\/.+)$/;
