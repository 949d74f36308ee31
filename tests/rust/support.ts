import assert from 'node:assert/strict';
import { lex } from '../../src/rust/lexer.ts';
import type { TokenRange, Tokens } from '../../src/rust/tokens.ts';

/** The tokens of source that must be readable. */
export function tokensOf(source: string): Tokens {
  const lexed = lex(source);
  if (lexed.kind === 'opaque') assert.fail(`${lexed.reason} in line ${lexed.line}`);
  return lexed.tokens;
}

/** The text from the first to the last token of a range, as it was written. */
export function written(tokens: Tokens, { from, to }: TokenRange): string {
  return from >= to ? '' : tokens.source.slice(tokens.starts[from], tokens.ends[to - 1]);
}

export function whole(tokens: Tokens): TokenRange {
  return { from: 0, to: tokens.count };
}
