import { commaParts } from '../attribute.ts';
import { stringIn } from '../literal.ts';
import { inside, type TokenRange, type Tokens } from '../tokens.ts';
import { isLoadingInRustc, redirectIn } from './flags.ts';
import { directiveIn, type Said } from './literals.ts';
import type { OriginFinder } from './origins/finder.ts';
import type { Origins } from './origins/walk.ts';
import { hole, minHidden, type Spelled, spelledBy, spelledName, textIn } from './spelled.ts';

/** Macros that make a text of several, by how many arguments stand before it. */
export const textMakers: ReadonlyMap<string, number> = new Map([
  ['print', 0],
  ['println', 0],
  ['write', 1],
  ['writeln', 1],
  ['format', 0],
  ['format_args', 0],
  ['concat', 0],
]);

/** Those that write it where cargo may read it. */
const printing = /^(?:print|write)/;

/** What one part of a made text may be. */
interface Piece {
  readonly written: readonly string[];
  /** Whether it is made of texts that stand here turned into something else. */
  readonly hidden?: boolean;
  /**
   * Whether its signs are worked out of such a text by a loop, or a function of its own, as those of anything may be
   * that is written to a file.
   */
  readonly turned?: boolean;
  /** What those come to by methods: `["cargo", key].join(":")`. */
  readonly made: readonly string[];
}

/** Texts that one macro may make of all pieces with each other; of more, each piece is tried beside the first of the others. */
const maxTexts = 128;
const maxLength = 4096;
const directive = /^cargo::?[A-Za-z]/;
const keyword = /rustc-(?:env|cfg|flags|link-\w+|cdylib-link-arg)/;

/** A directive whose beginning is put in. */
const filledKey = /^\s*(?:\{[^{}]*\})+:{0,2}(rustc-[\w-]+=.*)$/s;
/** The same where what is put in is turned into something else before. */
const hiddenKey = /^(?!\s*cargo:).*?(rustc-[\w-]+=.*)$/s;

/** What a line that is told cargo has it do with programs and libraries of others: flags that redirect, variables that load. */
export function redirectsIn(line: string): readonly Said[] {
  const read = /^cargo::?(rustc-[\w-]+)=(.*)$/s.exec(line.trim());
  const [, key = '', value = ''] = read ?? [];
  if (/^rustc-(?:cdylib-)?link-arg/.test(key)) {
    const flag = redirectIn(/^rustc-link-arg-bin$/.test(key) ? value.replace(/^[^=]*=/, '') : value);
    return flag === undefined ? [] : [{ kind: 'redirects-tools', name: flag, confidence: 'certain' }];
  }
  const variable = key === 'rustc-env' ? (value.split('=')[0] ?? '') : '';
  return isLoadingInRustc(variable)
    ? [{ kind: 'redirects-tools', name: value.slice(0, 120), confidence: 'certain' }]
    : [];
}

/**
 * What a macro that makes a text of several says to cargo, where no text by itself does: `println!("{}{}", "cargo:", …)`,
 * `println!("cargo:{key}={value}")`. `open` is the delimiter of its arguments.
 */
export function builtDirectives(
  tokens: Tokens,
  name: string,
  open: number,
  origins: OriginFinder,
): readonly Said[] {
  const parts = commaParts(tokens, inside(tokens, open)).slice(textMakers.get(name) ?? 0);
  const [first, ...others] = parts;
  if (first === undefined) return [];
  if (name === 'concat') {
    return saidBy(parts.map((part) => textsOf(tokens, part, origins)));
  }
  const text = stringIn(tokens, first);
  if (text === undefined || !text.includes('{')) return [];
  const head = /^\s*(cargo::?)?(.*)$/s.exec(text);
  const isOpen = head?.[1] === undefined ? /^\s*[^\s:]{0,8}\{/.test(text) : isOpenDirective(head[2] ?? '');
  if (!isOpen) return [];
  const said = saidBy(
    pieces(tokens, text, first, others, origins),
    text,
    printing.test(name),
    /^print/.test(name),
  );
  // What the text says itself is not said again for each value.
  return text.split('\n').some((line) => redirectsIn(line).length > 0)
    ? said.filter(({ kind }) => kind !== 'redirects-tools')
    : said;
}

/**
 * What a text says to cargo that is written as it is, where no text by itself does:
 * `write_all(["car", "go:…"].concat().as_bytes())`. `isPrinted` says whether it surely goes where cargo reads it.
 */
export function writtenDirectives(
  tokens: Tokens,
  text: TokenRange,
  origins: OriginFinder,
  isPrinted: boolean,
): readonly Said[] {
  return saidBy([textsOf(tokens, text, origins)], '', isPrinted, isPrinted);
}

/** A directive whose key is put in, or whose value may be a flag or variable that matters. */
function isOpenDirective(rest: string): boolean {
  return /^[\w-]*\{/.test(rest) || /^rustc-(?:[\w-]*link-arg[\w-]*|env)=/.test(rest);
}

/** What the lines say that pieces come to; what is written in the code, `whole` too, is said where it stands. */
function saidBy(
  read: readonly Piece[],
  whole = '',
  isPrinted = false,
  isSurelyPrinted = false,
): readonly Said[] {
  const said: Said[] = [];
  const written = [whole, ...read.flatMap((piece) => piece.written)];
  const isHidden =
    isPrinted &&
    keyIn(read).some(({ hidden, turned }) => hidden === true || (isSurelyPrinted && turned === true));
  if (isHidden) said.push({ kind: 'built-name', confidence: 'likely' });
  const isBegun = written.some((text) => text.includes('cargo:'));
  const isWritten = written.some((text) => /cargo::?[A-Za-z][\w-]*(?:$|[^\w-{])/.test(text));
  for (const line of combined(read).flatMap((text) => text.split('\n'))) {
    const one = directive.test(line.trim()) ? directiveIn(line) : undefined;
    if (/^\s*cargo::?\{[^}]*\}\S*=/.test(line))
      said.push({
        kind: 'compiler-directive',
        name: line.trim().replace(/^cargo::?/, ''),
        confidence: 'possible',
      });
    const rest = (isHidden ? hiddenKey : filledKey).exec(line)?.[1];
    if (rest !== undefined) {
      const [key = ''] = rest.split('=');
      said.push({ kind: 'built-name', name: `cargo:${key}`, confidence: 'likely' });
      for (const redirect of redirectsIn(`cargo:${rest}`)) said.push({ ...redirect, confidence: 'likely' });
    }
    if (one === undefined) continue;
    for (const redirect of redirectsIn(line)) said.push({ ...redirect, confidence: 'likely' });
    if (isWritten) continue;
    said.push({ ...one, confidence: 'likely' });
    if (!isBegun)
      said.push({ kind: 'built-name', name: line.trim().replace(/=.*/s, ''), confidence: 'likely' });
  }
  return said;
}

/** The pieces up to the first sign of equality: those that the key of a directive is made of. */
function keyIn(read: readonly Piece[]): readonly Piece[] {
  const value = read.findIndex(({ written }) => written.some((text) => text.includes('=')));
  return value === -1 ? read : read.slice(0, value + 1);
}

/** What stands where in a text that is formatted: its own parts, and for each placeholder what may be put in. */
function pieces(
  tokens: Tokens,
  text: string,
  first: TokenRange,
  others: readonly TokenRange[],
  origins: OriginFinder,
): readonly Piece[] {
  const read: Piece[] = [];
  let next = 0;
  let end = 0;
  for (const found of text.matchAll(/\{\{|\}\}|\{([^{}]*)\}/g)) {
    read.push(plain(text.slice(end, found.index)));
    end = found.index + found[0].length;
    const [placeholder, inner] = found;
    if (inner === undefined) {
      read.push(plain(placeholder.charAt(0)));
      continue;
    }
    const [called = ''] = inner.split(':');
    const named = others.find((part) => isNamed(tokens, part, called));
    const values =
      called === ''
        ? valuesOf(tokens, others[next++], origins)
        : /^\d+$/.test(called)
          ? valuesOf(tokens, others[Number(called)], origins)
          : named === undefined
            ? withMade(
                origins.named(tokens, first.from, called),
                spelledName(origins, tokens, first.from, called),
              )
            : valuesOf(tokens, { from: named.from + 2, to: named.to }, origins);
    read.push(values === undefined ? plain(placeholder) : filledBy(values, placeholder));
  }
  return [...read, plain(text.slice(end))];
}

/** `name = value`. */
function isNamed(tokens: Tokens, { from, to }: TokenRange, name: string): boolean {
  const { source, starts, ends } = tokens;
  return (
    to > from + 2 &&
    source.slice(starts[from], ends[from]) === name &&
    source.charAt(starts[from + 1] ?? 0) === '='
  );
}

function valuesOf(tokens: Tokens, part: TokenRange | undefined, origins: OriginFinder): Piece | undefined {
  return part === undefined ? undefined : textsOf(tokens, part, origins);
}

/** The texts that an argument may be, each by itself and all of them one after the other, and what it comes to. */
function textsOf(tokens: Tokens, part: TokenRange, origins: OriginFinder): Piece {
  const text = stringIn(tokens, part);
  if (text !== undefined) return plain(text);
  const piece = withMade(origins.of(tokens, part), spelledBy(origins, tokens, part));
  const { written } = piece;
  const behind = written.join('');
  return written.length > 1 && keyword.test(behind)
    ? { written, made: [...new Set([...piece.made, behind])] }
    : piece;
}

/** What stands for a placeholder: itself, where nothing is known of what is put in. */
function filledBy(values: Piece, placeholder: string): Piece {
  return values.written.length + values.made.length > 0 ? values : { ...values, written: [placeholder] };
}

function plain(text: string): Piece {
  return { written: [text], made: [] };
}

/** Texts with what they come to by methods, where that is a directive. */
function withMade({ texts: written, turned, said }: Origins, spelled: Spelled): Piece {
  const text = textIn(spelled).replaceAll(hole, '{}');
  const made = directive.test(text) && !written.includes(text) ? [text] : [];
  const isTurned = turned && !said && written.some((one) => one.length >= minHidden);
  return { written, made, hidden: spelled.turned > 0, turned: isTurned };
}

function combined(read: readonly Piece[]): readonly string[] {
  const pieces = read.map(valuesIn);
  const times = pieces.reduce((count, values) => count * values.length, 1);
  if (times > maxTexts) {
    const firsts = pieces.map(([first = '']) => first);
    const each = pieces.flatMap((values, i) =>
      values.map((value) => firsts.with(i, value).join('').slice(0, maxLength)),
    );
    return [...new Set(each)];
  }
  let texts: readonly string[] = [''];
  for (const values of pieces)
    texts = texts.flatMap((text) => values.map((value) => (text + value).slice(0, maxLength)));
  return texts;
}

function valuesIn({ written, made }: Piece): readonly string[] {
  return [...new Set([...made, ...written])];
}
