import { stringOf } from './literal.ts';
import type { SourceFiles } from './module.ts';
import { moduleTree } from './module-tree.ts';
import { inside, isSign, isWord, nameOf, type TokenRange, type Tokens, tokenKind } from './tokens.ts';

/**
 * Names and values of `cfg`s that a build script may set, sorted; `*` in one stands for any letters. It may put
 * `rustc-cfg=` and a name together from its texts, so every word in them counts, but those that it only tells rustc of
 * (`rustc-check-cfg`). The crates that most set such names with are known by how they are called. A script that cannot
 * be read may set any.
 */
export function cfgNames(buildScript: string, files: SourceFiles): readonly string[] {
  const { modules, unfollowed } = moduleTree(buildScript, files, () => undefined);
  const names = new Set(unfollowed.length === 0 ? [] : ['*']);
  for (const { tokens, range } of modules) {
    for (let at = range.from; at < range.to; at++) {
      if (tokens.kinds[at] === tokenKind.ident) addOfCrate(tokens, at, names);
      else for (const word of wordsOf(stringOf(tokens, at))) names.add(word);
    }
  }
  return [...names].sort();
}

/** Whether a build script with such names may set one, with this value: it has to have the words of both. */
export function mayBeSet(names: readonly string[], name: string, value: string | undefined): boolean {
  const isOf = (text: string) => names.some((pattern) => isNamed(pattern, text));
  return isOf(name) && wordsIn(value ?? '').every(isOf);
}

/** What of a value could be a name. */
export function wordsIn(value: string): readonly string[] {
  return value.match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? [];
}

/** Whether a pattern of `cfgNames` stands for a name. */
export function isNamed(pattern: string, name: string): boolean {
  const star = pattern.indexOf('*');
  if (star === -1) return pattern === name;
  const [before, after] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return name.length >= pattern.length - 1 && name.startsWith(before) && name.endsWith(after);
}

/** `has_{}` stands for `has_std`: what is put in between is not known. */
const word = /(\}?)([A-Za-z_][A-Za-z0-9_]*)(\{?)/g;
const placeholder = /\{[^{}]*\}/g;

function wordsOf(text: string | undefined): readonly string[] {
  if (text === undefined || text.includes('rustc-check-cfg')) return [];
  return [...text.replaceAll(placeholder, '{}').matchAll(word)].map(
    ([, before, name, after]) =>
      `${before === '' ? '' : '*'}${name}${after === '' || before !== '' ? '' : '*'}`,
  );
}

/** autocfg makes names of what it probes for; `cfg_aliases!` has them before colons. */
function addOfCrate(tokens: Tokens, at: number, names: Set<string>): void {
  if (isWord(tokens, at, 'autocfg')) {
    names.add('has_*');
    names.add('rustc_*');
  } else if (isWord(tokens, at, 'cfg_aliases') && isSign(tokens, at + 1, '!')) {
    for (const name of aliasesIn(tokens, inside(tokens, at + 2))) names.add(name);
  }
}

function aliasesIn(tokens: Tokens, { from, to }: TokenRange): readonly string[] {
  const names: string[] = [];
  for (let at = from; at + 1 < to; at++) {
    const name = nameOf(tokens, at);
    if (name !== undefined && isSign(tokens, at + 1, ':')) names.push(name);
  }
  return names;
}
