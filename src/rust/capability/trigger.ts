import type { Module, ModuleTree } from '../module-tree.ts';
import { isWord, nameOf, type Tokens, tokenKind } from '../tokens.ts';
import { actNames } from './acts.ts';

/** Files without any of these words, or of other names that are given to them, can do nothing of what a library is read for. */
const words: ReadonlySet<string> = new Set([
  ...'process Command env option_env var var_os vars vars_os set_var remove_var home_dir temp_dir net TcpStream TcpListener UdpSocket ToSocketAddrs to_socket_addrs UnixStream UnixListener UnixDatagram sleep sleep_ms sleep_until SystemTime UNIX_EPOCH transmute transmute_copy asm global_asm naked_asm llvm_asm include_bytes link_section'.split(
    ' ',
  ),
  ...actNames,
]);

/** Texts that are worth a look: none shorter encodes anything. */
const minText = 200;
const fetching = /curl|wget|powershell|pwsh|certutil|bitsadmin|iwr|git clone|invoke-webrequest/i;

/** The modules of a library that may have something to find, in their order. */
export function relevantModules(tree: ModuleTree): readonly Module[] {
  const files = new Set(tree.modules.map(({ tokens }) => tokens));
  const relevant = new Set<Tokens>();
  const sought = new Set(words);
  for (let grown = true; grown; ) {
    grown = false;
    const filter = new Filter(sought);
    for (const tokens of files) {
      if (!filter.holds(tokens)) continue;
      files.delete(tokens);
      relevant.add(tokens);
      for (const name of renamed(tokens)) {
        if (sought.has(name)) continue;
        sought.add(name);
        grown = true;
      }
    }
  }
  return tree.modules.filter(({ tokens }) => relevant.has(tokens));
}

/** Looks for words without making a text of every token. */
class Filter {
  readonly #words: ReadonlySet<string>;
  /** By first letter and length. */
  readonly #shapes = new Uint8Array(128 * 64);

  constructor(words: ReadonlySet<string>) {
    this.#words = words;
    for (const word of words) this.#shapes[shape(word.charCodeAt(0), word.length)] = 1;
  }

  holds(tokens: Tokens): boolean {
    const { kinds, starts, ends, source } = tokens;
    for (let at = 0; at < tokens.count; at++) {
      const kind = kinds[at];
      const start = starts[at] ?? 0;
      const length = (ends[at] ?? 0) - start;
      if (kind === tokenKind.ident) {
        if (
          this.#shapes[shape(source.charCodeAt(start), length)] === 1 &&
          this.#words.has(source.substr(start, length))
        )
          return true;
      } else if (kind === tokenKind.rawIdent) {
        if (this.#words.has(nameOf(tokens, at) ?? '')) return true;
      } else if (kind !== undefined && kind >= tokenKind.string && kind <= tokenKind.rawCString) {
        if (length > minText || (length > 8 && fetching.test(source.slice(start, start + length))))
          return true;
      }
    }
    return false;
  }
}

function shape(first: number, length: number): number {
  return (first & 127) * 64 + Math.min(length, 63);
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
