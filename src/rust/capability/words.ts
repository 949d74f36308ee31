import type { CrateNames } from '../resolve.ts';
import type { Where } from '../skim/needles.ts';
import { Needles } from '../skim/needles.ts';
import type { Sought } from '../skim/skim.ts';
import { actCrates } from './acts.ts';
import { nativeNames } from './native-acts.ts';

/** Names of the standard library, by where they count. */
const standard: Readonly<Record<string, string>> = {
  module: 'fs process env net',
  function:
    'var var_os vars vars_os set_var remove_var home_dir temp_dir sleep sleep_ms sleep_until parse_str',
  type: 'File OpenOptions Command SystemTime',
  anywhere:
    'option_env TcpStream TcpListener UdpSocket ToSocketAddrs UnixStream UnixListener UnixDatagram UNIX_EPOCH asm global_asm naked_asm llvm_asm include_bytes include_str link_name link_section quote quote_spanned parse_quote parse_quote_spanned',
  method: 'to_socket_addrs',
  'beside-function': 'transmute transmute_copy',
  'other-name': 'include',
};

/**
 * A file that has none of these where it counts, nor any other name that is given to them, can do nothing of what a library is
 * read for. The crates and functions are those of the tables.
 */
const words: ReadonlyMap<string, Where> = new Map<string, Where>([
  ...[...actCrates, 'tar', 'zip'].map((name) => [name, 'crate'] as const),
  ...nativeNames.map((name) => [name, 'anywhere'] as const),
  ...Object.entries(standard).flatMap(([where, names]) =>
    names.split(' ').map((name) => [name, where as Where] as const),
  ),
]);

/** Crates of which a text may be read as Rust, by a trait that has no other name here. */
const parsers: readonly string[] = ['proc_macro2', 'quote', 'syn'];

/** The words, and the names that a manifest gives to other crates. */
export function wordsOf(crates: CrateNames): ReadonlyMap<string, Where> {
  const given = [...crates].flatMap(([name, crate]) => (name === crate || words.has(name) ? [] : [name]));
  const isParser = parsers.some((crate) => crates.has(crate));
  if (given.length === 0 && !isParser) return words;
  return new Map<string, Where>([
    ...words,
    ...given.map((name) => [name, 'crate'] as const),
    ...(isParser ? [['FromStr', 'anywhere'] as const] : []),
  ]);
}

/** Texts that are worth a look: none shorter encodes anything. */
const minText = 200;
const fetching =
  /cargo::?rustc-|curl|wget|powershell|pwsh|certutil|bitsadmin|iwr|git clone|invoke-webrequest/i;

/** Whether a text, with its quotes, is worth a look. */
export function isTextThatMatters(text: string): boolean {
  return text.length > minText || (text.length > 8 && fetching.test(text));
}

/** What a skim of a library's files looks for. */
export function soughtIn(crates: CrateNames): Sought {
  const known = wordsOf(crates);
  if (known !== words) return { needles: new Needles(known), maxText: minText, texts: fetching };
  usual ??= { needles: new Needles(words), maxText: minText, texts: fetching };
  return usual;
}

let usual: Sought | undefined;
