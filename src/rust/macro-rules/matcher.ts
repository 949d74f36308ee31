import { after, inside, isSign, nameOf, type TokenRange, type Tokens, textOf, tokenKind } from '../tokens.ts';
import { fragmentEnd, mayBegin, plainFragments, signLength } from './fragment.ts';

/** What a fragment of a macro's rule stands for: tokens, or one for each time that it is repeated. */
export type Bound =
  | { readonly kind: 'tokens'; readonly tokens: Tokens; readonly range: TokenRange }
  | { readonly kind: 'repeated'; readonly times: readonly Bindings[] };

export type Bindings = Pick<ReadonlyMap<string, Bound>, 'get'>;

/** The bindings of one fragment alone, as repetitions mostly have. */
class OneBinding implements Bindings {
  readonly #name: string;
  readonly #bound: Bound;

  constructor(name: string, bound: Bound) {
    this.#name = name;
    this.#bound = bound;
  }

  get(name: string): Bound | undefined {
    return name === this.#name ? this.#bound : undefined;
  }
}

/** Whether a call fits a rule; `unsure` where it does not, but might as rustc parses expressions and types. */
export type Match =
  | { readonly kind: 'fits'; readonly bindings: Bindings }
  | { readonly kind: 'differs' }
  | { readonly kind: 'unsure' };

/** Steps that matching one call may take. */
const maxSteps = 100_000;

/** Matches the tokens of a macro's call with the left side of a rule. */
export function matchRule(rule: Tokens, matcher: TokenRange, call: Tokens, input: TokenRange): Match {
  const run = new Matcher(rule, call);
  const bindings = new Map<string, Bound>();
  if (run.all(matcher, input, bindings)) return { kind: 'fits', bindings };
  return { kind: run.guessed || run.steps <= 0 ? 'unsure' : 'differs' };
}

/** One element of a matcher. */
type Element =
  | { readonly kind: 'fragment'; readonly name: string; readonly of: string; readonly next: number }
  | {
      readonly kind: 'repeat';
      readonly inner: TokenRange;
      readonly separator: TokenRange;
      readonly op: string;
      readonly next: number;
    }
  | { readonly kind: 'group'; readonly inner: TokenRange; readonly next: number }
  | { readonly kind: 'token'; readonly length: number; readonly next: number };

/** What stands at a token of a matcher or of a body. `$x` without a kind is a fragment of kind ``. */
export function repetitionAt(
  tokens: Tokens,
  at: number,
  to: number,
): Extract<Element, { kind: 'repeat' }> | undefined {
  if (!isSign(tokens, at, '$') || !isSign(tokens, at + 1, '(')) return undefined;
  const end = after(tokens, at + 1);
  for (let op = end; op < Math.min(to, end + 4); op++) {
    if (!isSign(tokens, op, '*') && !isSign(tokens, op, '+') && !isSign(tokens, op, '?')) continue;
    // `$(…)**`: the first is the separator.
    const isSeparator =
      op === end &&
      !isSign(tokens, op, '?') &&
      tokens.starts[op + 1] === tokens.ends[op] &&
      isOperator(tokens, op + 1, to);
    if (isSeparator) continue;
    return {
      kind: 'repeat',
      inner: inside(tokens, at + 1),
      separator: { from: end, to: op },
      op: textOf(tokens, op),
      next: op + 1,
    };
  }
  return undefined;
}

function isOperator(tokens: Tokens, at: number, to: number): boolean {
  return at < to && (isSign(tokens, at, '*') || isSign(tokens, at, '+'));
}

class Matcher {
  readonly #rule: Tokens;
  readonly #call: Tokens;
  steps = maxSteps;
  /** Whether the extent of an expression, a type or the like was guessed. */
  guessed = false;

  constructor(rule: Tokens, call: Tokens) {
    this.#rule = rule;
    this.#call = call;
  }

  /** Whether all of the input fits all of a pattern. */
  all(pattern: TokenRange, input: TokenRange, into: Map<string, Bound>): boolean {
    return this.#from(pattern, input, into, (at) => at === input.to);
  }

  /** Matches what is left of a pattern, and goes on with `then` after it. */
  #from(
    pattern: TokenRange,
    input: TokenRange,
    into: Map<string, Bound>,
    then: (at: number) => boolean,
  ): boolean {
    if (--this.steps <= 0) return false;
    if (pattern.from >= pattern.to) return then(input.from);
    const element = this.#element(pattern.from, pattern.to);
    const rest = { from: element.next, to: pattern.to };
    const goOn = (at: number) => this.#from(rest, { from: at, to: input.to }, into, then);
    switch (element.kind) {
      case 'fragment': {
        const range = this.#fragment(element.of, input);
        if (range === undefined) return false;
        into.set(element.name, { kind: 'tokens', tokens: this.#call, range });
        return goOn(range.to);
      }
      case 'repeat':
        return this.#repeat(element, rest, input, into, then);
      case 'group': {
        const { from } = input;
        if (from >= input.to || !sameToken(this.#rule, pattern.from, this.#call, from)) return false;
        return this.all(element.inner, inside(this.#call, from), into) && goOn(after(this.#call, from));
      }
      case 'token': {
        for (let i = 0; i < element.length; i++)
          if (
            input.from + i >= input.to ||
            !sameToken(this.#rule, pattern.from + i, this.#call, input.from + i)
          )
            return false;
        return goOn(input.from + element.length);
      }
    }
  }

  /** What a fragment of that kind takes of the input. */
  #fragment(kind: string, input: TokenRange): TokenRange | undefined {
    if (input.from < input.to && !mayBegin(kind, this.#call, input.from)) return undefined;
    if (!plainFragments.has(kind) && input.from < input.to) this.guessed = true;
    const end = fragmentEnd(kind, this.#call, input);
    return end === undefined || end > input.to ? undefined : { from: input.from, to: end };
  }

  /** One time of a repetition: what it binds, and where it ends. */
  #once(
    inner: TokenRange,
    input: TokenRange,
  ): { readonly bound: Bindings; readonly end: number } | undefined {
    const only = this.#element(inner.from, inner.to);
    if (only.kind === 'fragment' && only.next >= inner.to) {
      if (--this.steps <= 0) return undefined;
      const range = this.#fragment(only.of, input);
      if (range === undefined || --this.steps <= 0) return undefined;
      return {
        bound: new OneBinding(only.name, { kind: 'tokens', tokens: this.#call, range }),
        end: range.to,
      };
    }
    const bound = new Map<string, Bound>();
    let end = input.from;
    const fits = this.#from(inner, input, bound, (last) => {
      end = last;
      return true;
    });
    return fits ? { bound, end } : undefined;
  }

  /** As often as it fits, and less often where what follows does not fit then. */
  #repeat(
    element: Extract<Element, { kind: 'repeat' }>,
    rest: TokenRange,
    input: TokenRange,
    into: Map<string, Bound>,
    then: (at: number) => boolean,
  ): boolean {
    const { inner, separator, op } = element;
    const times: Bindings[] = [];
    const ends = [input.from];
    const most = op === '?' ? 1 : Number.POSITIVE_INFINITY;
    while (times.length < most && this.steps > 0) {
      let at = ends.at(-1) ?? input.from;
      if (times.length > 0) {
        const next = this.#separated(separator, at, input.to);
        if (next === undefined) break;
        at = next;
      }
      const once = this.#once(inner, { from: at, to: input.to });
      if (once === undefined || once.end <= at) break;
      times.push(once.bound);
      ends.push(once.end);
    }
    const least = op === '+' ? 1 : 0;
    for (let count = times.length; count >= least; count--) {
      if (!this.#from(rest, { from: ends[count] ?? input.from, to: input.to }, into, then)) continue;
      const kept = times.slice(0, count);
      for (const name of this.#names(inner)) into.set(name, { kind: 'repeated', times: kept });
      return true;
    }
    return false;
  }

  #separated(separator: TokenRange, at: number, to: number): number | undefined {
    let end = at;
    for (let i = separator.from; i < separator.to; i++, end++)
      if (end >= to || !sameToken(this.#rule, i, this.#call, end)) return undefined;
    return end;
  }

  /** The names of the fragments within a repetition. */
  #names({ from, to }: TokenRange): readonly string[] {
    const names: string[] = [];
    for (let at = from; at < to; at++) {
      const name = isSign(this.#rule, at, '$') ? nameOf(this.#rule, at + 1) : undefined;
      if (name !== undefined && isSign(this.#rule, at + 2, ':')) names.push(name);
    }
    return names;
  }

  #element(at: number, to: number): Element {
    const tokens = this.#rule;
    const repeated = repetitionAt(tokens, at, to);
    if (repeated !== undefined) return repeated;
    const name = isSign(tokens, at, '$') ? nameOf(tokens, at + 1) : undefined;
    if (name !== undefined && isSign(tokens, at + 2, ':'))
      return { kind: 'fragment', name, of: nameOf(tokens, at + 3) ?? '', next: at + 4 };
    if (tokens.kinds[at] === tokenKind.open)
      return { kind: 'group', inner: inside(tokens, at), next: after(tokens, at) };
    const length = signLength(tokens, at);
    return { kind: 'token', length, next: at + length };
  }
}

function sameToken(a: Tokens, at: number, b: Tokens, other: number): boolean {
  const name = nameOf(a, at);
  if (name !== undefined) return nameOf(b, other) === name;
  return a.kinds[at] === b.kinds[other] && textOf(a, at) === textOf(b, other);
}
