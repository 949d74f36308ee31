import { textsIn } from '../capability/call.ts';
import { stringOf } from '../literal.ts';
import type { ModuleTree } from '../module.ts';
import { NameFilter } from '../name-filter.ts';
import { folderOf, joined } from '../source-path.ts';
import {
  inside,
  isSign,
  isWord,
  nameOf,
  placeOf,
  type TokenRange,
  type Tokens,
  tokenKind,
} from '../tokens.ts';

/** A file that code takes up as it is compiled: `include_bytes!`, `include_str!`. */
export interface Included {
  readonly path: string;
  readonly bytes: boolean;
  /** Where it says so. */
  readonly file: string;
  readonly line: number;
}

/** What code says of files of its own package. */
export interface NamedFiles {
  /** Texts that may name files or folders. */
  readonly texts: readonly string[];
  readonly included: readonly Included[];
  /** Whether something is included by a name that nobody can tell. */
  readonly untold: boolean;
  /** Whether it opens files at all. */
  readonly opens: boolean;
  /** Whether it goes through folders, so that it may find any file. */
  readonly walks: boolean;
  /** Whether it names its own source, which has comments. */
  readonly self: boolean;
}

/** Words without which code opens no file, beside the tools that reviews know. */
const opening: ReadonlySet<string> = new Set(
  'fs File OpenOptions fs_err fs_extra walkdir WalkDir glob ignore open opendir fopen openat memmap memmap2 Mmap read_dir'.split(
    ' ',
  ),
);

const walking: ReadonlySet<string> = new Set(['read_dir', 'walkdir', 'WalkDir', 'glob', 'ignore', 'opendir']);

const telling = new NameFilter(new Set([...opening, 'include_bytes', 'include_str']));

/** The same while it is gathered. */
interface Gathered {
  readonly texts: Set<string>;
  readonly included: Included[];
  untold: boolean;
  opens: boolean;
  walks: boolean;
  self: boolean;
}

/** Reads a crate's texts and inclusions; what stands in documentation is none of them. */
export function namedFiles(tree: ModuleTree): NamedFiles {
  const gathered: Gathered = {
    texts: new Set(),
    included: [],
    untold: false,
    opens: false,
    walks: false,
    self: false,
  };
  const files = new Map(tree.modules.map(({ tokens, file }) => [tokens, file]));
  for (const [tokens, file] of files) {
    const isTelling = telling.meets(tokens);
    gathered.self ||= ownFile.test(tokens.source);
    const places = isTelling ? tokens.count : tokens.strings.length;
    for (let place = 0; place < places; place++)
      addNamed(tokens, isTelling ? place : (tokens.strings[place] ?? 0), file, gathered);
  }
  return { ...gathered, texts: [...gathered.texts] };
}

/** Adds what one token says. */
function addNamed(tokens: Tokens, at: number, file: string, gathered: Gathered): void {
  const kind = tokens.kinds[at];
  if (kind === tokenKind.ident) {
    if (!telling.has(tokens, at)) return;
    const name = nameOf(tokens, at) ?? '';
    if (opening.has(name)) gathered.opens = true;
    if (walking.has(name)) gathered.walks = true;
    if (name !== 'include_bytes' && name !== 'include_str') return;
    if (isDocumentation(tokens, at)) return;
    const told = includedAt(tokens, at, file);
    if (told === undefined) gathered.untold = true;
    else gathered.included.push(...told);
  } else if (kind !== undefined && kind >= tokenKind.string && kind <= tokenKind.rawCString) {
    if ((tokens.ends[at] ?? 0) - (tokens.starts[at] ?? 0) > maxText || isDocumentation(tokens, at)) return;
    const text = stringOf(tokens, at);
    if (text === undefined) return;
    gathered.texts.add(text);
    if (text === file && !isSign(tokens, at - 1, '=')) gathered.self = true;
  }
}

/** `file!()`: where the code that says so stands. */
const ownFile = /\bfile!\s*[([{]/;

/** Longer texts name no file. */
const maxText = 4096;

/** `#[doc = include_str!("../README.md")]`, `#![cfg_attr(docsrs, doc = …)]`. */
function isDocumentation(tokens: Tokens, at: number): boolean {
  return isSign(tokens, at - 1, '=') && isWord(tokens, at - 2, 'doc');
}

/** What a call includes; nothing for what is made at build time, `undefined` where that cannot be told. */
function includedAt(tokens: Tokens, at: number, file: string): readonly Included[] | undefined {
  if (!isSign(tokens, at + 1, '!') || tokens.kinds[at + 2] !== tokenKind.open) return undefined;
  const range = inside(tokens, at + 2);
  const bytes = isWord(tokens, at, 'include_bytes');
  const { line } = placeOf(tokens, at);
  const literal = stringOf(tokens, range.from);
  if (literal !== undefined && range.to - range.from <= 2)
    return [{ path: joined(folderOf(file), literal), bytes, file, line }];
  const parts = textsIn(tokens, range);
  if (parts.includes('OUT_DIR')) return [];
  if (isWord(tokens, range.from, 'file') && parts.length === 0) return [{ path: file, bytes, file, line }];
  if (isWord(tokens, range.from, 'concat') && isOnlyTexts(tokens, range))
    return [{ path: joined(folderOf(file), parts.join('')), bytes, file, line }];
  const rest = parts.filter((part) => part !== 'CARGO_MANIFEST_DIR');
  if (!parts.includes('CARGO_MANIFEST_DIR') || rest.length === 0) return undefined;
  return [{ path: joined('', rest.join('')), bytes, file, line }];
}

/** `concat!("a", "b")`. */
function isOnlyTexts(tokens: Tokens, { from, to }: TokenRange): boolean {
  for (let at = from; at < to; at++) {
    const kind = tokens.kinds[at];
    if (kind === tokenKind.ident && !isWord(tokens, at, 'concat')) return false;
  }
  return true;
}
