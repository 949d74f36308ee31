import type { CfgExpression } from '../cargo/cfg/expression.ts';
import { attributeAt, cfgOf } from './attribute.ts';
import { after, inside, isSign, isWord, type TokenRange, type Tokens } from './tokens.ts';

/** A branch of `cfg_if! { if #[cfg(…)] { … } else { … } }` that may be the one that is built. */
export interface CfgIfBranch {
  readonly body: TokenRange;
  /** Whether it surely is. */
  readonly certain: boolean;
}

/** The branches of a `cfg_if!` that may be built, up to the first whose condition surely holds (crate `cfg-if`). */
export function cfgIfBranches(
  tokens: Tokens,
  body: TokenRange,
  answer: (expression: CfgExpression | undefined) => boolean | undefined,
): readonly CfgIfBranch[] {
  const branches: CfgIfBranch[] = [];
  let sure = true;
  let at = body.from;
  while (at < body.to) {
    if (isWord(tokens, at, 'else')) at++;
    let held: boolean | undefined = true;
    if (isWord(tokens, at, 'if')) {
      const read = attributeAt(tokens, at + 1);
      if (read === undefined) break;
      const { path, input } = read.attribute;
      held = answer(path === 'cfg' && input !== undefined ? cfgOf(tokens, input) : undefined);
      at = read.next;
    }
    if (!isSign(tokens, at, '{')) break;
    if (held !== false) branches.push({ body: inside(tokens, at), certain: sure && held === true });
    if (held === true) break;
    if (held === undefined) sure = false;
    at = after(tokens, at);
  }
  return branches;
}
