import type { Module, ModuleTree, Unfollowed } from './module-tree.ts';
import type { NameFilter } from './name-filter.ts';
import { endOfUse } from './names.ts';
import { type FullPath, ownRanges, type PathResolver } from './resolve.ts';
import {
  after,
  isSign,
  isSigns,
  isWord,
  nameOf,
  placeOf,
  type TokenRange,
  type Tokens,
  tokenKind,
} from './tokens.ts';
import { usesOf } from './use-tree.ts';

/** A path that code names, and what it stands for. */
export interface Mention {
  readonly module: Module;
  /** Its first token. */
  readonly at: number;
  /** The token after it. */
  readonly next: number;
  readonly path: FullPath;
  /**
   * Whether it stands in a `use`, which by itself does nothing. One that brings all names of a path (its last name is then
   * `*`), gives a name that only a macro knows, or hands on to others (in a library) stands for all that they may do with it.
   */
  readonly imported: boolean;
  /** Whether it stands in what `quote!` and its kin write into other code. */
  readonly quoted: boolean;
}

/** Which paths are asked for, by what they stand for. */
export type Wanted = (path: FullPath) => boolean;

/** The paths of a crate, and where paths are put together that nobody can read. */
export interface Mentions {
  readonly found: readonly Mention[];
  readonly opaque: readonly Unfollowed[];
}

/**
 * Every path that is asked for in the tokens of a crate's modules, inside macro calls and macro definitions too, in order.
 * With `names`, as for libraries, paths that have none of them are passed over unread.
 * There are no expressions in a macro call (`println!("{}", Command::new("sh"))`), so paths are read off the tokens alone.
 */
export function mentionsOf(
  tree: ModuleTree,
  resolver: PathResolver,
  wanted: Wanted,
  names?: NameFilter,
): Mentions {
  const found: Mention[] = [];
  const opaque: Unfollowed[] = [];
  for (const module of tree.modules) {
    const reader = new Reader(module, resolver, wanted, found, names);
    for (const range of ownRanges(module)) reader.range(range);
    opaque.push(...reader.opaque());
  }
  const root = tree.modules[0];
  if (resolver.exhausted && root !== undefined)
    opaque.push({ file: root.file, line: 1, reason: 'its imports lead to each other more than is followed' });
  return { found, opaque };
}

const quoting: ReadonlySet<string> = new Set([
  'quote',
  'quote_spanned',
  'parse_quote',
  'parse_quote_spanned',
]);

class Reader {
  readonly #module: Module;
  readonly #tokens: Tokens;
  readonly #resolver: PathResolver;
  readonly #wanted: Wanted;
  readonly #found: Mention[];
  readonly #names: NameFilter | undefined;
  /** `std::$name`, `[<Com mand>]::new`: the token. */
  readonly #spliced: number[] = [];
  /** `$a::$b`: harmless unless it is given the name of a crate. */
  readonly #spliceable: number[] = [];
  #crateWord = false;
  #quotedUntil = 0;
  #implUntil = 0;
  #implFor: readonly string[] = [];

  constructor(
    module: Module,
    resolver: PathResolver,
    wanted: Wanted,
    found: Mention[],
    names: NameFilter | undefined,
  ) {
    this.#names = names;
    this.#module = module;
    this.#tokens = module.tokens;
    this.#resolver = resolver;
    this.#wanted = wanted;
    this.#found = found;
  }

  opaque(): readonly Unfollowed[] {
    const at = this.#crateWord ? [...this.#spliced, ...this.#spliceable] : this.#spliced;
    const lines = new Set(at.map((token) => placeOf(this.#tokens, token).line));
    const reason = 'a macro puts a path together';
    return [...lines].map((line) => ({ file: this.#module.file, line, reason }));
  }

  range({ from, to }: TokenRange): void {
    const tokens = this.#tokens;
    for (let at = from; at < to; ) {
      const kind = tokens.kinds[at];
      if (kind === tokenKind.punct) {
        if (isSign(tokens, at, '$')) this.#splice(at);
        at++;
      } else if (kind !== tokenKind.ident && kind !== tokenKind.rawIdent) {
        at++;
      } else if (isWord(tokens, at, 'use') && !isSign(tokens, at + 1, '<')) {
        const end = endOfUse(tokens, at, to);
        this.#use({ from: at, to: end });
        at = Math.max(end, at + 1);
      } else if (isWord(tokens, at, 'impl')) {
        this.#impl(at, to);
        at++;
      } else {
        at = this.#path(at, to);
      }
    }
  }

  #use(content: TokenRange): void {
    const tokens = this.#tokens;
    const isHandedOn = this.#names !== undefined && isWord(tokens, content.from - 1, 'pub');
    for (const { path, name, at } of usesOf(tokens, { kind: 'use', content, public: false })) {
      if (path.length === 0 || (name === '_' && path.length < 2)) continue;
      const isNamedByMacro = isWord(tokens, at + 1, 'as') && isSign(tokens, at + 2, '$');
      const isWhole = name === '*' || isNamedByMacro || isHandedOn;
      for (const full of this.#resolver.resolve(this.#module.path, path)) {
        const meant = name === '*' || (isWhole && full.length === 1) ? [...full, '*'] : full;
        if (this.#wanted(meant)) this.#push(at, at + 1, meant, !isWhole);
      }
    }
  }

  /** What `Self` is in the braces of an `impl`. */
  #impl(from: number, to: number): void {
    const tokens = this.#tokens;
    let type = from + 1;
    if (isSign(tokens, type, '<')) type = afterAngles(tokens, type, to);
    for (let at = type; at < to; at = after(tokens, at)) {
      if (isWord(tokens, at, 'for') && !isSign(tokens, at + 1, '<')) type = at + 1;
      if (isSign(tokens, at, ';') || tokens.kinds[at] === tokenKind.close) return;
      if (!isSign(tokens, at, '{')) continue;
      this.#implUntil = tokens.partners[at] ?? at;
      this.#implFor = readPath(tokens, isSigns(tokens, type, '::') ? type + 2 : type, to).names;
      return;
    }
  }

  /** Reads the path that begins there; gives the token to go on with. */
  #path(at: number, to: number): number {
    const tokens = this.#tokens;
    const leading = isSigns(tokens, at - 2, '::') && !followsPath(tokens, at - 2);
    // A field, a method, a macro's argument, or what follows generics that were read with their path.
    if (!leading && (isMember(tokens, at) || isSigns(tokens, at - 2, '::') || isArgument(tokens, at)))
      return at + 1;
    const plain = this.#plainEnd(at, to);
    if (plain !== undefined) return plain;
    if (keywords.has(nameOf(tokens, at) ?? '') && tokens.kinds[at] === tokenKind.ident) return at + 1;
    const path = readPath(tokens, at, to);
    if (path.spliced && (crateWords.has(path.names[0] ?? '') || path.pasted)) this.#spliced.push(at);
    const names = leading ? ['', ...path.names] : path.names;
    this.#meant(at, path.next, [...names, ...qualified(tokens, at, path.next, to)]);
    this.#quoting(path.names, path.next);
    if (names.length === 1 && crateWords.has(names[0] ?? '') && !isWord(tokens, at - 1, 'crate'))
      this.#crateWord = true;
    return path.next;
  }

  /** The end of a path that has none of the names; `undefined` where it has one, or has to be read to know. */
  #plainEnd(at: number, to: number): number | undefined {
    const tokens = this.#tokens;
    if (this.#names === undefined || this.#names.has(tokens, at)) return undefined;
    let end = at;
    while (isSigns(tokens, end + 1, '::')) {
      end += 3;
      const kind = tokens.kinds[end];
      if (end >= to || (kind !== tokenKind.ident && kind !== tokenKind.rawIdent)) return undefined;
      if (this.#names.has(tokens, end)) return undefined;
    }
    return end + 1;
  }

  #meant(at: number, next: number, names: readonly string[]): void {
    const [first = '', ...rest] = names;
    let meanings: readonly FullPath[];
    if (first === 'Self' && rest.length > 0 && at < this.#implUntil && this.#implFor.length > 0) {
      meanings = this.#resolver.resolve(this.#module.path, [...this.#implFor, ...rest]);
    } else if (names.length === 1) {
      meanings = this.#resolver.name(this.#module.path, first);
      const isMacro = isMacroCall(this.#tokens, next);
      if (meanings.length === 0 && (isMacro || isSign(this.#tokens, next, '(')))
        meanings = [...(isMacro ? [['std', first]] : []), ...this.#resolver.called(this.#module.path, first)];
    } else {
      meanings = this.#resolver.resolve(this.#module.path, names);
    }
    for (const path of meanings) if (this.#wanted(path)) this.#push(at, next, path, false);
  }

  #push(at: number, next: number, path: FullPath, imported: boolean): void {
    this.#found.push({ module: this.#module, at, next, path, imported, quoted: at < this.#quotedUntil });
  }

  #quoting(names: readonly string[], next: number): void {
    const tokens = this.#tokens;
    if (!quoting.has(names.at(-1) ?? '') || !isSign(tokens, next, '!')) return;
    if (tokens.kinds[next + 1] === tokenKind.open)
      this.#quotedUntil = Math.max(this.#quotedUntil, tokens.partners[next + 1] ?? 0);
  }

  /** `$a::$b`, but not `$crate::…` nor `$enum::Variant`. */
  #splice(at: number): void {
    const tokens = this.#tokens;
    if (isWord(tokens, at + 1, 'crate') || nameOf(tokens, at + 1) === undefined) return;
    if (isSigns(tokens, at + 2, '::') && isSign(tokens, at + 4, '$')) this.#spliceable.push(at);
  }
}

const crateWords: ReadonlySet<string> = new Set(['std', 'core', 'alloc', 'libc']);

interface WrittenPath {
  readonly names: readonly string[];
  readonly next: number;
  /** Whether a part of it is a macro's argument, or is pasted together. */
  readonly spliced: boolean;
  readonly pasted: boolean;
}

/** The names of the path that begins with the name there; its generics are left out. */
function readPath(tokens: Tokens, from: number, to: number): WrittenPath {
  const names: string[] = [];
  let at = from;
  while (at < to) {
    const name = nameOf(tokens, at);
    if (name === undefined) break;
    names.push(name);
    at++;
    if (!isSigns(tokens, at, '::')) break;
    if (isSign(tokens, at + 2, '<')) {
      const end = afterAngles(tokens, at + 2, to);
      if (!isSigns(tokens, end, '::') || nameOf(tokens, end + 2) === undefined) break;
      at = end;
    }
    const pasted = isSign(tokens, at + 2, '[') && isSign(tokens, at + 3, '<');
    if (pasted || isSign(tokens, at + 2, '$')) return { names, next: at + 2, spliced: true, pasted };
    if (nameOf(tokens, at + 2) === undefined) break;
    at += 2;
  }
  return { names, next: Math.max(at, from + 1), spliced: false, pasted: false };
}

/** The names that follow `<` this path `>`, as in `<Command as Run>::new`. */
function qualified(tokens: Tokens, at: number, next: number, to: number): readonly string[] {
  const start = isSigns(tokens, at - 2, '::') ? at - 2 : at;
  if (!isSign(tokens, start - 1, '<')) return [];
  const end = isSign(tokens, next, '>')
    ? next + 1
    : isWord(tokens, next, 'as')
      ? afterAngles(tokens, start - 1, to)
      : 0;
  if (end === 0 || !isSigns(tokens, end, '::')) return [];
  return readPath(tokens, end + 2, to).names;
}

/** Longest list of generic arguments that is passed over: `a < b` is none. */
const maxAngles = 256;
/** And how deep they go within each other. */
const maxNested = 16;

/** The token after the `>` that closes the `<` there; the token after `<` where none does. */
export function afterAngles(tokens: Tokens, open: number, to: number): number {
  let depth = 0;
  for (let at = open; at < to && at < open + maxAngles; at = after(tokens, at)) {
    if (isSign(tokens, at, '<')) {
      if (++depth > maxNested) break;
    } else if (isSign(tokens, at, '>') && !isSigns(tokens, at - 1, '->') && --depth === 0) return at + 1;
    else if (isSign(tokens, at, ';') || tokens.kinds[at] === tokenKind.close) break;
  }
  return open + 1;
}

function isMacroCall(tokens: Tokens, next: number): boolean {
  return isSign(tokens, next, '!') && tokens.kinds[next + 1] === tokenKind.open;
}

/** `.name`, but not `..name`. */
function isMember(tokens: Tokens, at: number): boolean {
  return isSign(tokens, at - 1, '.') && !isSign(tokens, at - 2, '.');
}

/** `$name`, but not `$crate`. */
function isArgument(tokens: Tokens, at: number): boolean {
  return isSign(tokens, at - 1, '$') && !isWord(tokens, at, 'crate');
}

/** Whether the `::` there goes on with a path, rather than beginning one. */
function followsPath(tokens: Tokens, at: number): boolean {
  const before = at - 1;
  if (before < 0) return false;
  if (isSign(tokens, before, '>')) return tokens.ends[before] === tokens.starts[at];
  const kind = tokens.kinds[before];
  if (kind === tokenKind.close)
    return isSign(tokens, before, ']') && tokens.ends[before] === tokens.starts[at];
  const name = nameOf(tokens, before);
  return name !== undefined && tokens.ends[before] === tokens.starts[at] && !keywords.has(name);
}

const keywords: ReadonlySet<string> = new Set(
  'as break const dyn else for if impl in let match move mut ref return static use where while'.split(' '),
);
