import { afterAngles } from '../angles.ts';
import type { Module, ModuleTree } from '../module-tree.ts';
import { NameFilter } from '../name-filter.ts';
import { endOfUse } from '../names.ts';
import type { CrateNames } from '../resolve.ts';
import { isSign, isWord, nameOf, type Tokens, tokenKind } from '../tokens.ts';
import { type Use, usesOf } from '../use-tree.ts';
import { leadsToAct } from './acts.ts';
import { isTextThatMatters, wordsOf } from './words.ts';

/** What of a library may have something to find. */
export interface Relevant {
  /** In their order. */
  readonly modules: readonly Module[];
  /** Names without which a path leads to none of it: the words, and what files call what they stand for. */
  readonly names: NameFilter;
  /** Files that were passed over and may have one of the names that files give: they are to be read. */
  readonly missed: readonly string[];
}

/**
 * Looks through files for words alone, and for the names that the manifest and the files themselves give to what those mean.
 * `matters` says whether the bytes of a file have one of the words, where they can be told;
 * `isWide` has names count that are given to the standard library as a whole.
 */
export function relevantIn(
  tree: ModuleTree,
  crates: CrateNames,
  matters: (module: Module) => boolean | undefined,
  isWide: boolean,
): Relevant {
  const files = new Map(tree.modules.map((module) => [module.tokens, module]));
  const relevant = new Map<Tokens, Naming>();
  const words = wordsOf(crates);
  const counted = [...words].flatMap(([name, where]) => (where === 'crate-only' ? [] : [name]));
  const sought = new Set(isWide ? [...counted, 'std'] : counted);
  const missed = new Set<string>();
  // A word that something else is given as a name counts wherever it stands.
  const given = new Set<string>();
  let fresh: string[] = [];
  const add = (name: string, known: Set<string>) => {
    if (known.has(name)) return;
    known.add(name);
    fresh.push(name);
  };
  for (let round = 0; round === 0 || fresh.length > 0; round++) {
    // What was looked for before is in none of the files that are left.
    const added = fresh;
    fresh = [];
    for (const [file, { names }] of tree.passed)
      if (added.some((name) => names.mayHave(name))) missed.add(file);
    const [now, all] = [new NameFilter(new Set(added)), new NameFilter(new Set(sought))];
    for (const [tokens, module] of files) {
      if (!(round === 0 ? (matters(module) ?? mayMatter(tokens, all)) : holds(tokens, now))) continue;
      files.delete(tokens);
      relevant.set(tokens, namingIn(tokens));
    }
    const isLast = round >= maxRounds;
    for (const naming of relevant.values()) {
      for (const name of renamed(naming, isLast ? undefined : all))
        add(name, words.has(name) ? given : sought);
      for (const name of imported(naming, crates, isLast ? undefined : sought)) add(name, sought);
    }
  }
  return {
    modules: tree.modules.filter(({ tokens }) => relevant.has(tokens)),
    // What `Self` stands for is named where its `impl` begins.
    names: new NameFilter(sought.add('Self')),
    missed: [...missed],
  };
}

/** What of a file may give names: looked for once, asked for again whenever more is sought. */
interface Naming {
  readonly tokens: Tokens;
  /** Its `as` and `type`. */
  readonly words: readonly number[];
  readonly uses: readonly Use[];
}

function namingIn(tokens: Tokens): Naming {
  const words: number[] = [];
  const uses: Use[] = [];
  for (let at = 0; at < tokens.count; at++) {
    if (tokens.kinds[at] !== tokenKind.ident) continue;
    switch (tokens.source.charCodeAt(tokens.starts[at] ?? 0)) {
      case letter.a:
        if (isWord(tokens, at, 'as')) words.push(at);
        break;
      case letter.t:
        if (isWord(tokens, at, 'type')) words.push(at);
        break;
      case letter.u: {
        if (!isWord(tokens, at, 'use') || isSign(tokens, at + 1, '<')) break;
        const content = { from: at, to: endOfUse(tokens, at, tokens.count) };
        for (const use of usesOf(tokens, { kind: 'use', content, public: false })) uses.push(use);
      }
    }
  }
  return { tokens, words, uses };
}

const letter = { a: 97, t: 116, u: 117 } as const;

/**
 * Names that a file brings by `use`, of what is sought: `use reqwest::blocking::Client` is one of a crate that the table
 * has; of a path that begins otherwise, where it has any name that is sought. Without `sought`, all names that it brings.
 */
function* imported(
  { uses }: Naming,
  crates: CrateNames,
  sought: ReadonlySet<string> | undefined,
): Generator<string> {
  for (const { path, name } of uses) {
    if (name === '_' || name === '*') continue;
    if (sought === undefined || isSought(path, crates, sought)) yield name;
  }
}

function isSought(path: readonly string[], crates: CrateNames, sought: ReadonlySet<string>): boolean {
  const [head = '', ...rest] = path[0] === '' ? path.slice(1) : path;
  const crate = head === 'core' || head === 'alloc' ? 'std' : (crates.get(head) ?? head);
  if (crate === 'std' || crates.has(head)) return leadsToAct([crate, ...rest]);
  return path.some((name) => sought.has(name));
}

/** Names given to names: of a longer chain every name that is given counts, whatever it is given to. */
const maxRounds = 8;

/** The same as a skim says, of a file that is for the lexer. */
function mayMatter(tokens: Tokens, filter: NameFilter): boolean {
  for (let at = 0; at < tokens.count; at++) {
    if (filter.has(tokens, at) || isWord(tokens, at, 'std')) return true;
    const kind = tokens.kinds[at];
    if (kind === undefined || kind < tokenKind.string || kind > tokenKind.rawCString) continue;
    if (isTextThatMatters(tokens.source.slice(tokens.starts[at], tokens.ends[at]))) return true;
  }
  return false;
}

function holds(tokens: Tokens, filter: NameFilter): boolean {
  for (let at = 0; at < tokens.count; at++) if (filter.has(tokens, at)) return true;
  return false;
}

/**
 * Names that a file gives to what is sought, which are sought from then on: `use a as b`, `type b = a`, `extern crate a as b`.
 * A `self` stands for the names before it, which are not looked at. Without `sought`, all names that it gives.
 */
function* renamed({ tokens, words }: Naming, sought: NameFilter | undefined): Generator<string> {
  for (const at of words) {
    const isMeant =
      sought === undefined ||
      (isWord(tokens, at, 'as')
        ? sought.has(tokens, at - 1) || isWord(tokens, at - 1, 'self')
        : isIdentity(tokens, at + 2) || isAlias(tokens, at + 2, sought));
    const name = isMeant ? nameOf(tokens, at + 1) : undefined;
    // `x as u8` gives no name; nor does `as _`.
    if (name !== undefined && name !== '_' && !/^(?:[iuf]\d+|[iu]size|char|bool|str)$/.test(name)) yield name;
  }
}

/** `<T> = T;` */
function isIdentity(tokens: Tokens, from: number): boolean {
  const end = isSign(tokens, from, '<') ? afterAngles(tokens, from, tokens.count) : from;
  return end > from + 1 && isSign(tokens, end, '=') && isSign(tokens, end + 2, ';');
}

/** Whether what follows up to the `;` has anything that is sought. */
function isAlias(tokens: Tokens, from: number, sought: NameFilter): boolean {
  for (let at = from; at < tokens.count && !isSign(tokens, at, ';'); at++) {
    if (sought.has(tokens, at)) return true;
    if (isSign(tokens, at, '{')) return false;
  }
  return false;
}
