import { isCratesIo, type SourceId } from '../cargo/source-id.ts';

/** Whether a list of addresses names a source: `crates.io`, a URL, or the start of URLs that ends in `/`. */
export function sourceMatches(list: readonly string[], source: SourceId): boolean {
  const url = comparable(source.url, source.kind === 'git');
  return list.some((entry) => {
    if (entry === 'crates.io') return isCratesIo(source);
    const wanted = entry.replace(/^(?:sparse|registry|git)\+/, '');
    if (source.kind === 'git' && wanted.endsWith('/')) return url.startsWith(`${comparable(wanted, true)}/`);
    return comparable(wanted, source.kind === 'git') === url;
  });
}

/** Addresses of one repository compare equal: without `.git` and a slash at the end, hosts in lower case, GitHub's paths, too. */
function comparable(address: string, isGit: boolean): string {
  const url = URL.parse(address);
  if (url === null) return address;
  let path = url.pathname.replace(/\/+$/, '');
  if (isGit) {
    path = path.replace(/\.git$/, '');
    if (url.hostname === 'github.com') path = path.toLowerCase();
  }
  return `${url.protocol}//${url.host}${path}`;
}
