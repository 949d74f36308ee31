import { commaParts } from './attribute.ts';
import type { Item } from './item.ts';
import { inside, isSign, isSigns, isWord, nameOf, type TokenRange, type Tokens } from './tokens.ts';

/** One name that a `use` or an `extern crate` brings. */
export interface Use {
  /** The path that it stands for: `['std', 'process', 'Command']`; begins with `''` for `::std`. */
  readonly path: readonly string[];
  /** The name that it has here; `*` for all that the path holds; `_` for none. */
  readonly name: string;
  readonly public: boolean;
  /** The token that the path's last name is. */
  readonly at: number;
}

/** Far above any real tree; a deeper one brings nothing more, which `isTooDeep` says. */
const maxDepth = 64;

/** Whether a `use` item is a tree that is not read to its ends. */
export function isTooDeep(tokens: Tokens, { from, to }: TokenRange): boolean {
  if (to - from <= maxDepth) return false;
  let depth = 0;
  for (let at = from; at < to; at++) {
    if (isSign(tokens, at, '{') && ++depth > maxDepth) return true;
    if (isSign(tokens, at, '}')) depth--;
  }
  return false;
}

/** The names that a `use` or `extern crate` item brings (The Rust Reference, "Use declarations"). */
export function usesOf(tokens: Tokens, item: Pick<Item, 'kind' | 'content' | 'public'>): readonly Use[] {
  const found: Use[] = [];
  if (item.kind === 'extern-crate') {
    const at = item.content.from + 2;
    const name = nameOf(tokens, at);
    const renamed = isWord(tokens, at + 1, 'as') ? nameOf(tokens, at + 2) : undefined;
    if (name !== undefined) found.push({ path: [name], name: renamed ?? name, public: item.public, at });
  } else {
    readTree(tokens, { from: item.content.from + 1, to: item.content.to }, [], item.public, found, 0);
  }
  return found;
}

function readTree(
  tokens: Tokens,
  range: TokenRange,
  prefix: readonly string[],
  isPublic: boolean,
  found: Use[],
  depth: number,
): void {
  if (depth > maxDepth) return;
  const path = [...prefix];
  let at = range.from;
  if (isSigns(tokens, at, '::')) {
    if (path.length === 0) path.push('');
    at += 2;
  }
  for (; at < range.to; at++) {
    const name = nameOf(tokens, at);
    if (name !== undefined) {
      path.push(name);
      if (isSigns(tokens, at + 1, '::')) {
        at += 2;
        continue;
      }
      found.push(oneUse(tokens, path, at, isPublic));
      return;
    }
    if (isSign(tokens, at, '*')) {
      found.push({ path, name: '*', public: isPublic, at });
      return;
    }
    if (isSign(tokens, at, '{')) {
      for (const part of commaParts(tokens, inside(tokens, at))) {
        readTree(tokens, part, path, isPublic, found, depth + 1);
      }
    }
    return;
  }
}

/** `a::b`, `a::b as c`, `a::{self}`, `a::{self as c}`. */
function oneUse(tokens: Tokens, path: readonly string[], at: number, isPublic: boolean): Use {
  const whole = path.length > 1 && path.at(-1) === 'self' ? path.slice(0, -1) : path;
  const alias = isWord(tokens, at + 1, 'as') ? nameOf(tokens, at + 2) : undefined;
  return { path: whole, name: alias ?? whole.at(-1) ?? '_', public: isPublic, at };
}
