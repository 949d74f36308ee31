import { type Module, type ModuleTree, moduleTree, rangesOf, type Unfollowed } from '../module-tree.ts';
import { NameFilter } from '../name-filter.ts';
import { type Mention, mentionsOf, quoting } from '../paths.ts';
import { type CrateNames, PathResolver } from '../resolve.ts';
import {
  isSign,
  isSigns,
  isWord,
  Lines,
  nameOf,
  placeOf,
  type TokenRange,
  type Tokens,
  tokenKind,
} from '../tokens.ts';
import { actOf, isHelper, isRoot } from './acts.ts';
import { receiverFrom } from './bindings.ts';
import { argumentOf, argumentsAt, chainAfter, textsIn } from './call.ts';
import type { Capability, CapabilityKind, Confidence } from './capability.ts';
import { builtDirectives, textMakers } from './directives.ts';
import { codeTexts, hasCodeText, hasTexts, included, mayMakeCode } from './embedded.ts';
import { type Claim, type Ground, readsFrom, writesTo } from './files.ts';
import { commandClaims, givenClaims, nativeClaims, syscallClaims } from './given.ts';
import {
  isAsked,
  isCalled,
  isDecoding,
  isEmptyAssembly,
  isFunctionMade,
  isGoneOnFrom,
  isHandedOn,
  isModule,
  numberMade,
} from './mention.ts';
import { OriginFinder } from './origins/finder.ts';
import type { Origins } from './origins/walk.ts';
import { isParser } from './parsers.ts';
import { runClaims, takesNoFlags } from './runs.ts';
import { type Code, type Role, scan } from './scan.ts';
import { type Given, givenByPath, givenTo, toolMethods } from './tool-methods.ts';
import { readClaims, setClaims, variablesIn } from './variables.ts';

/** What the code of a crate, or of a build script, can do. */
export interface Found {
  /** In the order of files and lines; one of a kind and name for each line. */
  readonly capabilities: readonly Capability[];
  /** What nobody can read: it is never taken for harmless. */
  readonly opaque: readonly Unfollowed[];
  /** Other crates that it calls and that are not known here, by their names in code. */
  readonly helpers: readonly string[];
}

/**
 * Finds what code can do: by the paths that its tokens name, the methods that are called on what those make, its texts and a
 * few words of the language. It reads tokens and no expressions, so that what stands in a macro call is seen as well.
 */
export function capabilitiesOf(
  tree: ModuleTree,
  role: Role,
  crates: CrateNames = new Map(),
  names?: NameFilter,
): Found {
  const tokens = new Set(tree.modules.map((module) => module.tokens));
  const count = [...tokens].reduce((sum, one) => sum + one.count, 0);
  if (count > maxTokens[role]) {
    const [root] = tree.modules;
    const reason = `too complex: ${count} tokens`;
    const opaque = [...tree.unfollowed, { file: root?.file ?? '', line: 1, reason, unread: true as const }];
    return { capabilities: [], opaque, helpers: [] };
  }
  return new Finder(tree, role, crates).run(names);
}

/** More than any real code of its kind has, several times over; it bounds what a review may cost. */
const maxTokens: Readonly<Record<Role, number>> = {
  'build-script': 2_000_000,
  'proc-macro': 4_000_000,
  library: 16_000_000,
};

class Finder {
  readonly #tree: ModuleTree;
  readonly #role: Role;
  readonly #crates: CrateNames;
  readonly #others: ReadonlySet<string>;
  readonly #found = new Map<string, Capability>();
  readonly #helpers = new Set<string>();
  readonly #opaque: Unfollowed[] = [];
  readonly #lines = new Lines();
  readonly #texts = new Map<Tokens, readonly string[]>();
  /** Crates that it may call, as far as their methods are known. */
  readonly #uses: Set<string>;
  /** Texts of which a macro makes names. */
  readonly #names = new Set<string>();
  /** Whether it has the texts that such names are made of at all, once that was asked. */
  #hasNames: boolean | undefined;
  /** Texts that were read as Rust. */
  readonly #read: Set<string>;
  /** Whether a text of it looks like code, once that was asked. */
  #hasCode: boolean | undefined;
  /** Whether its texts may be code, by themselves or together, once that was asked. */
  #maySay: boolean | undefined;
  #origins: OriginFinder | undefined;
  readonly #resolver: PathResolver;
  #ground: Ground;

  constructor(tree: ModuleTree, role: Role, crates: CrateNames, read = new Set<string>()) {
    this.#uses = new Set(crates.values());
    this.#read = read;
    this.#tree = tree;
    this.#role = role;
    this.#crates = crates;
    this.#resolver = new PathResolver(tree, crates);
    this.#others = new Set(crates.values());
    this.#ground = { role, moved: [] };
  }

  run(names: NameFilter | undefined): Found {
    const wanted = {
      path: (path: readonly string[]) => path[0] !== 'crate' && this.#isWanted(path),
      root: (name: string) => isRoot(name) || this.#others.has(name),
    };
    const mentions = mentionsOf(this.#tree, this.#resolver, wanted, names);
    const called = mentions.found.filter(({ imported }) => !imported);
    for (const { path } of mentions.found) this.#uses.add(path[0] ?? '');
    // A trait that is brought in is called by its methods, and macros by their names alone.
    for (const { path, quoted } of mentions.found)
      if (!quoted && this.#isHelper(path)) this.#helpers.add(path[0] ?? '');
    for (const item of this.#tree.modules.flatMap(({ items }) => items)) {
      const crate = this.#crates.get(item.name ?? '') ?? '';
      if (item.kind === 'extern-crate' && this.#isHelper([crate, '*'])) this.#helpers.add(crate);
    }
    this.#ground = {
      role: this.#role,
      moved: called.slice(0, maxMentions).flatMap((one) => this.#moved(one)),
    };
    for (const mention of called.slice(0, maxMentions)) this.#mention(mention);
    const quotes = ![...quoting].some((name) => this.#resolver.hasMacro(name));
    for (const module of this.#tree.modules) {
      for (const range of rangesOf(this.#tree, module)) {
        this.#given(module, range);
        scan({ module, range, role: this.#role, quotes }, (at, kind, confidence, name) =>
          kind === 'writes' ? this.#writtenTo(module, at) : this.#add(module, at, kind, confidence, name),
        );
      }
    }
    return {
      capabilities: [...this.#found.values()].sort(byPlace),
      opaque: [...this.#tree.unfollowed, ...mentions.opaque, ...this.#opaque, ...tooMany(called)],
      helpers: [...this.#helpers].sort(),
    };
  }

  #isWanted(path: readonly string[]): boolean {
    if (this.#isHelper(path)) return true;
    return (actOf(path, true) ?? actOf(path, false)) !== undefined;
  }

  /** Whether a path leads into a dependency that no table here knows. */
  #isHelper(path: readonly string[]): boolean {
    const [root = ''] = path;
    return this.#role !== 'library' && path.length > 1 && this.#others.has(root) && isHelper(root);
  }

  #add(
    code: Code,
    at: number,
    kind: CapabilityKind,
    confidence: Confidence,
    name?: string,
    emitted = false,
  ): void {
    const line = this.#lines.of(code.tokens, at);
    const key = JSON.stringify([kind, name, code.file, line, emitted]);
    if (this.#found.has(key)) return;
    this.#found.set(key, {
      kind,
      ...(name === undefined ? {} : { name }),
      file: code.file,
      line,
      code: lineAt(code.tokens, at),
      confidence,
      ...(emitted ? { emitted: true as const } : {}),
    });
  }

  #mention(mention: Mention): void {
    const { module, at, next, quoted } = mention;
    const { tokens } = module;
    const act = actOf(mention.path, isSign(tokens, next, '!'));
    if (act === undefined) return;
    const open = argumentsAt(tokens, next);
    const add = (kind: CapabilityKind, confidence: Confidence, name?: string) =>
      this.#add(module, at, kind, confidence, name, quoted);
    const first = open === undefined ? undefined : argumentOf(tokens, open, 0);
    switch (act.act) {
      case 'is':
        if (act.kind === 'assembly' && open !== undefined && isEmptyAssembly(tokens, open)) break;
        if (act.kind === 'decodes' && !isDecoding(mention)) break;
        if (isModule(mention) && !isHandedOn(tokens, at) && !isGoneOnFrom(mention)) break;
        if (act.name !== undefined && open === undefined && /^\p{Lu}/u.test(mention.path.at(-1) ?? '')) break;
        add(act.kind, isCalled(mention, open) ? 'certain' : 'likely', act.name);
        break;
      case 'tool':
        if (isAsked(mention, act.kind)) this.#tool(mention, open, act.kind, act.name);
        this.#givenByPath(mention, open);
        break;
      case 'program':
        this.#program(mention, open);
        break;
      case 'variable':
        for (const claim of readClaims(this.#variables(tokens, first))) add(...claim);
        break;
      case 'set-variable': {
        const names = this.#variables(tokens, first);
        const isRemoved = /^remove|^unset|^clear/.test(mention.path.at(-1) ?? '');
        if (open !== undefined && !isRemoved) this.#gives(module, at, open, 'variable', 0);
        for (const claim of setClaims(names, isRemoved)) add(...claim);
        break;
      }
      case 'write':
      case 'read': {
        const path = open === undefined ? undefined : argumentOf(tokens, open, act.argument);
        if (path === undefined && open === undefined && act.act === 'read') break;
        const origins = path === undefined ? undefined : this.#origin().of(tokens, path);
        for (const claim of this.#files(act.act, origins)) add(...claim);
        break;
      }
      case 'open':
        this.#opened(mention, open);
        break;
      case 'transmute':
        if (isFunctionMade(tokens, at) && !this.#makesNumber(module, next)) add('data-as-code', 'likely');
        break;
      case 'include-code':
        if (isWord(tokens, at, 'include')) break;
        this.#opaque.push({
          file: module.file,
          line: this.#lines.of(tokens, at),
          reason: 'a file is included by another name of `include!`',
        });
        break;
      case 'include':
        for (const claim of included(() => this.#origin(), module, first, act.text)) add(...claim);
        break;
      case 'native-file':
      case 'map':
        for (const claim of nativeClaims(mention, open, act.act, this.#origin(), (how, at) =>
          this.#files(how, at),
        ))
          add(...claim);
        break;
      case 'syscall':
        for (const claim of syscallClaims(tokens, first)) add(...claim);
        break;
      case 'parse':
        if (first !== undefined) this.#parsed(module, at, first);
        break;
      case 'move':
        break;
    }
  }

  /** Whether `transmute` says that a number is made, and the module has no type of such a name. */
  #makesNumber({ tokens, path }: Module, next: number): boolean {
    const number = numberMade(tokens, next);
    return number !== undefined && this.#resolver.name(path, number).paths.length === 0;
  }

  /** Whether a text may be read as Rust here, which others parse numbers from: one that looks like code has to stand there. */
  #makesCode(): boolean {
    if (this.#role === 'build-script') return false;
    if (this.#role === 'proc-macro') return true;
    if (this.#role === 'library' && !['proc_macro2', 'quote', 'syn'].some((crate) => this.#uses.has(crate)))
      return false;
    this.#hasCode ??= [...new Set(this.#tree.modules.map(({ tokens }) => tokens))].some(hasCodeText);
    return this.#hasCode;
  }

  /** A text that is read as Rust: what it does is done by whoever it is given to. */
  #parsed(module: Module, at: number, range: TokenRange): void {
    if (!this.#makesCode()) return;
    this.#maySay ??= mayMakeCode(this.#tree);
    const { texts, hidden } = codeTexts(this.#origin(), module, range, this.#tree.files, this.#maySay);
    if (hidden && this.#role === 'proc-macro') this.#add(module, at, 'built-name', 'likely', undefined, true);
    for (const text of texts) {
      if (this.#read.has(text) || this.#read.size >= maxParsed) continue;
      this.#read.add(text);
      const source = { [madeFile]: `fn made() { ${text} }` };
      const tree = moduleTree(
        madeFile,
        (path) => source[path as keyof typeof source],
        () => undefined,
      );
      const found = new Finder({ ...tree, unfollowed: [] }, this.#role, this.#crates, this.#read).run(
        undefined,
      );
      for (const { kind, confidence, name } of found.capabilities)
        if (confidence !== 'possible') this.#add(module, at, kind, confidence, name, true);
    }
  }

  /** What tools are given by methods: programs that they run, flags, variables, folders; and texts that are put together. */
  #given(module: Module, range: TokenRange): void {
    const { tokens } = module;
    for (let at = range.from; at < range.to; at++) {
      if (!givenNames.has(tokens, at)) continue;
      if (this.#role === 'proc-macro' && isSigns(tokens, at + 1, '::') && isWord(tokens, at, 'Ident'))
        this.#named(module, at);
      // `std::#name`, in what a macro writes: any module of it.
      if (isWord(tokens, at, 'std') && isSigns(tokens, at + 1, '::') && isSign(tokens, at + 3, '#'))
        this.#add(module, at, 'built-name', 'likely', 'std::#', true);
      if (isSign(tokens, at + 1, '!')) {
        if (this.#role !== 'build-script' || !makers.has(tokens, at)) continue;
        const name = nameOf(tokens, at) ?? '';
        if (tokens.kinds[at + 2] !== tokenKind.open) continue;
        for (const said of builtDirectives(tokens, name, at + 2, this.#origin()))
          this.#add(module, at, said.kind, said.confidence, said.name);
      } else if (isSign(tokens, at - 1, '.') && methods.has(tokens, at)) this.#method(module, at);
    }
  }

  /** `Ident::new("process", span)`: names that a macro makes of texts, of which paths can be made that stand nowhere. */
  #named(module: Module, at: number): void {
    const { tokens } = module;
    const name = nameOf(tokens, at + 3);
    const open = argumentsAt(tokens, at + 4);
    const first = open === undefined ? undefined : argumentOf(tokens, open, 0);
    if (first === undefined || !/^new(?:_raw)?$/.test(name ?? '')) return;
    this.#hasNames ??= hasTexts(this.#tree, [pathParts, pathRoots]);
    if (!this.#hasNames) return;
    const texts = this.#origin().of(tokens, first).texts;
    for (const text of texts) this.#names.add(text);
    const found = pathParts.find((one) => this.#names.has(one));
    const isPath = pathRoots.some((one) => this.#names.has(one));
    if (found !== undefined && isPath) this.#add(module, at, 'built-name', 'likely', `std::${found}`, true);
  }

  #method(module: Module, at: number): void {
    const { tokens } = module;
    const name = nameOf(tokens, at) ?? '';
    const [open] = [argumentsAt(tokens, at + 1)];
    if (open === undefined) return;
    if (name === 'parse') {
      if (!this.#makesCode()) return;
      const receiver = { from: receiverFrom(tokens, at - 1), to: at - 1 };
      const isText = !isParser(module, receiver, this.#origin(), this.#resolver);
      if (isText) this.#parsed(module, at, receiver);
      return;
    }
    if (name === 'read_dir') {
      const origins = this.#origin().of(tokens, { from: receiverFrom(tokens, at - 1), to: at - 1 });
      for (const claim of this.#files('read', origins)) this.#add(module, at, ...claim);
      return;
    }
    if (name === 'to_command') {
      if (this.#role === 'library') return;
      const { compiler, unknown, said } = this.#origin().of(tokens, {
        from: receiverFrom(tokens, at - 1),
        to: at - 1,
      });
      this.#add(
        module,
        at,
        'process',
        'likely',
        compiler && !unknown && !said ? 'the C compiler' : undefined,
      );
      return;
    }
    if (name === 'make_exec' || name === 'map_exec') {
      if (['memmap2', 'memmap', 'mmap_rs'].some((crate) => this.#uses.has(crate)))
        this.#add(module, at, 'data-as-code', 'likely');
      return;
    }
    const given = givenTo(name, this.#uses);
    if (given === 'flags' && /^args?$/.test(name)) {
      const receiver = { from: receiverFrom(tokens, at - 1), to: at - 1 };
      if (takesNoFlags(this.#origin().of(tokens, receiver))) return;
    }
    if (given !== undefined) this.#gives(module, at, open, given, 0);
  }

  #gives(module: Module, at: number, open: number, given: Given, skipped: number): void {
    const { tokens } = module;
    const [first, second] = [argumentOf(tokens, open, skipped), argumentOf(tokens, open, skipped + 1)];
    const add = (...claim: Claim) => this.#add(module, at, ...claim);
    if (given === 'command') {
      for (const claim of commandClaims(tokens, open, this.#origin())) add(...claim);
      return;
    }
    if (first === undefined) return;
    if (given === 'folder') {
      for (const claim of this.#files('write', this.#origin().of(tokens, first))) add(...claim);
      return;
    }
    for (const claim of givenClaims(tokens, given, first, second, this.#origin())) add(...claim);
  }

  /** Where code goes with `set_current_dir`; none for other mentions. */
  #moved({ module: { tokens }, path, next }: Mention): Ground['moved'] {
    if (actOf(path, false)?.act !== 'move') return [];
    const open = argumentsAt(tokens, next);
    const to = open === undefined ? undefined : argumentOf(tokens, open, 0);
    return [to === undefined ? undefined : this.#origin().of(tokens, to)];
  }

  /** What is done with a file; in a library, where whoever calls it says which, only what it names itself. */
  #files(how: 'read' | 'write', origins: Origins | undefined): readonly Claim[] {
    const claims = how === 'write' ? writesTo(origins, this.#ground) : readsFrom(origins, this.#ground);
    if (this.#role !== 'library') return claims;
    return claims.filter(([kind, , name]) => ofLibraries.has(kind) && name !== undefined);
  }

  /** All texts of a file, for a program whose arguments are given elsewhere. */
  #textsOf(tokens: Tokens): readonly string[] {
    const known = this.#texts.get(tokens) ?? textsIn(tokens, { from: 0, to: tokens.count });
    this.#texts.set(tokens, known);
    return known;
  }

  #origin(): OriginFinder {
    this.#origins ??= new OriginFinder(this.#tree, this.#crates);
    return this.#origins;
  }

  #variables(tokens: Tokens, argument: TokenRange | undefined): readonly string[] {
    return argument === undefined ? [] : variablesIn(tokens, argument, this.#origin());
  }

  #program({ module, at, quoted }: Mention, open: number | undefined): void {
    const { tokens } = module;
    const argument = open === undefined ? undefined : argumentOf(tokens, open, 0);
    const claims: readonly Claim[] =
      open === undefined || argument === undefined
        ? [['process', 'certain']]
        : runClaims(tokens, open, argument, this.#origin(), () => this.#textsOf(tokens));
    for (const [kind, confidence, name] of claims) this.#add(module, at, kind, confidence, name, quoted);
  }

  /** A known tool, with what it is asked for by name. */
  #tool(
    { module, at, next, quoted }: Mention,
    open: number | undefined,
    kind: CapabilityKind,
    tool: string,
  ): void {
    const { tokens } = module;
    const names = new Set<string>();
    const calls =
      open === undefined ? [] : [{ method: lastName(tokens, next), open }, ...chainAfter(tokens, open)];
    const asks = calls.filter(({ method }) => asking.has(method));
    if (kind === 'native-library')
      for (const call of asks) for (const name of this.#asked(tokens, call.open)) names.add(name);
    // Of one that is only made, the library is asked for further on; one that asks for what the manifest lists names none.
    const isMade = /^(?:new|default)$/.test(lastName(tokens, next)) && tool !== 'system_deps';
    if (names.size === 0 && kind === 'native-library' && isMade && asks.length === 0) return;
    if (names.size === 0) names.add(tool);
    for (const name of names)
      this.#add(module, at, kind, open === undefined ? 'likely' : 'certain', name, quoted);
  }

  /** `cc::Build::compiler(&mut build, "sh")`, `protoc::Protoc::from_path("sh")`. */
  #givenByPath({ module, at, path }: Mention, open: number | undefined): void {
    if (open === undefined) return;
    const whole = givenByPath[path.join('::')];
    const method = path.length > 2 ? givenTo(path.at(-1) ?? '', this.#uses) : undefined;
    if (whole !== undefined) this.#gives(module, at, open, whole, 0);
    else if (method !== undefined) this.#gives(module, at, open, method, 1);
  }

  #asked(tokens: Tokens, open: number): readonly string[] {
    const argument = argumentOf(tokens, open, 0);
    return argument === undefined ? [] : this.#origin().of(tokens, argument).texts.slice(0, 16);
  }

  #opened(mention: Mention, open: number | undefined): void {
    const { module, at, quoted } = mention;
    const { tokens } = module;
    const chain = open === undefined ? [] : chainAfter(tokens, open);
    const writes = chain.some(({ method }) => writing.has(method));
    const isRead = !writes && chain.some(({ method }) => method === 'read');
    const last = chain.findLast(({ method }) => method === 'open' || method === 'create');
    const path = last === undefined ? undefined : argumentOf(tokens, last.open, 0);
    const origins = path === undefined ? undefined : this.#origin().of(tokens, path);
    const add = (kind: CapabilityKind, confidence: Confidence, name?: string) =>
      this.#add(module, at, kind, confidence, name, quoted);
    for (const claim of this.#files(isRead ? 'read' : 'write', origins)) add(...claim);
  }

  /** `bindings.write_to_file(path)`: the name of the method is all that is known of it. */
  #writtenTo(module: Module, at: number): void {
    const { tokens } = module;
    const path = argumentOf(tokens, at + 1, 0);
    const origins = path === undefined ? undefined : this.#origin().of(tokens, path);
    for (const [kind, confidence, name] of this.#files('write', origins))
      this.#add(module, at, kind, confidence === 'certain' ? 'likely' : confidence, name);
  }
}

/** What of a library's use of files is asked about. */
const ofLibraries: ReadonlySet<CapabilityKind> = new Set([
  'writes',
  'reads-secret-file',
  'reads-all-variables',
]);
const methodNames = [...toolMethods, 'parse', 'read_dir', 'make_exec', 'map_exec', 'to_command'];
const methods = new NameFilter(new Set(methodNames));
const makers = new NameFilter(new Set(textMakers.keys()));
/** Names at which anything of that is looked for. */
const givenNames = new NameFilter(new Set([...methodNames, ...textMakers.keys(), 'Ident', 'std']));
/** Of a path that a macro makes of names, what gives power, and what says that it is one of the standard library's. */
const pathParts = ['process', 'net', 'fs', 'env'];
const pathRoots = ['std', 'core', 'Command'];

/** The file of a text that is read as Rust, and how many such texts are read of a crate. */
const madeFile = 'made.rs';
const maxParsed = 64;

const writing: ReadonlySet<string> = new Set([
  'write',
  'append',
  'create',
  'create_new',
  'truncate',
  'recursive',
]);
const asking: ReadonlySet<string> = new Set([
  'probe',
  'probe_library',
  'probe_package',
  'find_library',
  'find_package',
  'find',
  'get_variable',
  'lib_name',
  'target_supported',
]);
/** Places that are looked into one by one; the rest is said to be unread. */
const maxMentions = 5000;
const maxLine = 200;

function tooMany(called: readonly Mention[]): readonly Unfollowed[] {
  const next = called[maxMentions];
  if (next === undefined) return [];
  const { line } = placeOf(next.module.tokens, next.at);
  const reason = `too complex: ${called.length} places to look into`;
  return [{ file: next.module.file, line, reason, unread: true }];
}

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

function lastName(tokens: Tokens, next: number): string {
  return nameOf(tokens, next - 1) ?? '';
}
