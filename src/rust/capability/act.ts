import type { CapabilityKind } from './capability.ts';

/** What naming a path means. */
export type Act =
  | { readonly act: 'syscall' }
  /** It is this; `name` is what of. */
  | { readonly act: 'is'; readonly kind: CapabilityKind; readonly name?: string }
  /** Its argument of that index is a program. */
  | { readonly act: 'program'; readonly argument: number }
  | { readonly act: 'variable' }
  | { readonly act: 'set-variable' }
  /** Its argument of that index is a path that is written, or read. */
  | { readonly act: 'write' | 'read'; readonly argument: number }
  /**
   * A file becomes another one, its first argument its second; with `link` it is found there as well. What is copied is
   * mostly asked for before, so that only secrets are worth a word.
   */
  | { readonly act: 'copy'; readonly link: boolean }
  /** Its argument of that index is written to a descriptor, or printed. */
  | { readonly act: 'print'; readonly argument: number }
  /** Relative paths begin elsewhere from then on. */
  | { readonly act: 'move' }
  /** A function of the C library's kind has a file's path among its arguments, and flags that say what for. */
  | { readonly act: 'native-file' }
  /** Memory is mapped, and flags say whether it can run. */
  | { readonly act: 'map' }
  /** A file is opened by a method further on, for what other methods say. */
  | { readonly act: 'open' }
  /** A known build tool, which is asked by methods further on. */
  | { readonly act: 'tool'; readonly kind: CapabilityKind; readonly name: string }
  | { readonly act: 'transmute' }
  /** A whole folder is embedded. */
  | { readonly act: 'include-folder' }
  /** `include_str!` or `include_bytes!`; the latter embeds what may be no text. */
  | { readonly act: 'include'; readonly text: boolean }
  /** A text is read as Rust. */
  | { readonly act: 'parse' }
  /** `include!`, which is followed where it goes by its own name. */
  | { readonly act: 'include-code' };

/** Acts by the names of what has them, under a path; `*` is everything below it. */
export type Table = Readonly<Record<string, Act>>;
