import { commaParts } from '../attribute.ts';
import { stringOf } from '../literal.ts';
import { inside, type TokenRange, type Tokens } from '../tokens.ts';
import { isLoadingInRustc, redirectIn } from './flags.ts';
import { directiveIn, type Said } from './literals.ts';
import type { OriginFinder } from './origins/finder.ts';

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

/** Texts that one macro may make; what makes more makes anything. */
const maxTexts = 32;
const maxLength = 4096;
const directive = /^cargo::?[A-Za-z]/;
const keyword = /rustc-(?:env|cfg|flags|link-\w+|cdylib-link-arg)/;

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
    const values = parts.map((part) => textsOf(tokens, part, origins));
    return saidBy(combined(values), values.flat());
  }
  const text = first.to === first.from + 1 ? stringOf(tokens, first.from) : undefined;
  if (text === undefined || !text.includes('{')) return [];
  const head = /^\s*(cargo::?)?(.*)$/s.exec(text);
  const isOpen = head?.[1] === undefined ? /^\s*[^\s:]{0,8}\{/.test(text) : isOpenDirective(head[2] ?? '');
  if (!isOpen) return [];
  const values = pieces(tokens, text, first, others, origins);
  const said = saidBy(combined(values), [text, ...values.flat()]);
  // What the text says itself is not said again for each value.
  return text.split('\n').some((line) => redirectsIn(line).length > 0)
    ? said.filter(({ kind }) => kind !== 'redirects-tools')
    : said;
}

/** A directive whose key is put in, or whose value may be a flag or variable that matters. */
function isOpenDirective(rest: string): boolean {
  return /^[\w-]*\{/.test(rest) || /^rustc-(?:[\w-]*link-arg[\w-]*|env)=/.test(rest);
}

/** Made texts as lines; `pieces` are what stands in the code, and what is written there is said where it stands. */
function saidBy(texts: readonly string[], pieces: readonly string[]): readonly Said[] {
  const said: Said[] = [];
  const isBegun = pieces.some((piece) => piece.includes('cargo:'));
  const isWritten = pieces.some((piece) => /cargo::?[A-Za-z][\w-]*(?:$|[^\w-{])/.test(piece));
  for (const line of texts.flatMap((text) => text.split('\n'))) {
    const one = directive.test(line.trim()) ? directiveIn(line) : undefined;
    if (/^\s*cargo::?\{[^}]*\}\S*=/.test(line))
      said.push({
        kind: 'compiler-directive',
        name: line.trim().replace(/^cargo::?/, ''),
        confidence: 'possible',
      });
    if (one === undefined) continue;
    for (const redirect of redirectsIn(line)) said.push({ ...redirect, confidence: 'likely' });
    if (isWritten) continue;
    said.push({ ...one, confidence: 'likely' });
    if (!isBegun)
      said.push({ kind: 'built-name', name: line.trim().replace(/=.*/s, ''), confidence: 'likely' });
  }
  return said;
}

/** What stands where in a text that is formatted: its own parts, and for each placeholder what may be put in. */
function pieces(
  tokens: Tokens,
  text: string,
  first: TokenRange,
  others: readonly TokenRange[],
  origins: OriginFinder,
): readonly (readonly string[])[] {
  const read: (readonly string[])[] = [];
  let next = 0;
  let end = 0;
  for (const found of text.matchAll(/\{\{|\}\}|\{([^{}]*)\}/g)) {
    read.push([text.slice(end, found.index)]);
    end = found.index + found[0].length;
    const [placeholder, inner] = found;
    if (inner === undefined) {
      read.push([placeholder.charAt(0)]);
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
            ? origins.named(tokens, first.from, called)
            : valuesOf(tokens, { from: named.from + 2, to: named.to }, origins);
    read.push(values.length === 0 ? [placeholder] : values);
  }
  return [...read, [text.slice(end)]];
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

function valuesOf(tokens: Tokens, part: TokenRange | undefined, origins: OriginFinder): readonly string[] {
  return part === undefined ? [] : textsOf(tokens, part, origins);
}

/** The texts that an argument may be, each by itself and all of them one after the other. */
function textsOf(tokens: Tokens, part: TokenRange, origins: OriginFinder): readonly string[] {
  const text = part.to === part.from + 1 ? stringOf(tokens, part.from) : undefined;
  if (text !== undefined) return [text];
  const texts = origins.of(tokens, part).texts;
  return texts.length > 1 && keyword.test(texts.join('')) ? [...texts, texts.join('')] : texts;
}

function combined(read: readonly (readonly string[])[]): readonly string[] {
  let texts: readonly string[] = [''];
  for (const values of read) {
    const longer = texts.flatMap((text) => values.slice(0, maxTexts).map((value) => text + value));
    texts = longer.slice(0, maxTexts).map((text) => text.slice(0, maxLength));
  }
  return texts;
}
