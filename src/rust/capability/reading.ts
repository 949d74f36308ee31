import type { ModuleTree, Unfollowed } from '../module.ts';
import { type CrateNames, PathResolver } from '../resolve.ts';
import { Lines, type TokenRange, type Tokens } from '../tokens.ts';
import { isHelper } from './acts.ts';
import { argumentOf } from './call.ts';
import type { Capability, CapabilityKind, Confidence } from './capability.ts';
import { Elsewhere } from './elsewhere.ts';
import { type Claim, type Ground, readsFrom, writesTo } from './files.ts';
import { commandClaims, givenClaims } from './given.ts';
import { OriginFinder } from './origins/finder.ts';
import type { Origins } from './origins/walk.ts';
import type { Role } from './role.ts';
import type { Code } from './scan.ts';
import type { Given } from './tool-methods.ts';

/** A place that a claim is made of, and whether it stands in what a macro writes. */
export interface Place {
  readonly module: Code;
  readonly at: number;
  readonly emitted?: boolean;
}

/** What all that looks for capabilities in a crate shares: the code, where its values come from, and what was found by now. */
export class Reading {
  readonly tree: ModuleTree;
  readonly role: Role;
  readonly crates: CrateNames;
  readonly resolver: PathResolver;
  /** Crates that it may call, as far as their methods are known. */
  readonly uses: Set<string>;
  /** Where it runs: where its relative paths begin, and where OUT_DIR and its links lead. */
  ground: Ground;
  readonly #others: ReadonlySet<string>;
  readonly #found = new Map<string, Capability>();
  readonly #opaque: Unfollowed[] = [];
  readonly #lines = new Lines();
  readonly #elsewhere = new Map<Tokens, Elsewhere>();
  #origins: OriginFinder | undefined;

  constructor(tree: ModuleTree, role: Role, crates: CrateNames) {
    this.tree = tree;
    this.role = role;
    this.crates = crates;
    this.resolver = new PathResolver(tree, crates);
    this.uses = new Set(crates.values());
    this.#others = new Set(crates.values());
    this.ground = { role, moved: [], outDirs: [], links: new Map() };
  }

  /** In the order of files and lines. */
  get capabilities(): readonly Capability[] {
    return [...this.#found.values()].sort(byPlace);
  }

  /** What could not be read. */
  get opaque(): readonly Unfollowed[] {
    return this.#opaque;
  }

  /** Where values come from; made only where that is asked. */
  get origins(): OriginFinder {
    this.#origins ??= new OriginFinder(this.tree, this.crates);
    return this.#origins;
  }

  /** Whether there was more to look at than is looked at, so that where values come from is not known of all. */
  get isSpent(): boolean {
    return this.#origins?.isSpent === true;
  }

  /** Whether a name is that of another crate. */
  isOther(name: string): boolean {
    return this.#others.has(name);
  }

  /** Whether a path leads into a dependency that no table here knows. */
  isHelper(path: readonly string[]): boolean {
    const [root = ''] = path;
    return this.role !== 'library' && path.length > 1 && this.#others.has(root) && isHelper(root);
  }

  /** One of a kind and name for each line. */
  add(
    { module, at, emitted = false }: Place,
    kind: CapabilityKind,
    confidence: Confidence,
    name?: string,
  ): void {
    const line = this.#lines.of(module.tokens, at);
    const key = JSON.stringify([kind, name, module.file, line, emitted]);
    if (this.#found.has(key)) return;
    this.#found.set(key, {
      kind,
      ...(name === undefined ? {} : { name }),
      file: module.file,
      line,
      code: lineAt(module.tokens, at),
      confidence,
      ...(emitted ? { emitted: true as const } : {}),
    });
  }

  addAll(place: Place, claims: readonly Claim[]): void {
    for (const claim of claims) this.add(place, ...claim);
  }

  cannotRead({ module, at }: Place, reason: string): void {
    this.#opaque.push({ file: module.file, line: this.#lines.of(module.tokens, at), reason });
  }

  /** The same of what nobody read at all. */
  isUnread({ module, at }: Place, reason: string): void {
    this.#opaque.push({ file: module.file, line: this.#lines.of(module.tokens, at), reason, unread: true });
  }

  /** What is done with a file; in a library, where whoever calls it says which, only what it names itself. */
  files(how: 'read' | 'write', origins: Origins | undefined): readonly Claim[] {
    const claims = how === 'write' ? writesTo(origins, this.ground) : readsFrom(origins, this.ground);
    if (this.role !== 'library') return claims;
    return claims.filter(([kind, , name]) => ofLibraries.has(kind) && name !== undefined);
  }

  /** What is made somewhere for a while; in a library, whose caller mostly says where, only at a place that it names itself. */
  temporary(origins: Origins | undefined): readonly Claim[] {
    const claims = this.files('write', origins);
    return this.role === 'library'
      ? claims.filter(([, , name = '']) => /^(?:[/~$]|home$|[A-Z_]+$)/.test(name))
      : claims;
  }

  /** What a tool does with what it is given by a call whose arguments are behind `open`, the first ones left out. */
  given(tokens: Tokens, open: number, given: Given, skipped = 0): readonly Claim[] {
    if (given === 'command') return commandClaims(tokens, open, this.origins);
    const [first, second] = [argumentOf(tokens, open, skipped), argumentOf(tokens, open, skipped + 1)];
    if (first === undefined) return [];
    if (given === 'folder') return this.files('write', this.origins.of(tokens, first));
    if (given === 'for-a-while') return this.temporary(this.origins.of(tokens, first));
    return givenClaims(tokens, given, first, second, this.origins);
  }

  /** Where an argument comes from; `undefined` where there is none. */
  originOf(tokens: Tokens, argument: TokenRange | undefined): Origins | undefined {
    return argument === undefined ? undefined : this.origins.of(tokens, argument);
  }

  /** What a file gives, for a program whose arguments are given elsewhere in it. */
  elsewhere(tokens: Tokens): Elsewhere {
    const known = this.#elsewhere.get(tokens) ?? new Elsewhere(tokens);
    this.#elsewhere.set(tokens, known);
    return known;
  }
}

/** What of a library's use of files is asked about. */
const ofLibraries: ReadonlySet<CapabilityKind> = new Set([
  'writes',
  'reads-secret-file',
  'reads-all-variables',
]);

const maxLine = 200;

function byPlace(a: Capability, b: Capability): number {
  return a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1;
}

/** The line that a token stands in. */
function lineAt({ source, starts }: Tokens, at: number): string {
  const start = starts[at] ?? 0;
  const from = source.lastIndexOf('\n', start) + 1;
  const end = source.indexOf('\n', start);
  const line = source.slice(
    Math.max(from, start - maxLine),
    Math.min(end === -1 ? source.length : end, start + maxLine),
  );
  return line.trim().slice(0, maxLine);
}
