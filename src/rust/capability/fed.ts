/** What is written to the input of a program that code runs. */
import { commaParts } from '../attribute.ts';
import { stringOf } from '../literal.ts';
import { inside, isSign, nameOf, type TokenRange, type Tokens, tokenKind } from '../tokens.ts';
import { argumentsAt, type ChainCall } from './call.ts';
import type { Elsewhere, Input } from './elsewhere.ts';
import type { OriginFinder } from './origins/finder.ts';
import { comesFrom } from './printed.ts';
import { receiverFrom } from './receiver.ts';

/** What has no input but nothing, or that of whoever runs the build. */
const unfed = /\b(?:null|inherit)\b/;
const giving = /\.\s*stdin\w*\s*\(\s*(?!\)|(?:[\w:]+::)?Stdio\s*::\s*(?:null|inherit)\b)/;

/**
 * What a command is given to read, by what is called on it, and else by what its file writes to any such program: `undefined` where
 * nothing is.
 */
export function inputOf(
  tokens: Tokens,
  chain: readonly ChainCall[],
  finder: OriginFinder,
  elsewhere: Elsewhere,
): Input | undefined {
  const own = chain.findLast(({ method }) => giver.test(method));
  if (own === undefined && !giving.test(tokens.source)) return undefined;
  if (own !== undefined) {
    const range = inside(tokens, own.open);
    if (unfed.test(sourceOf(tokens, range))) return undefined;
    // duct, xshell and subprocess take what is written itself; `std` takes where that comes from.
    if (!/\bpiped\b/.test(sourceOf(tokens, range))) return textOf(tokens, range, finder);
  }
  return elsewhere.input(() => writtenIn(tokens, finder));
}

const giver = /^stdin(?:_bytes|_text)?$/;
const writing: ReadonlySet<string> = new Set(['write', 'write_all', 'write_str', 'write_fmt', 'writeln']);

/** What is written in a file to what programs read. */
function writtenIn(tokens: Tokens, finder: OriginFinder): Input {
  const texts: string[] = [];
  let unknown = false;
  let count = 0;
  for (let at = 0; at < tokens.count; at++) {
    if (tokens.kinds[at] !== tokenKind.ident || !writing.has(nameOf(tokens, at) ?? '')) continue;
    const open = argumentsAt(tokens, at + 1);
    if (open === undefined) continue;
    const parts = commaParts(tokens, inside(tokens, open));
    const isMacro = isSign(tokens, at + 1, '!');
    if (!isMacro && !isSign(tokens, at - 1, '.')) continue;
    const receiver = isMacro ? parts[0] : { from: receiverFrom(tokens, at - 1), to: at - 1 };
    const [first] = isMacro ? parts.slice(1) : parts;
    if (receiver === undefined || !comesFrom(finder, tokens, receiver, inputs)) continue;
    count++;
    if (first === undefined) continue;
    const input = textOf(tokens, { from: first.from, to: inside(tokens, open).to }, finder);
    texts.push(...input.texts);
    unknown ||= input.unknown || (isMacro && input.texts.some((text) => /\{[^{}]*\}/.test(text)));
  }
  return { texts, unknown: unknown || count === 0 };
}

const inputs: ReadonlySet<string> = new Set(['stdin', 'ChildStdin']);

/** Texts that an expression has; a text that stands there alone is all of it. */
function textOf(tokens: Tokens, range: TokenRange, finder: OriginFinder): Input {
  const { texts, variables, unknown, built, said } = finder.of(tokens, range);
  const isPlain = stringOf(tokens, range.from) !== undefined && range.to - range.from === 1;
  return {
    texts: isPlain ? [stringOf(tokens, range.from) ?? ''] : texts,
    unknown: !isPlain && (unknown || built || said || variables.length > 0 || texts.length === 0),
  };
}

function sourceOf(tokens: Tokens, { from, to }: TokenRange): string {
  return to <= from ? '' : tokens.source.slice(tokens.starts[from], tokens.ends[to - 1]);
}
