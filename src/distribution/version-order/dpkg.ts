import { compareNumerals, type VersionOrder } from './order.ts';

/**
 * The order of Debian and its kin (deb-version(7), "Sorting algorithm"; dpkg: lib/dpkg/version.c,
 * `dpkg_version_compare`): the epoch, the upstream version, the revision. None is epoch 0 and revision 0.
 */
export const dpkgOrder: VersionOrder = {
  isVersion: (text) => parse(text) !== undefined,
  compare(a, b) {
    const [x, y] = [parse(a), parse(b)];
    if (x === undefined || y === undefined) throw new TypeError('not a version of dpkg');
    return (
      compareNumerals(x.epoch, y.epoch) ||
      compareParts(x.upstream, y.upstream) ||
      compareParts(x.revision, y.revision)
    );
  },
};

interface DebianVersion {
  readonly epoch: string;
  readonly upstream: string;
  readonly revision: string;
}

/** dpkg: lib/dpkg/parsehelp.c, `parseversion`. It warns of one that begins with no digit, and compares it all the same. */
function parse(text: string): DebianVersion | undefined {
  const [, epoch, rest = ''] = /^(?:(\d{1,9}):)?(.*)$/s.exec(text) ?? [];
  const dash = rest.lastIndexOf('-');
  const [upstream, revision] = dash === -1 ? [rest, undefined] : [rest.slice(0, dash), rest.slice(dash + 1)];
  if (epoch === undefined && upstream.includes(':')) return undefined;
  if (!/^[\dA-Za-z.+~:-]+$/.test(upstream)) return undefined;
  if (revision !== undefined && !/^[\dA-Za-z.+~]+$/.test(revision)) return undefined;
  return { epoch: epoch ?? '', upstream, revision: revision ?? '' };
}

/** Runs of other characters and numbers in turn (`verrevcmp`). */
function compareParts(a: string, b: string): number {
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a, i)) || (j < b.length && !isDigit(b, j))) {
      const order = weight(a, i) - weight(b, j);
      if (order !== 0) return order;
      i += 1;
      j += 1;
    }
    const [x, y] = [digitsAt(a, i), digitsAt(b, j)];
    const order = compareNumerals(x, y);
    if (order !== 0) return order;
    i += x.length;
    j += y.length;
  }
  return 0;
}

/** `~` comes before the end, then letters, then everything else. A digit ends the run. */
function weight(text: string, at: number): number {
  const char = text[at];
  if (char === undefined || isDigit(text, at)) return 0;
  if (char === '~') return -1;
  return /[A-Za-z]/.test(char) ? char.charCodeAt(0) : char.charCodeAt(0) + 256;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}

function digitsAt(text: string, at: number): string {
  let end = at;
  while (isDigit(text, end)) end += 1;
  return text.slice(at, end);
}
