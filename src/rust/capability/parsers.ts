import type { FullPath } from '../full-path.ts';
import type { Module } from '../module.ts';
import type { PathResolver } from '../resolve.ts';
import { isSign, isSigns, isWord, nameOf, type TokenRange, type Tokens, tokenKind } from '../tokens.ts';
import type { OriginFinder } from './origins/finder.ts';

/** Types of syn that tokens are read from (syn: `parse`): their `parse` is their own, and no text's. */
const ofSyn: ReadonlySet<string> = new Set(['ParseStream', 'ParseBuffer']);

/** Names that are given names: deeper than real code. */
const maxDepth = 8;

/**
 * Whether what `parse` is called on is of a type that surely has a `parse` of its own: the streams of tokens that every macro reads
 * what it is given from, and their forks. All others may be texts.
 */
export function isParser(
  module: Module,
  { from, to }: TokenRange,
  finder: OriginFinder,
  resolver: PathResolver,
  depth = 0,
): boolean {
  const { tokens, path } = module;
  if (depth > maxDepth || nameOf(tokens, from) === undefined) return false;
  // `input.fork()`
  const isFork = to === from + 5 && isSign(tokens, from + 1, '.') && isWord(tokens, from + 2, 'fork');
  if (to !== from + 1 && !isFork) return false;
  const declared = finder.declared(tokens, from);
  if (declared?.value !== undefined) return isParser(module, declared.value, finder, resolver, depth + 1);
  const names = declared?.type === undefined ? undefined : typePath(tokens, declared.type);
  if (names === undefined) return false;
  const { paths, cut } =
    names.length === 1 ? resolver.name(path, names[0] ?? '') : resolver.resolve(path, names);
  return !cut && paths.length > 0 && paths.every((full) => parsesItself(full, isFork, finder));
}

function parsesItself(full: FullPath, isFork: boolean, finder: OriginFinder): boolean {
  const name = full.at(-1) ?? '';
  if (full[0] === 'crate')
    return (
      finder.hasMethod(name, 'parse') && (!isFork || (ofSyn.has(name) && finder.hasMethod(name, 'fork')))
    );
  return full[0] === 'syn' && ofSyn.has(name);
}

/** `&'a mut syn::parse::ParseBuffer<'a>`; `undefined` for what is no such path. */
function typePath(tokens: Tokens, { from, to }: TokenRange): readonly string[] | undefined {
  let at = from;
  while (isSign(tokens, at, '&') || tokens.kinds[at] === tokenKind.lifetime || isWord(tokens, at, 'mut'))
    at++;
  const names: string[] = [];
  for (let name = nameOf(tokens, at); name !== undefined; name = nameOf(tokens, at)) {
    names.push(name);
    if (!isSigns(tokens, at + 1, '::')) break;
    at += 3;
  }
  // What follows are its own lifetimes, or nothing.
  return at + 1 === to || (at < to && isSign(tokens, at + 1, '<') && isSign(tokens, to - 1, '>'))
    ? names
    : undefined;
}
