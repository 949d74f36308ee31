import { isDeprecated, isGnu, isLicenseId } from './ids.ts';
import { type Mode, type Token, tokensOf } from './tokens.ts';

/** An SPDX licence expression (SPDX 2.3, annex D) as a tree. */
export type LicenseExpression =
  | { readonly kind: 'term'; readonly term: LicenseTerm }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly LicenseExpression[] };

/** One licence asked for, with what may be added to it. */
export interface LicenseTerm {
  /** An id of the list, or `LicenseRef-…` with its document. */
  readonly license: string;
  /** `+`; never on a GNU id, where it is part of the id. */
  readonly orLater: boolean;
  /** What follows `WITH`. */
  readonly exception?: string | undefined;
}

export type ParsedExpression =
  | { readonly kind: 'parsed'; readonly expression: LicenseExpression }
  /** `at` is a 0-based offset into the text; `reason` is one clause. */
  | { readonly kind: 'invalid'; readonly reason: string; readonly at: number };

/**
 * Reads an expression. `strict` is SPDX with `/` read as OR; `lax` is what crates.io has accepted over the years as
 * well: deprecated ids, `+` on GNU ids, and names such as `Apache 2.0`.
 */
export function parseExpression(text: string, mode: Mode): ParsedExpression {
  if (text.length > maxLength) return invalid('it is too long for a licence expression', 0);
  try {
    const parser = new Parser(text, mode);
    return { kind: 'parsed', expression: parser.whole() };
  } catch (error) {
    if (error instanceof Problem) return invalid(error.message, error.at);
    throw error;
  }
}

/** Strict where that works, else lax: the order in which cargo-deny asks (its licenses/gather.rs). */
export function readExpression(text: string): ParsedExpression {
  const strict = parseExpression(text, 'strict');
  const lax = strict.kind === 'parsed' ? strict : parseExpression(text, 'lax');
  return lax.kind === 'parsed' ? lax : strict;
}

/** One licence, with or without an exception: what an allow list holds. Deprecated ids are fine, `+` is not. */
export function parseLicensee(text: string): LicenseTerm | undefined {
  const parsed = parseExpression(text, 'listed');
  if (parsed.kind === 'invalid' || parsed.expression.kind !== 'term') return undefined;
  const { term } = parsed.expression;
  return term.orLater || /[()/]/.test(text) ? undefined : term;
}

/** Writes a tree with the parentheses that it needs. */
export function expressionText(expression: LicenseExpression): string {
  if (expression.kind === 'term') return termText(expression.term);
  return expression.operands
    .map((operand) =>
      operand.kind === 'or' && expression.kind === 'and'
        ? `(${expressionText(operand)})`
        : expressionText(operand),
    )
    .join(expression.kind === 'and' ? ' AND ' : ' OR ');
}

export function termText({ license, orLater, exception }: LicenseTerm): string {
  return `${license}${orLater ? '+' : ''}${exception === undefined ? '' : ` WITH ${exception}`}`;
}

/** Every term, in the order of the text. */
export function termsOf(expression: LicenseExpression): readonly LicenseTerm[] {
  return expression.kind === 'term' ? [expression.term] : expression.operands.flatMap(termsOf);
}

const maxLength = 4096;
const maxDepth = 64;

class Problem extends Error {
  readonly at: number;
  constructor(reason: string, at: number) {
    super(reason);
    this.at = at;
  }
}

function invalid(reason: string, at: number): ParsedExpression {
  return { kind: 'invalid', reason, at };
}

/** AND binds tighter than OR, WITH tighter than AND. */
class Parser {
  readonly #tokens: readonly Token[];
  readonly #mode: Mode;
  readonly #end: number;
  #next = 0;

  constructor(text: string, mode: Mode) {
    const lexed = tokensOf(text, mode);
    if (lexed.kind === 'invalid') throw new Problem(lexed.reason, lexed.at);
    this.#tokens = lexed.tokens;
    this.#mode = mode;
    this.#end = text.length;
  }

  whole(): LicenseExpression {
    if (this.#tokens.length === 0) throw new Problem('it is empty', 0);
    const expression = this.#joined('or', 0);
    const left = this.#tokens[this.#next];
    if (left !== undefined) throw new Problem(`\`${left.text}\` is out of place`, left.at);
    return expression;
  }

  #joined(kind: 'and' | 'or', depth: number): LicenseExpression {
    const operands: LicenseExpression[] = [];
    do operands.push(kind === 'or' ? this.#joined('and', depth) : this.#operand(depth));
    while (this.#take(kind) !== undefined);
    const [only] = operands;
    return operands.length === 1 && only !== undefined ? only : { kind, operands };
  }

  #operand(depth: number): LicenseExpression {
    const open = this.#take('open');
    if (open === undefined) return { kind: 'term', term: this.#term() };
    if (depth >= maxDepth) throw new Problem('it is nested too deep', open.at);
    const inner = this.#joined('or', depth + 1);
    if (this.#take('close') === undefined) throw new Problem('a parenthesis is not closed', open.at);
    return inner;
  }

  #term(): LicenseTerm {
    const token = this.#take('license');
    if (token === undefined) {
      const found = this.#tokens[this.#next];
      throw new Problem(
        found === undefined
          ? 'a licence is missing at its end'
          : `a licence is missing before \`${found.text}\``,
        found?.at ?? this.#end,
      );
    }
    if (this.#mode === 'strict' && isDeprecated(token.text))
      throw new Problem(`\`${token.text}\` is a deprecated id`, token.at);
    const { license, orLater } = this.#orLater(token);
    if (this.#take('with') === undefined) return { license, orLater };
    const exception = this.#take('exception');
    if (exception === undefined) throw new Problem('no exception follows `WITH`', token.at);
    return { license, orLater, exception: exception.text };
  }

  #orLater(token: Token): { license: string; orLater: boolean } {
    const plus = this.#take('plus');
    if (plus === undefined) return { license: token.text, orLater: false };
    if (!isLicenseId(token.text)) throw new Problem('`+` follows no licence id', plus.at);
    if (!isGnu(token.text)) return { license: token.text, orLater: true };
    if (this.#mode !== 'lax') throw new Problem('a GNU licence has `-or-later` instead of `+`', plus.at);
    const license = `${token.text.replace(/-only$/, '')}-or-later`;
    if (!isLicenseId(license)) throw new Problem(`\`${token.text}+\` is no licence`, plus.at);
    return { license, orLater: false };
  }

  #take(kind: Token['kind']): Token | undefined {
    const token = this.#tokens[this.#next];
    if (token?.kind !== kind) return undefined;
    this.#next++;
    return token;
  }
}
