import type { Module, ModuleTree } from '../module-tree.ts';
import { NameFilter } from '../name-filter.ts';
import type { CrateNames } from '../resolve.ts';
import { isWord, nameOf, type Tokens, tokenKind } from '../tokens.ts';
import { actNames } from './acts.ts';

/** Files without any of these words, or of other names that are given to them, can do nothing of what a library is read for. */
const words: ReadonlySet<string> = new Set([
  ...'process Command env option_env var var_os vars vars_os set_var remove_var home_dir temp_dir net TcpStream TcpListener UdpSocket ToSocketAddrs to_socket_addrs UnixStream UnixListener UnixDatagram sleep sleep_ms sleep_until SystemTime UNIX_EPOCH transmute transmute_copy asm global_asm naked_asm llvm_asm include_bytes link_section Self quote quote_spanned parse_quote parse_quote_spanned'.split(
    ' ',
  ),
  ...actNames,
]);

/** Texts that are worth a look: none shorter encodes anything. */
const minText = 200;
const fetching = /curl|wget|powershell|pwsh|certutil|bitsadmin|iwr|git clone|invoke-webrequest/i;

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
  const relevant = new Set<Tokens>();
  const sought = new Set([
    ...words,
    ...[...crates].flatMap(([name, crate]) => (name === crate ? [] : [name])),
  ]);
  for (let grown = true; grown; ) {
    grown = false;
    const filter = new NameFilter(sought);
    for (const tokens of files) {
      if (!holds(tokens, filter)) continue;
      files.delete(tokens);
      relevant.add(tokens);
      for (const name of renamed(tokens)) {
        if (sought.has(name)) continue;
        sought.add(name);
        grown = true;
      }
    }
  }
  return {
    modules: tree.modules.filter(({ tokens }) => relevant.has(tokens)),
    names: new NameFilter(sought),
  };
}

/** Whether a file has one of the words, or a text that is worth a look. */
function holds(tokens: Tokens, filter: NameFilter): boolean {
  for (let at = 0; at < tokens.count; at++) {
    if (filter.has(tokens, at)) return true;
    const kind = tokens.kinds[at];
    if (kind === undefined || kind < tokenKind.string || kind > tokenKind.rawCString) continue;
    const [start = 0, end = 0] = [tokens.starts[at], tokens.ends[at]];
    if (end - start > minText || (end - start > 8 && fetching.test(tokens.source.slice(start, end))))
      return true;
  }
  return false;
}

/** Names that a file gives to others' things: `use a as b`, `type b = a`, `extern crate a as b`. */
function* renamed(tokens: Tokens): Generator<string> {
  for (let at = 0; at < tokens.count; at++) {
    if (tokens.kinds[at] !== tokenKind.ident || (!isWord(tokens, at, 'as') && !isWord(tokens, at, 'type')))
      continue;
    const name = nameOf(tokens, at + 1);
    // `x as u8` gives no name; nor does `as _`.
    if (name !== undefined && name.length > 1 && !/^(?:[iuf]\d+|[iu]size|char|bool|str)$/.test(name))
      yield name;
  }
}
