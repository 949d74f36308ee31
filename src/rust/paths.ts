import { afterAngles } from './angles.ts';
import type { FullPath } from './full-path.ts';
import { type Module, type ModuleTree, rangesOf, type Unfollowed } from './module.ts';
import type { NameFilter } from './name-filter.ts';
import { endOfUse } from './names.ts';
import type { Meant, PathResolver } from './resolve.ts';
import { SelfTypes } from './self-types.ts';
import {
  after,
  isSign,
  isSigns,
  isWord,
  Lines,
  nameOf,
  type TokenRange,
  type Tokens,
  tokenKind,
} from './tokens.ts';
import { isTooDeep, usesOf } from './use-tree.ts';
import { words as word } from './vocabulary.ts';
import {
  followsPath,
  isArgument,
  isMacroCall,
  isMember,
  pathless,
  qualified,
  readPath,
  standsAlone,
  type WrittenPath,
} from './written-path.ts';

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
export interface Wanted {
  readonly path: (path: FullPath) => boolean;
  /** Whether any path that begins so is asked for. */
  readonly root: (name: string) => boolean;
}

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
  const known: Known = { kept: new WeakMap(), idle: new Map() };
  for (const module of tree.modules) {
    const reader = new Reader(tree, module, resolver, wanted, found, names, known);
    for (const range of rangesOf(tree, module)) reader.range(range);
    opaque.push(...reader.opaque());
  }
  const root = tree.modules[0];
  const reason = 'its imports lead to each other more than is followed';
  if (resolver.exhausted && root !== undefined)
    opaque.push({ file: root.file, line: 1, reason, unread: true });
  return { found, opaque };
}

/** Macros that write what they are given into other code. */
export const quoting: ReadonlySet<string> = new Set([
  'quote',
  'quote_spanned',
  'parse_quote',
  'parse_quote_spanned',
]);

/** What is known of what names stand for, from one stretch of a module to the next. */
interface Known {
  /** Of a list of meanings, those that are wanted. */
  readonly kept: WeakMap<readonly FullPath[], readonly FullPath[]>;
  /** By modules, the single names that stand for nothing that is asked for. */
  readonly idle: Map<string, Set<string>>;
}

class Reader {
  readonly #tree: ModuleTree;
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
  /** Where something stands for more than is read, with why. */
  readonly #cut = new Map<number, string>();
  #crateWord = false;
  #quotedUntil = 0;
  readonly #selves: SelfTypes;
  readonly #idle: Set<string>;
  /** What globs of other crates bring the names of there, as far as any of those may be wanted. */
  #foreign: readonly FullPath[] | undefined;
  readonly #brought = new Map<string, readonly FullPath[]>();
  readonly #kept: Known['kept'];

  constructor(
    tree: ModuleTree,
    module: Module,
    resolver: PathResolver,
    wanted: Wanted,
    found: Mention[],
    names: NameFilter | undefined,
    { kept, idle }: Known,
  ) {
    this.#tree = tree;
    this.#kept = kept;
    const key = module.path.join('::');
    this.#idle = idle.get(key) ?? new Set();
    idle.set(key, this.#idle);
    this.#names = names;
    this.#module = module;
    this.#tokens = module.tokens;
    this.#selves = new SelfTypes(module.tokens);
    this.#resolver = resolver;
    this.#wanted = wanted;
    this.#found = found;
  }

  opaque(): readonly Unfollowed[] {
    const { file } = this.#module;
    const at = this.#crateWord ? [...this.#spliced, ...this.#spliceable] : this.#spliced;
    const place = new Lines();
    const lines = new Set(at.map((token) => place.of(this.#tokens, token)));
    const cut = new Map([...this.#cut].map(([token, why]) => [place.of(this.#tokens, token), why]));
    const reason = 'a macro puts a path together';
    return [
      ...[...lines].map((line) => ({ file, line, reason })),
      ...[...cut].map(([line, why]) => ({ file, line, reason: why, unread: true as const })),
    ];
  }

  range(range: TokenRange): void {
    this.#selves.begin();
    this.#within(range);
  }

  #within({ from, to }: TokenRange): void {
    const tokens = this.#tokens;
    const { words, signs, kinds } = tokens;
    for (let at = from; at < to; ) {
      const name = words[at];
      if (name === 0) {
        if (signs[at] === dollar && kinds[at] === tokenKind.punct) this.#splice(at);
        at++;
      } else if (this.#isIdle(at)) {
        at++;
      } else if (name === word.use && isWord(tokens, at, 'use') && !isSign(tokens, at + 1, '<')) {
        const end = endOfUse(tokens, at, to);
        this.#use({ from: at, to: end });
        at = Math.max(end, at + 1);
      } else if (name === word.impl && isWord(tokens, at, 'impl')) {
        this.#selves.add(at, to);
        at++;
      } else {
        at = this.#path(at, to);
      }
    }
  }

  /** Whether a name there is none that is asked for, and neither begins a longer path nor an item that matters. */
  #isIdle(at: number): boolean {
    const { words, signs } = this.#tokens;
    if (this.#names === undefined || this.#names.has(this.#tokens, at)) return false;
    const name = words[at];
    if (name === word.use || name === word.impl) return false;
    // `a::b`, `<a as b>`, `<() as b>`.
    return signs[at + 1] !== colon && signs[at - 1] !== less && words[at - 1] !== word.as;
  }

  #use(content: TokenRange): void {
    const tokens = this.#tokens;
    const isHandedOn = this.#names !== undefined && isWord(tokens, content.from - 1, 'pub');
    if (isTooDeep(tokens, content))
      this.#cut.set(content.from, 'imports within each other, deeper than is read');
    for (const { path, name, at } of usesOf(tokens, { kind: 'use', content, public: false })) {
      if (path.length === 0 || (name === '_' && path.length < 2)) continue;
      const isNamedByMacro = isWord(tokens, at + 1, 'as') && isSign(tokens, at + 2, '$');
      const isWhole = name === '*' || isNamedByMacro || isHandedOn;
      for (const full of this.#known(at, this.#resolver.resolve(this.#module.path, path))) {
        const meant = name === '*' || (isWhole && full.length === 1) ? [...full, '*'] : full;
        if (this.#wanted.path(meant)) this.#push(at, at + 1, meant, !isWhole);
      }
    }
  }

  /** Reads the path that begins there; gives the token to go on with. */
  #path(at: number, to: number): number {
    const tokens = this.#tokens;
    const isAlone = standsAlone(tokens, at);
    if (isAlone && this.#idle.has(nameOf(tokens, at) ?? '')) return at + 1;
    const leading = isSigns(tokens, at - 2, '::') && !followsPath(tokens, at - 2);
    // A field, a method, a macro's argument, or what follows generics that were read with their path.
    if (!leading && (isMember(tokens, at) || isSigns(tokens, at - 2, '::') || isArgument(tokens, at)))
      return at + 1;
    const plain = this.#plainEnd(at, to);
    if (plain !== undefined) return plain;
    if (this.#isWord(at)) return at + 1;
    const path = readPath(tokens, at, to);
    const names = leading ? ['', ...path.names] : path.names;
    if (path.spliced && !this.#tree.isExpanded(tokens, at) && this.#leadsOut(names, path.pasted))
      this.#spliced.push(at);
    if (path.generics !== undefined || isSign(tokens, path.next, '<')) this.#generics(at, path, to);
    const found = this.#found.length;
    this.#meant(at, path.next, [...names, ...qualified(tokens, at, path.next, to)]);
    const [only] = names;
    if (
      isAlone &&
      only !== undefined &&
      this.#found.length === found &&
      !this.#cut.has(at) &&
      !crateWords.has(only)
    )
      this.#idle.add(only);
    if (path.generics === 'ended') this.#arguments(at, path.next);
    this.#quoting(path.names, path.next);
    if (names.length === 1 && this.#isCrate(names[0] ?? '') && !isWord(tokens, at - 1, 'crate'))
      this.#crateWord = true;
    return path.next;
  }

  /** Whether a word of Rust stands there that begins no path; in 2015 something may be called `dyn`. */
  #isWord(at: number): boolean {
    const tokens = this.#tokens;
    const name = nameOf(tokens, at) ?? '';
    if (!pathless.has(name) || tokens.kinds[at] !== tokenKind.ident) return false;
    const isName = name === 'dyn' && isSigns(tokens, at + 1, '::');
    return !isName || this.#resolver.name(this.#module.path, name).paths.length === 0;
  }

  /** Types that a path is given on its way: `Async::<std::net::TcpStream>::connect`. */
  #arguments(from: number, to: number): void {
    const tokens = this.#tokens;
    for (let at = from; at < to; at++) {
      if (!isSign(tokens, at, '<')) continue;
      const end = afterAngles(tokens, at, to);
      this.#within({ from: at + 1, to: end - 1 });
      at = end - 1;
    }
  }

  #isCrate(name: string): boolean {
    return crateWords.has(name) && this.#resolver.isCrate(name);
  }

  /** Whether a path that a macro goes on with leads into the standard library or into another crate. */
  #leadsOut(names: readonly string[], pasted: boolean): boolean {
    if (pasted || crateWords.has(names[0] ?? '')) return true;
    const { paths } = this.#resolver.resolve(this.#module.path, names);
    return paths.some(([root = '']) => root === 'std' || root === 'libc');
  }

  /** What stands between angles in a path, which is passed over with it; of an alias for what it is given, the path itself. */
  #generics(at: number, { names, next, generics }: WrittenPath, to: number): void {
    const name = names.find((one) => this.#resolver.isIdentity(one));
    if (name !== undefined && this.#givesOut(at, to))
      this.#cut.set(at, 'an alias stands for the type that it is given');
    else if (generics === 'endless' && next < to && this.#leadsOut(names, false))
      this.#cut.set(at, 'a list of types is longer than is read');
  }

  /** Whether any of the types that an alias is given is one of the standard library's, or of libc. */
  #givesOut(at: number, to: number): boolean {
    const tokens = this.#tokens;
    let open = at + 1;
    while (open < to && !isSign(tokens, open, '<')) open++;
    const end = afterAngles(tokens, open, to);
    for (let inner = open + 1; inner < end; inner++) {
      if (nameOf(tokens, inner) === undefined || isSigns(tokens, inner - 2, '::')) continue;
      if (this.#leadsOut(readPath(tokens, inner, end).names, false)) return true;
    }
    return false;
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
    // `<X as T>::Out::new`.
    if (isSign(tokens, at - 1, '<') && isWord(tokens, end + 1, 'as')) return undefined;
    if (isWord(tokens, at - 1, 'as') && (isSign(tokens, end + 1, '>') || isSign(tokens, end + 1, '<')))
      return undefined;
    return end + 1;
  }

  #meant(at: number, next: number, names: readonly string[]): void {
    const [first = '', ...rest] = names;
    const { path: here } = this.#module;
    let meanings: readonly FullPath[];
    const self = first === 'Self' && rest.length > 0 ? this.#selves.at(at) : undefined;
    if (self !== undefined) {
      meanings = this.#known(at, this.#resolver.resolve(here, [...self, ...rest]));
    } else if (names.length === 1) {
      meanings = this.#known(at, this.#resolver.name(here, first));
      const isMacro = isMacroCall(this.#tokens, next);
      const isOwn = isMacro && this.#resolver.hasMacro(first);
      if (meanings.length === 0 && !isOwn && (isMacro || isSign(this.#tokens, next, '('))) {
        const called = this.#called(first);
        meanings = isMacro ? [['std', first], ...called] : called;
      }
    } else {
      meanings = this.#known(at, this.#resolver.resolve(here, names));
    }
    for (const path of this.#wantedOf(meanings)) this.#push(at, next, path, false);
  }

  /** What a name that is called may be by the globs of other crates, as far as it is wanted. */
  #called(name: string): readonly FullPath[] {
    if (name === 'drop') return [];
    let known = this.#brought.get(name);
    if (known === undefined) {
      this.#foreign ??= this.#resolver
        .foreign(this.#module.path)
        .filter(([root = '']) => this.#wanted.root(root));
      known = this.#foreign.map((path) => [...path, name]).filter((path) => this.#wanted.path(path));
      this.#brought.set(name, known);
    }
    return known;
  }

  /** A name that stands for much is asked for often, and the resolver gives the same list each time. */
  #wantedOf(meanings: readonly FullPath[]): readonly FullPath[] {
    if (meanings.length === 0) return meanings;
    let kept = this.#kept.get(meanings);
    if (kept === undefined) {
      kept = meanings.filter((path) => this.#wanted.path(path));
      this.#kept.set(meanings, kept);
    }
    return kept;
  }

  #known(at: number, { paths, cut }: Meant): readonly FullPath[] {
    if (cut) this.#cut.set(at, 'a name stands for more than is followed');
    return paths;
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

  /** `$a::$b`, `$($a)::*`, but not `$crate::…` nor `$enum::Variant`. */
  #splice(at: number): void {
    const tokens = this.#tokens;
    if (isWord(tokens, at + 1, 'crate') || this.#tree.isExpanded(tokens, at)) return;
    const end = isSign(tokens, at + 1, '(') ? after(tokens, at + 1) : at + 2;
    if (end === at + 2 && nameOf(tokens, at + 1) === undefined) return;
    if (isSigns(tokens, end, '::') && (isSign(tokens, end + 2, '$') || end > at + 2))
      this.#spliceable.push(at);
  }
}

const [dollar, colon, less] = [36, 58, 60] as const;
const crateWords: ReadonlySet<string> = new Set(['std', 'core', 'alloc', 'libc']);
