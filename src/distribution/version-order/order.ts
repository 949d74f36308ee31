/** How a packaging system orders versions. */
export interface VersionOrder {
  /** Whether its own tool reads a text as a version. Of others nothing may be concluded. */
  readonly isVersion: (text: string) => boolean;
  /** Below 0 where the first is older, 0 where neither is, above 0 where it is newer. Both must be versions. */
  readonly compare: (a: string, b: string) => number;
}

/** The order of decimal numerals of any length; zeros in front, and no digit at all, count for nothing. */
export function compareNumerals(a: string, b: string): number {
  const [x, y] = [a, b].map((text) => text.replace(/^0+/, '')) as [string, string];
  return x.length - y.length || compareTexts(x, y);
}

/** The order of texts by their code units; of ASCII, that of its bytes. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
