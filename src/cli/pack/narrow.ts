import { type Token, tokensOf } from './tokens.ts';

const beyond = /[^\0-\xff]/;
const each = new RegExp(beyond, 'g');

/**
 * A script with one byte for each character: half to read and to keep. What is beyond latin1 stands in strings,
 * templates and patterns, which take `\u…` for it, or in comments and blanks, where it is gone. One that may hand such
 * a template to a function stays as it is, since that reads it as it is written.
 */
export function narrowed(code: string): string {
  if (!beyond.test(code)) return code;
  const { tokens } = tokensOf(code);
  if (/\\[^\0-\xff]/.test(code) || tokens.some((token, i) => isTagged(token, tokens[i - 1], code)))
    return code;
  const pieces: string[] = [];
  let from = 0;
  for (const { start, end } of tokens) {
    pieces.push(code.slice(from, start).replace(each, ' '), code.slice(start, end).replace(each, escaped));
    from = end;
  }
  return pieces.join('') + code.slice(from).replace(each, ' ');
}

function escaped(one: string): string {
  return `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Whether a template begins here right behind what may be a function. */
function isTagged({ start, end }: Token, last: Token | undefined, code: string): boolean {
  if (code[start] !== '`' || end !== start + 1 || last?.end !== start) return false;
  return last.kind === 'word' || code[last.start] === ')' || code[last.start] === ']';
}
