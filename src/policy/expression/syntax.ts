/** A parsed expression. `at` is where it starts in the text, counted in code units from 0. */
export type Expr =
  | { readonly kind: 'literal'; readonly at: number; readonly value: Literal }
  | { readonly kind: 'name'; readonly at: number; readonly name: string }
  | { readonly kind: 'field'; readonly at: number; readonly of: Expr; readonly name: string }
  /** `has(a.b)`. */
  | { readonly kind: 'has'; readonly at: number; readonly of: Expr; readonly name: string }
  | { readonly kind: 'index'; readonly at: number; readonly of: Expr; readonly index: Expr }
  /** A function, a method (its target is the first argument), or an operator, named by its sign. */
  | {
      readonly kind: 'call';
      readonly at: number;
      readonly form: 'function' | 'method' | 'operator';
      readonly name: string;
      readonly args: readonly Expr[];
    }
  | { readonly kind: '&&' | '||'; readonly at: number; readonly parts: readonly Expr[] }
  | {
      readonly kind: '?:';
      readonly at: number;
      readonly test: Expr;
      readonly then: Expr;
      readonly otherwise: Expr;
    }
  | { readonly kind: 'list'; readonly at: number; readonly items: readonly Expr[] }
  | { readonly kind: 'map'; readonly at: number; readonly entries: readonly (readonly [Expr, Expr])[] }
  | Each;

type Literal = bigint | number | string | boolean | null;

/** A macro over the items of a list or the keys of a map. */
export interface Each {
  readonly kind: 'each';
  readonly at: number;
  readonly macro: Macro;
  readonly over: Expr;
  /** The name of the item in `test` and `result`. */
  readonly item: string;
  /** Absent for `map(x, …)` without a filter. */
  readonly test: Expr | undefined;
  /** What `map` makes of an item; absent for the others. */
  readonly result: Expr | undefined;
}

export type Macro = 'all' | 'exists' | 'exists_one' | 'filter' | 'map';

/** An expression that is wrong whatever the facts: where, and what about it. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  /** Offset into the expression's text, in code units. */
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}
