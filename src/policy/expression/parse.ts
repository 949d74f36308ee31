import { type Each, type Expr, ExpressionError, type Macro } from './syntax.ts';
import { type Token, tokenise } from './tokens.ts';

/** How deep brackets, and the last branches of `?:`, may be nested: the parser recurses there and nowhere else. */
const maxNesting = 40;

/**
 * Parses CEL (the Common Expression Language; langdef.md, "Syntax") without what no rule needs: bytes, unsigned
 * numbers, messages and names with a leading dot. Throws `ExpressionError`.
 */
export function parseExpression(text: string): Expr {
  const tokens = tokenise(text);
  let position = 0;
  let nesting = 0;
  const expr = expression();
  if (peek().kind !== 'end') throw unexpected('the end');
  return expr;

  function peek(): Token {
    // Sound: the last token is the end, which nothing takes.
    return tokens[position] as Token;
  }

  function take(...signs: readonly string[]): Token | undefined {
    const token = peek();
    if (token.kind !== 'sign' || !signs.includes(token.text)) return undefined;
    position++;
    return token;
  }

  function need(sign: string): void {
    if (take(sign) === undefined) throw unexpected(sign);
  }

  function unexpected(wanted: string): ExpressionError {
    const { kind, text: found, at } = peek();
    return new ExpressionError(`expected ${wanted}, found ${kind === 'end' ? 'the end' : found}`, at);
  }

  function expression(): Expr {
    if (++nesting > maxNesting)
      throw new ExpressionError(`it is nested more than ${maxNesting} levels deep`, peek().at);
    const test = chain('||', () => chain('&&', relation));
    const question = take('?');
    let whole = test;
    if (question !== undefined) {
      const then = chain('||', () => chain('&&', relation));
      need(':');
      whole = { kind: '?:', at: question.at, test, then, otherwise: expression() };
    }
    nesting--;
    return whole;
  }

  function chain(kind: '&&' | '||', part: () => Expr): Expr {
    const first = part();
    const { at } = peek();
    const parts = [first];
    while (take(kind) !== undefined) parts.push(part());
    return parts.length === 1 ? first : { kind, at, parts };
  }

  function relation(): Expr {
    let left = sum();
    for (;;) {
      const sign = take('<', '<=', '>=', '>', '==', '!=') ?? takeIn();
      if (sign === undefined) return left;
      left = operator(sign, [left, sum()]);
    }
  }

  function takeIn(): Token | undefined {
    const token = peek();
    if (token.kind !== 'name' || token.text !== 'in') return undefined;
    position++;
    return token;
  }

  function sum(): Expr {
    let left = product();
    for (let sign = take('+', '-'); sign !== undefined; sign = take('+', '-'))
      left = operator(sign, [left, product()]);
    return left;
  }

  function product(): Expr {
    let left = unary();
    for (let sign = take('*', '/', '%'); sign !== undefined; sign = take('*', '/', '%'))
      left = operator(sign, [left, unary()]);
    return left;
  }

  function unary(): Expr {
    const sign = take('!', '-');
    if (sign === undefined) return member(1);
    let signs = 1;
    while (take(sign.text) !== undefined) signs++;
    // -9223372036854775808 is a number whose positive is none, so the last sign belongs to a literal.
    const negative = sign.text === '-' && peek().kind === 'value';
    let operand = negative ? member(-1) : member(1);
    for (let left = negative ? signs - 1 : signs; left > 0; left--) operand = operator(sign, [operand]);
    return operand;
  }

  function member(factor: 1 | -1): Expr {
    let of = primary(factor);
    for (;;) {
      const dot = take('.');
      if (dot !== undefined) {
        const { kind, text: name, at } = peek();
        if (kind !== 'name') throw unexpected('a name');
        position++;
        of = take('(') === undefined ? { kind: 'field', at, of, name } : method(of, name, at);
        continue;
      }
      const bracket = take('[');
      if (bracket === undefined) return of;
      of = { kind: 'index', at: bracket.at, of, index: expression() };
      need(']');
    }
  }

  function method(of: Expr, name: string, at: number): Expr {
    const args = list(')');
    const macro = Object.hasOwn(macros, name) ? macros[name] : undefined;
    return macro === undefined
      ? { kind: 'call', at, form: 'method', name, args: [of, ...args] }
      : each(macro, of, args, at);
  }

  function primary(factor: 1 | -1): Expr {
    const token = peek();
    const { at } = token;
    if (token.kind === 'value') {
      position++;
      return { kind: 'literal', at, value: literal(token.value, factor, at) };
    }
    if (token.kind === 'name') return word(token.text, at);
    if (take('(') !== undefined) {
      const inner = expression();
      need(')');
      return inner;
    }
    if (take('[') !== undefined) return { kind: 'list', at, items: list(']') };
    if (take('{') !== undefined) return { kind: 'map', at, entries: entries() };
    throw unexpected('a value');
  }

  function word(name: string, at: number): Expr {
    if (reserved.has(name)) throw new ExpressionError(`${name} is a reserved word`, at);
    position++;
    if (name === 'true' || name === 'false') return { kind: 'literal', at, value: name === 'true' };
    if (name === 'null') return { kind: 'literal', at, value: null };
    if (take('(') === undefined) return { kind: 'name', at, name };
    const args = list(')');
    if (name !== 'has') return { kind: 'call', at, form: 'function', name, args };
    const [field] = args;
    if (args.length !== 1 || field?.kind !== 'field')
      throw new ExpressionError('has() takes one field, such as has(facts.age.value.published)', at);
    return { kind: 'has', at, of: field.of, name: field.name };
  }

  function list(end: ')' | ']'): Expr[] {
    const items: Expr[] = [];
    while (take(end) === undefined) {
      items.push(expression());
      if (take(',') === undefined) {
        need(end);
        break;
      }
    }
    return items;
  }

  function entries(): (readonly [Expr, Expr])[] {
    const all: (readonly [Expr, Expr])[] = [];
    while (take('}') === undefined) {
      const key = expression();
      need(':');
      all.push([key, expression()]);
      if (take(',') === undefined) {
        need('}');
        break;
      }
    }
    return all;
  }
}

function operator(sign: Token, args: readonly Expr[]): Expr {
  return { kind: 'call', at: sign.at, form: 'operator', name: sign.text, args };
}

function literal(value: bigint | number | string, factor: 1 | -1, at: number): bigint | number | string {
  if (typeof value === 'string') {
    if (factor === -1) throw new ExpressionError('a string has no negative', at);
    return value;
  }
  if (typeof value === 'number') return value * factor;
  const signed = value * BigInt(factor);
  if (BigInt.asIntN(64, signed) !== signed)
    throw new ExpressionError('a whole number is at most 9223372036854775807', at);
  return signed;
}

const macros: Readonly<Record<string, Macro>> = {
  all: 'all',
  exists: 'exists',
  exists_one: 'exists_one',
  existsOne: 'exists_one',
  filter: 'filter',
  map: 'map',
};

function each(macro: Macro, over: Expr, args: readonly Expr[], at: number): Each {
  const [item, first, second] = args;
  const wanted = macro === 'map' && second !== undefined ? 3 : 2;
  if (args.length !== wanted || item?.kind !== 'name' || first === undefined)
    throw new ExpressionError(`${macro}() takes a name for the item and an expression over it`, at);
  const [test, result] =
    macro === 'map' ? (second === undefined ? [undefined, first] : [first, second]) : [first, undefined];
  return { kind: 'each', at, macro, over, item: item.name, test, result };
}

/** CEL's, which other languages may need as names. */
const reserved = new Set(
  'as break const continue else for function if import in let loop package namespace return var void while'.split(
    ' ',
  ),
);
