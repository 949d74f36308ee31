import type { Edition } from '../cargo/manifest/manifest.ts';
import { attributeAt } from './attribute.ts';
import { lex } from './lexer.ts';
import { isSign, nameOf, type Tokens, tokenKind } from './tokens.ts';

/** What a stretch of source is shown as. Names and signs have no colour of their own. */
export const colours = ['comment', 'keyword', 'text', 'number', 'lifetime', 'macro', 'attribute'] as const;
export type Colour = (typeof colours)[number];

/** The Rust Reference, "Keywords": strict and reserved ones, with the weak ones that read as such nearly everywhere. */
const keywords: ReadonlySet<string> = new Set(
  (
    'as async await break const continue crate dyn else enum extern false fn for gen if impl in let loop match mod move mut pub ' +
    'ref return self Self static struct super trait true try type union unsafe use where while yield'
  ).split(' '),
);

const text: ReadonlySet<number> = new Set([
  tokenKind.string,
  tokenKind.rawString,
  tokenKind.byteString,
  tokenKind.rawByteString,
  tokenKind.cString,
  tokenKind.rawCString,
  tokenKind.char,
  tokenKind.byte,
]);

/**
 * What of a file has which colour: for each stretch three numbers, how far it begins after the end of the one before, its length
 * (both in UTF-16 units), and its place in `colours`. Nothing of a file that is no Rust.
 */
export function coloursOf(source: string, edition: Edition): readonly number[] {
  const lexed = lex(source, edition);
  if (lexed.kind === 'opaque') return [];
  const { tokens } = lexed;
  const found: number[] = [];
  let end = 0;
  const add = (from: number, to: number, colour: Colour) => {
    found.push(from - end, to - from, colours.indexOf(colour));
    end = to;
  };
  let last = 0;
  for (let at = 0; at < tokens.count; ) {
    const afterAttribute = attributeAt(tokens, at)?.next ?? at;
    const next = Math.max(at + 1, afterAttribute);
    const [from, to] = [tokens.starts[at] ?? 0, tokens.ends[next - 1] ?? 0];
    comments(source, last, from, add);
    const colour = afterAttribute > at ? 'attribute' : colourOf(tokens, at);
    if (colour !== undefined) add(from, to, colour);
    last = to;
    at = next;
  }
  comments(source, last, source.length, add);
  return found;
}

/** What stands between two tokens is white space and comments. */
function comments(
  source: string,
  from: number,
  to: number,
  add: (from: number, to: number, colour: Colour) => void,
): void {
  if (to - from < 2) return;
  const between = source.slice(from, to);
  const start = between.search(/\/[/*]/);
  if (start === -1) return;
  add(from + start, from + between.trimEnd().length, 'comment');
}

function colourOf(tokens: Tokens, at: number): Colour | undefined {
  const kind = tokens.kinds[at] ?? tokenKind.punct;
  if (text.has(kind)) return 'text';
  if (kind === tokenKind.integer || kind === tokenKind.float) return 'number';
  if (kind === tokenKind.lifetime) return 'lifetime';
  if (kind !== tokenKind.ident) return undefined;
  if (isSign(tokens, at + 1, '!') && !isSign(tokens, at + 2, '=')) return 'macro';
  return keywords.has(nameOf(tokens, at) ?? '') ? 'keyword' : undefined;
}
