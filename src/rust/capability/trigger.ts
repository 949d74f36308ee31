import { afterAngles } from '../angles.ts';
import type { Module, ModuleTree } from '../module.ts';
import { NameFilter } from '../name-filter.ts';
import { endOfUse } from '../names.ts';
import type { CrateNames } from '../resolve.ts';
import { isSign, isWord, nameOf, type Tokens } from '../tokens.ts';
import { type Use, usesOf } from '../use-tree.ts';
import { words as word } from '../vocabulary.ts';
import { actNames, leadsToAct } from './acts.ts';

/** Files without any of these words, or of other names that are given to them, can do nothing of what a library is read for. */
const words: ReadonlySet<string> = new Set([
  ...'tar zip fs File OpenOptions process Command env option_env var var_os vars vars_os set_var remove_var home_dir temp_dir net TcpStream TcpListener UdpSocket ToSocketAddrs to_socket_addrs UnixStream UnixListener UnixDatagram sleep sleep_ms sleep_until SystemTime UNIX_EPOCH transmute transmute_copy asm global_asm naked_asm llvm_asm include include_bytes include_str parse_str link_name link_section quote quote_spanned parse_quote parse_quote_spanned'.split(
    ' ',
  ),
  ...actNames,
]);

/** Texts that are worth a look: none shorter encodes anything. */
const minText = 200;
const fetching =
  /cargo::?rustc-|curl|wget|powershell|pwsh|certutil|bitsadmin|iwr|git clone|invoke-webrequest/i;

/** What of a library may have something to find. */
export interface Relevant {
  /** In their order. */
  readonly modules: readonly Module[];
  /** Names without which a path leads to none of it: the words, and what files call what they stand for. */
  readonly names: NameFilter;
}

/** Reads files for words alone, and for the names that the manifest and the files themselves give to what those mean. */
export function relevantIn(tree: ModuleTree, crates: CrateNames): Relevant {
  const files = new Set(tree.modules.map(({ tokens }) => tokens));
  const relevant = new Map<Tokens, Naming>();
  const sought = new Set([
    ...words,
    ...[...crates].flatMap(([name, crate]) => (name === crate ? [] : [name])),
  ]);
  for (let round = 0, before = 0; sought.size > before; round++) {
    // What was looked for before is in none of the files that are left.
    const fresh = new NameFilter(new Set([...sought].slice(before)));
    const filter = new NameFilter(new Set(sought));
    before = sought.size;
    for (const tokens of files) {
      if (!holds(tokens, fresh, round === 0)) continue;
      files.delete(tokens);
      relevant.set(tokens, namingIn(tokens));
    }
    const isLast = round >= maxRounds;
    for (const naming of relevant.values()) {
      for (const name of renamed(naming, isLast ? undefined : filter)) sought.add(name);
      for (const name of imported(naming, crates, isLast ? undefined : sought)) sought.add(name);
    }
  }
  return {
    modules: tree.modules.filter(({ tokens }) => relevant.has(tokens)),
    // What `Self` stands for is named where its `impl` begins.
    names: new NameFilter(sought.add('Self')),
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
  for (const at of tokens.marks) {
    switch (tokens.words[at]) {
      case word.as:
      case word.type:
        words.push(at);
        break;
      case word.use: {
        if (isSign(tokens, at + 1, '<')) break;
        const content = { from: at, to: endOfUse(tokens, at, tokens.count) };
        for (const use of usesOf(tokens, { kind: 'use', content, public: false })) uses.push(use);
      }
    }
  }
  return { tokens, words, uses };
}

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
    if (name === '_' || name === '*' || words.has(name)) continue;
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

/** Whether a file has one of the words, or, where those are asked for, a text that is worth a look. */
function holds(tokens: Tokens, filter: NameFilter, withTexts: boolean): boolean {
  if (filter.meets(tokens)) return true;
  if (!withTexts) return false;
  for (const at of tokens.strings) {
    const [start = 0, end = 0] = [tokens.starts[at], tokens.ends[at]];
    if (end - start > minText || (end - start > 8 && fetching.test(tokens.source.slice(start, end))))
      return true;
  }
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
