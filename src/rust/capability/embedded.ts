/** Files and texts that become a part of the code: what is embedded, and what is read as Rust. */
import { stringOf } from '../literal.ts';
import type { Module, ModuleTree, SourceFiles } from '../module-tree.ts';
import { NameFilter } from '../name-filter.ts';
import { folderOf, joined } from '../source-path.ts';
import { isSign, nameOf, type TokenRange, type Tokens, tokenKind } from '../tokens.ts';
import { type Claim, secretIn } from './files.ts';
import type { OriginFinder } from './origins/finder.ts';
import { hole, spelledBy, textIn } from './spelled.ts';

/** What `include_str!` or `include_bytes!` embeds: data, and what lies outside the package. */
export function included(
  finder: OriginFinder,
  { tokens, file }: Module,
  argument: TokenRange | undefined,
  isText: boolean,
): readonly Claim[] {
  if (argument === undefined) return [];
  const claims: Claim[] = [];
  const origins = finder.of(tokens, argument);
  const text = argument.to === argument.from + 1 ? stringOf(tokens, argument.from) : undefined;
  if (!isText)
    for (const name of text === undefined ? origins.texts : [text])
      claims.push(['includes-bytes', 'likely', name]);
  const outside = text === undefined ? outsideOf(origins) : isOutside(text, file) ? text : undefined;
  if (outside === undefined) return claims;
  claims.push(['reads-outside', 'certain', outside]);
  const secret = secretIn(text === undefined ? origins : { texts: [text], absolute: undefined });
  return secret === undefined ? claims : [...claims, secret];
}

/** A path is relative to the file that names it (std: `include_str!`). */
function isOutside(path: string, file: string): boolean {
  if (/^(?:[\\/]|[A-Za-z]:|~)/.test(path)) return true;
  return joined(folderOf(file), path).startsWith('..');
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

/**
 * The texts that are read as Rust, each by itself, all of them together, and what they come to, where they may have code; and whether
 * what they come to is worked out by other means than putting texts together.
 */
export function codeTexts(
  finder: OriginFinder,
  { tokens, file }: Module,
  range: TokenRange,
  files: SourceFiles,
): { readonly texts: readonly string[]; readonly hidden: boolean } {
  const { texts } = finder.of(tokens, range);
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
    .filter((text) => text.length <= maxText && /::|!\s*[([{]/.test(text));
  return { texts: [...new Set(read)], hidden: spelled.hidden };
}
