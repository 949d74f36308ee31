import { CargoError, quoted } from '../error.ts';

/** A `cfg(…)` expression, without its `cfg(` and `)`. */
export type CfgExpression =
  | { readonly kind: 'all' | 'any'; readonly of: readonly CfgExpression[] }
  | { readonly kind: 'not'; readonly of: CfgExpression }
  /** `value` is `undefined` for a bare name such as `unix`. */
  | { readonly kind: 'is'; readonly name: string; readonly value: string | undefined }
  | { readonly kind: 'constant'; readonly holds: boolean };

/** What rustc sets for a target: `unix`, `target_os="linux"`; see `cfgKey`. */
export type CfgSet = ReadonlySet<string>;

/** How a name, or a name with a value, stands in a `CfgSet`: as rustc prints it. */
export function cfgKey(name: string, value: string | undefined): string {
  return value === undefined ? name : `${name}="${value}"`;
}

/** Whether an expression holds where these are set (cargo-platform: src/cfg.rs, `CfgExpr::matches`). */
export function cfgHolds(expression: CfgExpression, set: CfgSet): boolean {
  switch (expression.kind) {
    case 'all':
      return expression.of.every((part) => cfgHolds(part, set));
    case 'any':
      return expression.of.some((part) => cfgHolds(part, set));
    case 'not':
      return !cfgHolds(expression.of, set);
    case 'is':
      return set.has(cfgKey(expression.name, expression.value));
    case 'constant':
      return expression.holds;
  }
}

/**
 * Whether an expression may hold where these are set, and what `isOpen` says may be set or not. Both sides of a `not` are
 * asked for themselves, so that what contradicts itself (`all(x, not(x))`) counts as possible.
 */
export function cfgMayHold(
  expression: CfgExpression,
  set: CfgSet,
  isOpen: (name: string, value: string | undefined) => boolean,
): boolean {
  const may = (part: CfgExpression, wanted: boolean): boolean => {
    switch (part.kind) {
      case 'all':
        return wanted ? part.of.every((one) => may(one, true)) : part.of.some((one) => may(one, false));
      case 'any':
        return wanted ? part.of.some((one) => may(one, true)) : part.of.every((one) => may(one, false));
      case 'not':
        return may(part.of, !wanted);
      case 'is':
        return set.has(cfgKey(part.name, part.value)) === wanted || isOpen(part.name, part.value);
      case 'constant':
        return part.holds === wanted;
    }
  };
  return may(expression, true);
}

/**
 * Reads the inside of `cfg(…)` as cargo does: only U+0020 is a space, strings have no escapes, a comma may end a list,
 * `r#name` is a name. Throws `CargoError('cargo/cfg')`.
 */
export function parseCfg(text: string): CfgExpression {
  const tokens = tokensOf(text);
  const reader = new Reader(tokens, text);
  const expression = reader.expression(0);
  if (reader.next() !== undefined) throw refused(text, 'something follows its end');
  return expression;
}

type Token =
  | { readonly kind: 'name'; readonly text: string; readonly raw: boolean }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: '(' | ')' | ',' | '=' };

/** Far above any real expression; keeps a hostile one from exhausting the stack. */
const maxDepth = 128;
const token = / *(?:(r#)?([A-Za-z_][A-Za-z0-9_]*)|"([^"]*)"|([(),=]))/y;

function refused(text: string, reason: string): CargoError {
  return new CargoError('cargo/cfg', `${quoted(`cfg(${text})`)} was not understood: ${reason}`);
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const end = text.replace(/ +$/, '').length;
  token.lastIndex = 0;
  while (token.lastIndex < end) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (match === null) throw refused(text, `${quoted(text.slice(at).trim())} is no part of an expression`);
    const [, raw, name, string, sign] = match;
    if (name !== undefined) tokens.push({ kind: 'name', text: name, raw: raw !== undefined });
    else if (string !== undefined) tokens.push({ kind: 'string', text: string });
    else tokens.push({ kind: sign as '(' | ')' | ',' | '=' });
  }
  return tokens;
}

class Reader {
  readonly #tokens: readonly Token[];
  readonly #text: string;
  #at = 0;

  constructor(tokens: readonly Token[], text: string) {
    this.#tokens = tokens;
    this.#text = text;
  }

  next(): Token | undefined {
    return this.#tokens[this.#at++];
  }

  expression(depth: number): CfgExpression {
    if (depth > maxDepth) throw refused(this.#text, 'it is nested too deeply');
    const first = this.next();
    if (first?.kind !== 'name') throw refused(this.#text, 'a name was expected');
    if (!first.raw && (first.text === 'all' || first.text === 'any')) {
      return { kind: first.text, of: this.#list(depth) };
    }
    if (!first.raw && first.text === 'not') {
      this.#expect('(');
      const of = this.expression(depth + 1);
      this.#expect(')');
      return { kind: 'not', of };
    }
    if (this.#skip('=')) {
      const value = this.next();
      if (value?.kind !== 'string') throw refused(this.#text, 'a string was expected');
      return { kind: 'is', name: first.text, value: value.text };
    }
    // A raw `r#true` is the constant too: cargo compares names without their `r#`.
    if (first.text === 'true' || first.text === 'false') {
      return { kind: 'constant', holds: first.text === 'true' };
    }
    return { kind: 'is', name: first.text, value: undefined };
  }

  #list(depth: number): readonly CfgExpression[] {
    const of: CfgExpression[] = [];
    this.#expect('(');
    while (!this.#skip(')')) {
      of.push(this.expression(depth + 1));
      if (this.#skip(',')) continue;
      this.#expect(')');
      break;
    }
    return of;
  }

  #skip(kind: Token['kind']): boolean {
    if (this.#tokens[this.#at]?.kind !== kind) return false;
    this.#at++;
    return true;
  }

  #expect(kind: '(' | ')'): void {
    if (this.next()?.kind !== kind) throw refused(this.#text, `${quoted(kind)} was expected`);
  }
}
