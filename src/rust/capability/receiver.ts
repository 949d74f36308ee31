import { isSign, isSigns, nameOf, type Tokens, tokenKind } from '../tokens.ts';

/** Where the expression begins that a `.` there continues: `a::b(c)?.d` as far back as it goes. */
export function receiverFrom(tokens: Tokens, dot: number): number {
  let at = dot;
  while (at > 0) {
    const before = at - 1;
    const kind = tokens.kinds[before];
    // Two that stand side by side are two expressions: `if a { b } c.d`.
    if (at < dot && isTerm(tokens, at) && (kind === tokenKind.close || isTerm(tokens, before))) break;
    if (kind === tokenKind.close) at = tokens.partners[before] ?? before;
    else if (kind === tokenKind.open || keywords.has(nameOf(tokens, before) ?? '')) break;
    else if (kind !== tokenKind.punct) at = before;
    // One colon stands behind the name of a field, or a label.
    else if (isSigns(tokens, before - 1, '::')) at = before - 1;
    else if (
      isSign(tokens, before, '.') ||
      isSign(tokens, before, '?') ||
      isSign(tokens, before, '&') ||
      isSign(tokens, before, '!')
    )
      at = before;
    else break;
  }
  return at;
}

/** Whether a name or a literal stands there. */
function isTerm({ kinds }: Tokens, at: number): boolean {
  const kind = kinds[at];
  return kind !== tokenKind.punct && kind !== tokenKind.open && kind !== tokenKind.close;
}

const keywords: ReadonlySet<string> = new Set('let if else match return in while for move mut'.split(' '));
