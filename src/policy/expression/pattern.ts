import { RE2JS } from '@bufbuild/re2';
import { type Meter, spend } from './value.ts';

/** What the patterns of one expression may still have. Compiling them is paid for when the policy loads. */
export interface PatternBudget {
  characters: number;
  /** Of the compiled programs. */
  instructions: number;
}

/** What the patterns of one expression may have together. */
export function patternBudget(): PatternBudget {
  return { characters: 200, instructions: 1000 };
}

/**
 * Compiles an RE2 pattern: no look-around, no back references, and in return time that is linear in the text, which is
 * paid for by its length times the program's. Throws an `Error` that says what is wrong with it.
 */
export function compilePattern(
  pattern: string,
  budget: PatternBudget,
): (text: string, meter: Meter) => boolean {
  budget.characters -= pattern.length;
  if (budget.characters < 0) throw new Error('the patterns have more than 200 characters together');
  const compiled = RE2JS.compile(pattern);
  const size = compiled.re2().prog.numInst();
  budget.instructions -= size;
  if (budget.instructions < 0)
    throw new Error('the patterns repeat too much: they are too large once compiled');
  return (text, meter) => {
    spend(meter, Math.ceil((text.length * size) / 32));
    return compiled.test(text);
  };
}
