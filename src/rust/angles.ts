import { isSigns, type Tokens, tokenKind } from './tokens.ts';

/** Longest list of generic arguments that is passed over: `a < b` is none. */
const maxAngles = 1024;
/** And how deep they go within each other. */
const maxNested = 64;
const [less, greater, semicolon] = [60, 62, 59];

/** The token after the `>` that closes the `<` there; the token after `<` where none does. */
export function afterAngles(tokens: Tokens, open: number, to: number): number {
  const { source, kinds, starts, partners, count } = tokens;
  const end = Math.min(to, open + maxAngles, count);
  let depth = 0;
  for (let at = open; at < end; at++) {
    const kind = kinds[at];
    if (kind === tokenKind.open) at = partners[at] ?? at;
    else if (kind === tokenKind.close) break;
    else if (kind === tokenKind.punct) {
      const sign = source.charCodeAt(starts[at] ?? 0);
      if (sign === less) {
        if (++depth > maxNested) break;
      } else if (sign === greater) {
        if (!isSigns(tokens, at - 1, '->') && --depth === 0) return at + 1;
      } else if (sign === semicolon) break;
    }
  }
  return open + 1;
}
