/** Files and texts that become a part of the code: what is embedded, and what is read as Rust. */
import { stringIn, stringOf } from '../literal.ts';
import type { Module, ModuleTree, SourceFiles } from '../module.ts';
import { NameFilter } from '../name-filter.ts';
import { folderOf, joined, leavesPackage } from '../source-path.ts';
import { isSign, nameOf, type TokenRange, type Tokens, tokenKind } from '../tokens.ts';
import type { Confidence } from './capability.ts';
import { type Claim, secretIn } from './files.ts';
import type { OriginFinder } from './origins/finder.ts';
import { hidesCode, hole, spelledBy, textIn } from './spelled.ts';

/** What `include_str!` or `include_bytes!` embeds: data, and what lies outside the package. */
export function included(
  finder: () => OriginFinder,
  { tokens, file }: Module,
  argument: TokenRange | undefined,
  isText: boolean,
): readonly Claim[] {
  if (argument === undefined) return [];
  const claims: Claim[] = [];
  const text = stringIn(tokens, argument);
  // What stands there needs no look for where it comes from.
  const origins = text === undefined ? finder().of(tokens, argument) : undefined;
  const texts = origins?.texts ?? [text ?? ''];
  if (!isText) for (const name of texts) claims.push(['includes-bytes', 'likely', name]);
  if (origins === undefined) return [...claims, ...outsideClaims(text ?? '', file)];
  const outside = outsideOf(origins);
  if (outside === undefined) return claims;
  claims.push(['reads-outside', 'certain', outside]);
  const secret = secretIn({ texts, absolute: origins?.absolute });
  return secret === undefined ? claims : [...claims, secret];
}

/** What embedding a file of that path, which is written in `file`, is a claim of: nothing where the package has it. */
export function outsideClaims(path: string, file: string): readonly Claim[] {
  const outside = outsideIn(path, file);
  return outside === undefined ? [] : broughtFrom(outside, 'certain');
}

/** The same of a folder that is told from the package's own, or by a variable before (docs.rs: include_dir, rust-embed). */
export function folderClaims(path: string): readonly Claim[] {
  const [, variable, rest = path] = /^\$\{?(\w+)\}?[\\/]?(.*)$/s.exec(path) ?? [];
  if (variable === undefined || variable === 'CARGO_MANIFEST_DIR') return outsideClaims(rest, '');
  return variable === 'OUT_DIR' && !rest.split(/[\\/]/).includes('..') ? [] : broughtFrom(path, 'certain');
}

/** What bringing in what lies outside of the package is a claim of. */
export function broughtFrom(outside: string, confidence: Confidence): readonly Claim[] {
  const secret = secretIn({ texts: [outside], absolute: undefined });
  return [['reads-outside', confidence, outside], ...(secret === undefined ? [] : [secret])];
}

/** A path is relative to the file that names it (std: `include_str!`). */
function outsideIn(path: string, file: string): string | undefined {
  return path.startsWith('~') || leavesPackage(path, joined(folderOf(file), path)) ? path : undefined;
}

/** What a path leads to that `concat!` makes of variables. */
function outsideOf({ absolute, bases, left }: ReturnType<OriginFinder['of']>): string | undefined {
  if (absolute !== undefined) return absolute;
  const [from] = left;
  if (from !== undefined && from !== '') return `above ${from}`;
  const base = bases.find((one) => one !== '' && !/^(?:OUT_DIR|CARGO_MANIFEST_\w+)$/.test(one));
  return base === undefined ? undefined : `$${base}`;
}

/** Longest text that is read as Rust. */
const maxText = 64 * 1024;

const embedding = new NameFilter(new Set(['include_str']));

/** Whether a file has a text that looks like Rust, or embeds one of another file. */
export function hasCodeText(tokens: Tokens): boolean {
  if (embedding.meets(tokens)) return true;
  for (const at of tokens.strings) {
    const [start = 0, end = 0] = [tokens.starts[at], tokens.ends[at]];
    const isSaid = isSign(tokens, at - 1, '=') && isSign(tokens, at + 1, ']');
    if (end - start > 8 && !isSaid && /\w::|\w!\s*[([{]/.test(tokens.source.slice(start, end))) return true;
  }
  return false;
}

/** Whether texts of a crate are exactly one of each of these lists. */
export function hasTexts(
  { modules }: Pick<ModuleTree, 'modules'>,
  lists: readonly (readonly string[])[],
): boolean {
  const left = new Set(lists);
  const longest = Math.max(...lists.flat().map((text) => text.length));
  for (const tokens of new Set(modules.map((module) => module.tokens)))
    for (const at of tokens.strings) {
      if (left.size === 0) break;
      const kind = tokens.kinds[at];
      const [start = 0, end = 0] = [tokens.starts[at], tokens.ends[at]];
      // An escape may make one sign of many.
      const isPlain = kind === tokenKind.string && !tokens.source.slice(start, end).includes('\\');
      if (isPlain && end - start > longest + 2) continue;
      const text = stringOf(tokens, at) ?? '';
      for (const list of left) if (list.includes(text)) left.delete(list);
    }
  return left.size === 0;
}

/** What texts have by which they may be code: by themselves, or where one is put behind another. */
const code = { whole: 1, endsColon: 2, beginsColon: 4, endsBang: 8, beginsGroup: 16 } as const;

/** Whether any text of a crate may have a `::` or a call of a macro, or several may that are put one behind the other. */
export function mayMakeCode({ modules }: Pick<ModuleTree, 'modules'>): boolean {
  let found = 0;
  const has = (traits: number) => (found & traits) === traits;
  for (const tokens of new Set(modules.map((module) => module.tokens)))
    for (const at of tokens.strings) {
      const text = stringOf(tokens, at) ?? '';
      if (isCode.test(text)) found |= code.whole;
      if (text.endsWith(':')) found |= code.endsColon;
      if (text.startsWith(':')) found |= code.beginsColon;
      if (/!\s*$/.test(text)) found |= code.endsBang;
      if (/^\s*[([{]/.test(text)) found |= code.beginsGroup;
      if (has(code.whole) || has(code.endsColon | code.beginsColon) || has(code.endsBang | code.beginsGroup))
        return true;
    }
  return false;
}

const isCode = /::|!\s*[([{]|\bpath\s*=/;

/**
 * The texts that are read as Rust, each by itself, all of them together, and what they come to, where they may have
 * code; and whether what they come to is worked out by other means than putting texts together. `mayBeCode` is what
 * `mayMakeCode` says of the crate.
 */
export function codeTexts(
  finder: OriginFinder,
  { tokens, file }: Module,
  range: TokenRange,
  files: SourceFiles,
  mayBeCode: boolean,
): { readonly texts: readonly string[]; readonly hidden: boolean } {
  const texts = mayBeCode ? finder.of(tokens, range).texts : [];
  const spelled = spelledBy(finder, tokens, range);
  const embedded: string[] = [textIn(spelled).replaceAll(hole, ' _ ')];
  for (let at = range.from; at < range.to; at++) {
    if (nameOf(tokens, at) !== 'include_str' || !isSign(tokens, at + 1, '!')) continue;
    const path = stringOf(tokens, at + 3);
    const text = path === undefined ? undefined : files(joined(folderOf(file), path));
    if (text !== undefined) embedded.push(text);
  }
  const whole = texts.length > 1 ? [texts.join('')] : [];
  const read = [...texts, ...whole, ...embedded]
    .map((text) => text.replaceAll('{{', '{').replaceAll('}}', '}'))
    .filter((text) => text.length <= maxText && isCode.test(text));
  return { texts: [...new Set(read)], hidden: hidesCode(spelled) };
}
