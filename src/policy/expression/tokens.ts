import { ExpressionError } from './syntax.ts';

export type Token =
  | {
      readonly kind: 'value';
      readonly at: number;
      readonly text: string;
      readonly value: bigint | number | string;
    }
  | { readonly kind: 'name' | 'sign' | 'end'; readonly at: number; readonly text: string };

/** Splits an expression into tokens (CEL's langdef.md, "Syntax"). Throws `ExpressionError`. */
export function tokenise(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = skipBlanks(text, 0);
  while (at < text.length) {
    const token = string(text, at) ?? number(text, at) ?? plain(text, at);
    if (token === undefined)
      throw new ExpressionError(`${JSON.stringify(charAt(text, at))} has no meaning here`, at);
    tokens.push(token);
    at = skipBlanks(text, at + token.text.length);
  }
  tokens.push({ kind: 'end', at: text.length, text: '' });
  return tokens;
}

const blanks = /(?:[\t\n\f\r ]|\/\/[^\n\r]*)*/y;
const name = /[_a-zA-Z][_a-zA-Z0-9]*/y;
const sign = /&&|\|\||[<>=!]=|[-+*/%<>!?:.,()[\]{}]/y;
const float = /\d*\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+/y;
const integer = /0x[0-9a-fA-F]+|\d+/y;
const afterNumber = /[_a-zA-Z0-9]/;
const opening = /([rRbB]{0,2})("""|'''|"|')/y;
const closed: Readonly<Record<string, readonly [escaped: RegExp, raw: RegExp]>> = {
  '"""': [/(?:\\[\s\S]|[^\\])*?"""/y, /[\s\S]*?"""/y],
  "'''": [/(?:\\[\s\S]|[^\\])*?'''/y, /[\s\S]*?'''/y],
  '"': [/(?:\\[^\n\r]|[^"\\\n\r])*"/y, /[^"\n\r]*"/y],
  "'": [/(?:\\[^\n\r]|[^'\\\n\r])*'/y, /[^'\n\r]*'/y],
};

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function skipBlanks(text: string, at: number): number {
  return at + (match(blanks, text, at)?.[0].length ?? 0);
}

function plain(text: string, at: number): Token | undefined {
  const word = match(name, text, at);
  if (word !== null) return { kind: 'name', at, text: word[0] };
  const found = match(sign, text, at);
  return found === null ? undefined : { kind: 'sign', at, text: found[0] };
}

function number(text: string, at: number): Token | undefined {
  const real = match(float, text, at);
  const found = real ?? match(integer, text, at);
  if (found === null) return undefined;
  const end = charAt(text, at + found[0].length);
  if (end === 'u' || end === 'U')
    throw new ExpressionError('unsigned numbers are not part of it; leave the u away', at);
  if (afterNumber.test(end))
    throw new ExpressionError(`a number cannot be followed by ${JSON.stringify(end)}`, at);
  return { kind: 'value', at, text: found[0], value: real === null ? BigInt(found[0]) : Number(found[0]) };
}

function string(text: string, at: number): Token | undefined {
  const start = match(opening, text, at);
  if (start === null) return undefined;
  const [whole, prefix = '', quote = ''] = start;
  const raw = /[rR]/.test(prefix);
  if (/[bB]/.test(prefix)) throw new ExpressionError('bytes are not part of it; write a string', at);
  if (prefix.length > 1) throw new ExpressionError(`${prefix} is no way to start a string`, at);
  const pattern = closed[quote]?.[raw ? 1 : 0];
  const rest = pattern === undefined ? null : match(pattern, text, at + whole.length);
  if (rest === null) throw new ExpressionError('the string does not end', at);
  const inner = rest[0].slice(0, -quote.length);
  const value = raw ? inner : readEscapes(inner, at + whole.length);
  return { kind: 'value', at, text: whole + rest[0], value };
}

const escapes = /\\(?:[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([\s\S]))/g;
const simple: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '?': '?',
  '"': '"',
  "'": "'",
  '`': '`',
};

function readEscapes(inner: string, at: number): string {
  return inner.replaceAll(
    escapes,
    (whole, x?: string, u?: string, long?: string, octal?: string, other?: string, offset?: unknown) => {
      const place = at + (offset as number);
      if (other !== undefined) {
        const plain = Object.hasOwn(simple, other) ? simple[other] : undefined;
        if (plain === undefined)
          throw new ExpressionError(`${JSON.stringify(whole)} is no escape; write r"…" to have none`, place);
        return plain;
      }
      const hex = x ?? u ?? long;
      const code = hex === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(hex, 16);
      if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        throw new ExpressionError(`${whole} is no character`, place);
      return String.fromCodePoint(code);
    },
  );
}

function charAt(text: string, at: number): string {
  return String.fromCodePoint(text.codePointAt(at) ?? 0x20);
}
