import { type Relevant, relevantIn } from './capability/trigger.ts';
import { soughtIn } from './capability/words.ts';
import { codeTree } from './code-tree.ts';
import type { Lexed } from './lexer.ts';
import type { Module, ModuleTree } from './module-tree.ts';
import type { NameFilter } from './name-filter.ts';
import type { PackageSource } from './package-source.ts';
import type { CrateNames } from './resolve.ts';
import { type Skim, skim } from './skim/skim.ts';
import type { TokenRange, Tokens } from './tokens.ts';

/** The modules of a library as far as anything may come of them. */
export interface LibraryTree {
  /** All that was read: those files that hold no name that matters and lead nowhere were passed over, but where `whole`. */
  readonly tree: ModuleTree;
  readonly relevant: Relevant;
}

/** Times that a tree is read anew for files that turned out to be wanted, before all of it is read. */
const maxRounds = 4;

/** Which files are read: those with a name where it counts, those with a name anywhere, or all. */
export type Depth = 'counting' | 'naming' | 'all';

/** Reads a library, at `root`. */
export function libraryTree(
  source: PackageSource,
  root: string,
  crates: CrateNames,
  glances: Glances,
  depth: Depth,
): LibraryTree {
  const wanted = new Set<string>();
  for (let round = 0; ; round++) {
    const passed = (file: string) => (wanted.has(file) ? undefined : glances.passed(file, depth));
    const skimmed = { passed, lexed: glances.lexed };
    const open = codeTree(
      source,
      root,
      'library',
      depth === 'all' || round > maxRounds ? undefined : skimmed,
    );
    const matters = (module: Module) => glances.matters(module, depth);
    const written = relevantIn(open.tree, crates, matters, depth !== 'counting');
    if (take(wanted, written.missed)) continue;
    const tree = open.expand((tokens, range) => hasName(tokens, range, written.names));
    if (take(wanted, tree.calling)) continue;
    const isSame = tree.modules.length === open.tree.modules.length;
    const relevant = isSame ? written : relevantIn(tree, crates, matters, depth !== 'counting');
    if (!take(wanted, relevant.missed)) return { tree, relevant };
  }
}

function take(wanted: Set<string>, files: readonly string[]): boolean {
  for (const file of files) wanted.add(file);
  return files.length > 0;
}

function hasName(tokens: Tokens, { from, to }: TokenRange, names: NameFilter): boolean {
  for (let at = from; at < to; at++) if (names.has(tokens, at)) return true;
  return false;
}

/** What the bytes of a library's files show; each is looked at once. */
export class Glances {
  readonly #source: PackageSource;
  readonly #sought: ReturnType<typeof soughtIn>;
  /** What was read as tokens. */
  readonly lexed = new Map<string, Lexed>();
  readonly #known = new Map<string, Skim | undefined>();
  readonly #made = new WeakMap<Tokens, Skim | undefined>();

  constructor(source: PackageSource, crates: CrateNames) {
    this.#source = source;
    this.#sought = soughtIn(crates);
  }

  /** What a file shows that may be passed over. */
  passed(file: string, depth: Depth): Skim | undefined {
    const found = this.#of(file);
    if (found === undefined || found.leads || isMeant(found, depth)) return undefined;
    return found;
  }

  /** Whether anything that matters stands in the file of a module, or in what a macro made; `undefined` of what is for the lexer. */
  matters({ file, tokens, made }: Module, depth: Depth): boolean | undefined {
    const found = made === true ? this.#ofMade(tokens) : this.#of(file);
    return found === undefined ? undefined : isMeant(found, depth);
  }

  #ofMade(tokens: Tokens): Skim | undefined {
    if (this.#made.has(tokens)) return this.#made.get(tokens);
    const found = skim(Buffer.from(tokens.source), this.#sought);
    this.#made.set(tokens, found);
    return found;
  }

  #of(file: string): Skim | undefined {
    if (this.#known.has(file)) return this.#known.get(file);
    const bytes = this.#source.all?.bytes(file) ?? textBytes(this.#source.files(file));
    const found = bytes === undefined ? undefined : skim(bytes, this.#sought);
    this.#known.set(file, found);
    return found;
  }
}

function isMeant({ matters, named }: Skim, depth: Depth): boolean {
  return depth === 'counting' ? matters : named;
}

function textBytes(text: string | undefined): Uint8Array | undefined {
  return text === undefined ? undefined : Buffer.from(text);
}
