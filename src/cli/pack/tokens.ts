/** A token of JavaScript, as far as imports and exports need them. Comments and blanks are none. */
export interface Token {
  readonly kind: 'word' | 'string' | 'other' | 'mark';
  /** As written: a word, a string with its quotes, one mark; of a template, a pattern or a number only where it is. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** How many brackets, braces and parentheses are open before it. */
  readonly depth: number;
}

/** A part of a text: from where to where. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const blank = /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const word = /[#$\p{ID_Continue}\u200c\u200d]+/uy;
const string = /'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"/y;
const pattern = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const template = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{)/y;
/** After these a `/` begins a pattern. */
const before = new Set([
  'return',
  'typeof',
  'case',
  'in',
  'of',
  'delete',
  'void',
  'throw',
  'new',
  'else',
  'do',
  'await',
  'yield',
]);

/** Splits a module that parses. What it gets wrong (a pattern right behind a `)`) shows as a module that parses no more. */
export function tokensOf(source: string): {
  readonly tokens: readonly Token[];
  readonly comments: readonly Span[];
} {
  const tokens: Token[] = [];
  const comments: Span[] = [];
  const open: string[] = [];
  let at = 0;
  const match = (of: RegExp) => {
    of.lastIndex = at;
    return of.exec(source)?.[0];
  };
  const push = (kind: Token['kind'], length: number) => {
    const text = kind === 'other' ? '' : source.slice(at, at + length);
    tokens.push({ kind, text, start: at, end: at + length, depth: open.length });
    at += length;
  };
  /** The rest of a template, up to its end or the next expression in it. */
  const inTemplate = () => {
    const part = match(template);
    if (part === undefined) throw new SyntaxError('a template that does not end');
    // An expression begins behind its opening, as behind any other mark.
    push(part.endsWith('{') ? 'mark' : 'other', part.length);
    if (part.endsWith('{')) open.push('${');
  };
  while (at < source.length) {
    const found = source[at] ?? '';
    const skipped = match(blank);
    if (skipped !== undefined) {
      if (found === '/') comments.push({ start: at, end: at + skipped.length });
      at += skipped.length;
      continue;
    }
    if (found === '`') {
      push('other', 1);
      inTemplate();
      continue;
    }
    const text = match(string);
    const name = text === undefined ? match(word) : undefined;
    const expression = found === '/' && beginsPattern(tokens.at(-1)) ? match(pattern) : undefined;
    if (text !== undefined) push('string', text.length);
    else if (name !== undefined) push(/^\d/.test(name) ? 'other' : 'word', name.length);
    else if (expression !== undefined) push('other', expression.length);
    else if (found === '}' && open.at(-1) === '${') {
      open.pop();
      at += 1;
      inTemplate();
    } else {
      if ('}])'.includes(found)) open.pop();
      push('mark', 1);
      if ('{[('.includes(found)) open.push(found);
    }
  }
  return { tokens, comments };
}

function beginsPattern(last: Token | undefined): boolean {
  if (last === undefined) return true;
  if (last.kind === 'word') return before.has(last.text);
  return last.kind === 'mark' && !')]}'.includes(last.text);
}
