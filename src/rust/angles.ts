import { after, isSign, isSigns, type Tokens, tokenKind } from './tokens.ts';

/** Longest list of generic arguments that is passed over: `a < b` is none. */
const maxAngles = 1024;
/** And how deep they go within each other. */
const maxNested = 64;

/** The token after the `>` that closes the `<` there; the token after `<` where none does. */
export function afterAngles(tokens: Tokens, open: number, to: number): number {
  let depth = 0;
  for (let at = open; at < to && at < open + maxAngles; at = after(tokens, at)) {
    if (isSign(tokens, at, '<')) {
      if (++depth > maxNested) break;
    } else if (isSign(tokens, at, '>') && !isSigns(tokens, at - 1, '->') && --depth === 0) return at + 1;
    else if (isSign(tokens, at, ';') || tokens.kinds[at] === tokenKind.close) break;
  }
  return open + 1;
}
