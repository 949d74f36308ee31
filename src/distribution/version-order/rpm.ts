import { compareNumerals, compareTexts, type VersionOrder } from './order.ts';

/**
 * The order of Fedora, Red Hat, SUSE and their kin (rpm: rpmio/rpmvercmp.c, `rpmvercmp`; lib/rpmver.c, `rpmverCmp`):
 * the epoch, the version, the release. No epoch is 0; no release comes before every release.
 */
export const rpmOrder: VersionOrder = {
  isVersion: (text) => /^(?:\d{1,9}:)?[\dA-Za-z._+~^]+(?:-[\dA-Za-z._+~^]+)?$/.test(text),
  compare(a, b) {
    const [x, y] = [parse(a), parse(b)];
    return (
      compareNumerals(x.epoch, y.epoch) ||
      compareParts(x.version, y.version) ||
      compareReleases(x.release, y.release)
    );
  },
};

function parse(text: string) {
  const [, epoch = '', rest = ''] = /^(?:(\d*):)?(.*)$/s.exec(text) ?? [];
  const dash = rest.indexOf('-');
  return dash === -1
    ? { epoch, version: rest, release: undefined }
    : { epoch, version: rest.slice(0, dash), release: rest.slice(dash + 1) };
}

function compareReleases(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  return compareParts(a, b);
}

/** Numbers and words, whatever stands between them; `~` comes before the end, `^` just behind it. */
function compareParts(a: string, b: string): number {
  const [x, y] = [tokensOf(a), tokensOf(b)];
  for (let i = 0; ; i += 1) {
    const [one, other] = [x[i], y[i]];
    if (one === undefined && other === undefined) return 0;
    const order = rank(one) - rank(other);
    if (order !== 0) return order;
    if (one === undefined || other === undefined) continue;
    const values = isNumber(one) ? compareNumerals(one, other) : compareTexts(one, other);
    if (values !== 0) return values;
  }
}

function tokensOf(text: string): readonly string[] {
  return text.match(/\d+|[A-Za-z]+|[~^]/g) ?? [];
}

function rank(token: string | undefined): number {
  if (token === undefined) return 1;
  if (token === '~') return 0;
  if (token === '^') return 2;
  return isNumber(token) ? 4 : 3;
}

function isNumber(token: string): boolean {
  return /^\d/.test(token);
}
