import { impreciseId, isExceptionId, isLicenseId, nearestId } from './ids.ts';

/** How forgiving a reader is; `listed` is for what people write into an allow list themselves. */
export type Mode = 'strict' | 'lax' | 'listed';

/** `text` is the canonical spelling; `at` is a 0-based offset into what was read. */
export interface Token {
  readonly kind: 'license' | 'exception' | 'plus' | 'open' | 'close' | 'with' | 'and' | 'or';
  readonly text: string;
  readonly at: number;
}

export type Tokens =
  | { readonly kind: 'tokens'; readonly tokens: readonly Token[] }
  | { readonly kind: 'invalid'; readonly reason: string; readonly at: number };

/** Splits an expression into tokens, with the rules of the crate `spdx` (its lexer.rs), which crates.io uses. */
export function tokensOf(text: string, mode: Mode): Tokens {
  const tokens: Token[] = [];
  let at = 0;
  while (true) {
    const start = at;
    while (/\s/.test(text.charAt(at))) at++;
    const rest = text.slice(at);
    if (rest === '') return { kind: 'tokens', tokens };
    if (rest.startsWith('+') && at > start)
      return { kind: 'invalid', reason: 'there is a space before `+`', at: start };
    const found = tokenAt(rest, mode);
    if ('reason' in found) return { kind: 'invalid', reason: found.reason, at };
    tokens.push({ kind: found.kind, text: found.text, at });
    at += found.length;
  }
}

type Found = Omit<Token, 'at'> & { readonly length: number };

const symbols: Readonly<Record<string, Token['kind']>> = {
  '+': 'plus',
  '(': 'open',
  ')': 'close',
  '/': 'or',
};
/** Lower case is what SPDX 2.3 allows beside upper case; mixed is neither. */
const operators: Readonly<Record<string, Token['kind']>> = {
  AND: 'and',
  and: 'and',
  OR: 'or',
  or: 'or',
  WITH: 'with',
  with: 'with',
};

function tokenAt(rest: string, mode: Mode): Found | { readonly reason: string } {
  const first = rest.charAt(0);
  const symbol = symbols[first];
  if (symbol !== undefined && (first !== '/' || mode !== 'listed'))
    return { kind: symbol, text: first, length: 1 };
  const word = /^[-a-zA-Z0-9.:]+/.exec(rest)?.[0];
  if (word === undefined) return { reason: `\`${first}\` cannot be in a licence expression` };
  const operator = Object.hasOwn(operators, word) ? operators[word] : undefined;
  if (operator !== undefined) return { kind: operator, text: word, length: word.length };
  if (isLicenseId(word)) return { kind: 'license', text: word, length: word.length };
  if (isExceptionId(word)) return { kind: 'exception', text: word, length: word.length };
  const reference = /^(?:DocumentRef-[-a-zA-Z0-9.]+:)?(License|Addition)Ref-[-a-zA-Z0-9.]+$/.exec(word);
  if (reference !== null) {
    const kind = reference[1] === 'License' ? 'license' : 'exception';
    return { kind, text: word, length: word.length };
  }
  const loose = mode === 'lax' ? impreciseId(rest) : undefined;
  if (loose !== undefined) return { kind: 'license', text: loose.id, length: loose.length };
  const hint = nearestId(word);
  return {
    reason: `\`${word}\` is no SPDX licence${hint === undefined ? '' : ` (did you mean \`${hint}\`?)`}`,
  };
}
