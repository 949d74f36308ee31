import type { CfgExpression } from '../cargo/cfg/expression.ts';
import { attributeAt, cfgOf } from './attribute.ts';
import type { CfgAnswer, Conditions } from './conditions.ts';
import { after, inside, isSign, isWord, type TokenRange, type Tokens } from './tokens.ts';

/** A branch of `cfg_if! { if #[cfg(…)] { … } else { … } }` that may be the one that is built. */
export interface CfgIfBranch {
  readonly body: TokenRange;
  /** All of which hold where it is the one; `undefined` for what was not understood. */
  readonly conditions: Conditions;
  /** Whether it surely is. */
  readonly certain: boolean;
}

/** The branches of a `cfg_if!` that may be built, up to the first whose condition surely holds (crate `cfg-if`). */
export function cfgIfBranches(tokens: Tokens, body: TokenRange, answer: CfgAnswer): readonly CfgIfBranch[] {
  const branches: CfgIfBranch[] = [];
  let sure = true;
  /** That none of the branches before it is the one. */
  const others: (CfgExpression | undefined)[] = [];
  let at = body.from;
  while (at < body.to) {
    if (isWord(tokens, at, 'else')) at++;
    let held: boolean | undefined = true;
    let own: readonly (CfgExpression | undefined)[] = [];
    if (isWord(tokens, at, 'if')) {
      const read = attributeAt(tokens, at + 1);
      if (read === undefined) break;
      const { path, input } = read.attribute;
      const expression = path === 'cfg' && input !== undefined ? cfgOf(tokens, input) : undefined;
      held = answer(expression);
      own = [expression];
      at = read.next;
    }
    if (!isSign(tokens, at, '{')) break;
    if (held !== false) {
      branches.push({
        body: inside(tokens, at),
        conditions: [...others, ...own],
        certain: sure && held === true,
      });
    }
    others.push(...own.map((of) => (of === undefined ? undefined : ({ kind: 'not', of } as const))));
    if (held === true) break;
    if (held === undefined) sure = false;
    at = after(tokens, at);
  }
  return branches;
}
