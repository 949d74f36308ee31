import type { TokenRange, Tokens } from '../tokens.ts';
import type { Gates } from './gates.ts';

/** A function as it stands in a file. */
export interface FunctionPlace {
  readonly name: string;
  /** The names of its parameters, `self` left out; `undefined` for one that is a pattern. */
  readonly parameters: readonly (string | undefined)[];
  /** Their types. */
  readonly types: readonly (TokenRange | undefined)[];
  /** Whether it has a `self`. */
  readonly method: boolean;
  /** The type whose `impl` it stands in. */
  readonly type: string | undefined;
  /** Whether that `impl` is of a trait: such a function is there only where the trait is. */
  readonly ofTrait: boolean;
  /** Under which predicates it is there. */
  readonly gates: Gates;
  /** Of a closure that a call is given: that call, and which of its arguments it is. */
  readonly handed: { readonly tokens: Tokens; readonly open: number; readonly index: number } | undefined;
  readonly body: TokenRange;
}

/** Something that gives a name a value. */
export interface Binding {
  readonly name: string;
  readonly at: number;
  readonly value: TokenRange;
  /** What it does to the value that is there: goes on with a path, with a text, with more; goes up; is cut; loses letters; is changed by who knows what. */
  readonly adds: 'path' | 'beside' | 'text' | 'more' | 'up' | 'cut' | 'less' | 'changed' | undefined;
  /** Of a `let`, where its block ends: up to there it hides what had the name before. */
  readonly until: number | undefined;
  /** Of a statement `name = value;`, where its block ends: whoever comes there from it has nothing of what was before. */
  readonly hides: number | undefined;
  /** Whether it is only there under a predicate, so that what was before may count as well. */
  readonly maybe: boolean;
  /** Of a name in the pattern of a tuple, which part of the value it is given. */
  readonly part: number | undefined;
}

/** A binding that has what is said of it alone; all are of one shape, for which what follows values is compiled. */
export function binding({
  name,
  at,
  value,
  adds,
  until,
  hides,
  part,
  maybe = false,
}: Pick<Binding, 'name' | 'at' | 'value'> & Partial<Binding>): Binding {
  return { name, at, value, adds, until, hides, part, maybe };
}
