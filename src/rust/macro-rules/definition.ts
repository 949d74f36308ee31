import {
  after,
  inside,
  isSign,
  isSigns,
  isWord,
  listedIn,
  nameOf,
  type TokenRange,
  type Tokens,
} from '../tokens.ts';
import { words as word } from '../vocabulary.ts';

/** A macro that a crate defines by rules (The Rust Reference, "Macros By Example"). */
export interface Definition {
  readonly name: string;
  readonly tokens: Tokens;
  /** Its first token, and the one after it. */
  readonly range: TokenRange;
  readonly rules: readonly Rule[];
}

/** What stands between the delimiters of a rule's two sides. */
export interface Rule {
  readonly matcher: TokenRange;
  readonly body: TokenRange;
}

/** The macros that a stretch of tokens defines, at any depth; one that is no list of rules has none. */
export function definitionsIn(tokens: Tokens, range: TokenRange): readonly Definition[] {
  const { marks, words } = tokens;
  const found: Definition[] = [];
  for (const at of listedIn(marks, range)) {
    if (words[at] !== word.macro && words[at] !== word.macro_rules) continue;
    const definition = definitionAt(tokens, at);
    if (definition !== undefined) found.push(definition);
  }
  return found;
}

function definitionAt(tokens: Tokens, at: number): Definition | undefined {
  if (isWord(tokens, at, 'macro_rules') && isSign(tokens, at + 1, '!')) {
    const name = nameOf(tokens, at + 2);
    if (name === undefined) return undefined;
    return { name, tokens, range: { from: at, to: after(tokens, at + 3) }, rules: rulesIn(tokens, at + 3) };
  }
  if (!isWord(tokens, at, 'macro')) return undefined;
  const name = nameOf(tokens, at + 1);
  if (name === undefined) return undefined;
  // `macro name { rules }`, or `macro name($a:ident) { body }`.
  if (isSign(tokens, at + 2, '{'))
    return { name, tokens, range: { from: at, to: after(tokens, at + 2) }, rules: rulesIn(tokens, at + 2) };
  const body = isSign(tokens, at + 2, '(') ? after(tokens, at + 2) : at;
  if (!isSign(tokens, body, '{')) return undefined;
  const rule = { matcher: inside(tokens, at + 2), body: inside(tokens, body) };
  return { name, tokens, range: { from: at, to: after(tokens, body) }, rules: [rule] };
}

function rulesIn(tokens: Tokens, open: number): readonly Rule[] {
  const rules: Rule[] = [];
  const { from, to } = inside(tokens, open);
  for (let at = from; at < to; ) {
    const arrow = after(tokens, at);
    if (!isSigns(tokens, arrow, '=>')) break;
    rules.push({ matcher: inside(tokens, at), body: inside(tokens, arrow + 2) });
    at = after(tokens, arrow + 2);
    while (isSign(tokens, at, ';') || isSign(tokens, at, ',')) at++;
  }
  return rules;
}
