import type { Module } from '../module.ts';
import { NameFilter } from '../name-filter.ts';
import {
  after,
  isSign,
  isSigns,
  isWord,
  nameOf,
  type TokenRange,
  type Tokens,
  tokenKind,
} from '../tokens.ts';
import { leadsToAct } from './acts.ts';
import { argumentOf, argumentsAt } from './call.ts';
import type { CodeTexts } from './code-texts.ts';
import { builtDirectives, textMakers } from './directives.ts';
import { hasTexts } from './embedded.ts';
import { isParser } from './parsers.ts';
import { addBegun, addWriting, writers } from './printed.ts';
import type { Reading } from './reading.ts';
import { receiverFrom } from './receiver.ts';
import { takesNoFlags } from './runs.ts';
import { spelledBy, textIn } from './spelled.ts';
import { givenTo, toolMethods } from './tool-methods.ts';

/** What tools are given by methods: programs that they run, flags, variables, folders; and texts that are put together. */
export class Methods {
  readonly #reading: Reading;
  readonly #codeTexts: CodeTexts;
  /** Texts of which a macro makes names. */
  readonly #names = new Set<string>();
  /** Whether the crate has the texts that such names are made of at all, once that was asked. */
  #hasNames: boolean | undefined;

  #file: Tokens | undefined;
  #isGiven = false;

  constructor(reading: Reading, codeTexts: CodeTexts) {
    this.#reading = reading;
    this.#codeTexts = codeTexts;
  }

  /** Adds what is done in a stretch of a module. */
  add(module: Module, range: TokenRange): void {
    const { tokens } = module;
    if (!this.#mayGive(tokens)) return;
    const { role } = this.#reading;
    for (let at = range.from; at < range.to; at++) {
      if (!givenNames.has(tokens, at)) continue;
      if (role === 'proc-macro' && isSigns(tokens, at + 1, '::') && isWord(tokens, at, 'Ident'))
        this.#named(module, at);
      // `std::#name`, in what a macro writes: any module of it.
      if (isWord(tokens, at, 'std') && isSigns(tokens, at + 1, '::') && isSign(tokens, at + 3, '#'))
        this.#reading.add({ module, at, emitted: true }, 'built-name', 'likely', 'std::#');
      if (isWord(tokens, at, 'process') || isWord(tokens, at, 'net')) this.#filledRoot(module, at);
      if (isSign(tokens, at + 1, '!')) {
        if (role === 'build-script' && makers.has(tokens, at)) this.#directives(module, at);
        if (
          role === 'proc-macro' &&
          isWord(tokens, at, 'format_ident') &&
          tokens.kinds[at + 2] === tokenKind.open
        )
          this.#disguised(module, at, { from: at, to: after(tokens, at + 2) });
      } else if (isSign(tokens, at - 1, '.') && methods.has(tokens, at)) this.#method(module, at);
    }
  }

  /** Whether a file has any name that is looked for; its stretches come one after the other. */
  #mayGive(tokens: Tokens): boolean {
    if (this.#file !== tokens) {
      this.#file = tokens;
      this.#isGiven = givenNames.meets(tokens);
    }
    return this.#isGiven;
  }

  #directives(module: Module, at: number): void {
    const { tokens } = module;
    if (tokens.kinds[at + 2] !== tokenKind.open) return;
    for (const said of builtDirectives(tokens, nameOf(tokens, at) ?? '', at + 2, this.#reading.origins))
      this.#reading.add({ module, at }, said.kind, said.confidence, said.name);
    addBegun(this.#reading, module, at, at + 2);
  }

  /** `Ident::new("process", span)`: names that a macro makes of texts, of which paths can be made that stand nowhere. */
  #named(module: Module, at: number): void {
    const { tokens } = module;
    const { tree, origins } = this.#reading;
    const name = nameOf(tokens, at + 3);
    const open = argumentsAt(tokens, at + 4);
    const first = open === undefined ? undefined : argumentOf(tokens, open, 0);
    if (first === undefined || !/^new(?:_raw)?$/.test(name ?? '')) return;
    this.#disguised(module, at, first);
    this.#hasNames ??= hasTexts(tree, [pathParts, pathRoots]);
    if (!this.#hasNames) return;
    for (const text of origins.of(tokens, first).texts) this.#names.add(text);
    const found = pathParts.find((one) => this.#names.has(one));
    if (found !== undefined && pathRoots.some((one) => this.#names.has(one)))
      this.#reading.add({ module, at, emitted: true }, 'built-name', 'likely', `std::${found}`);
  }

  /** `#std::process::Command`, in what a macro writes: a path whose root is put in, and that goes on as the standard library's. */
  #filledRoot(module: Module, at: number): void {
    const { tokens } = module;
    if (!isSigns(tokens, at - 2, '::') || !isSign(tokens, at - 4, '#') || !isSigns(tokens, at + 1, '::'))
      return;
    if (!leadsToAct(['std', nameOf(tokens, at) ?? '', nameOf(tokens, at + 3) ?? ''])) return;
    const kind = isWord(tokens, at, 'net') ? 'network' : 'process';
    this.#reading.add({ module, at, emitted: true }, kind, 'likely');
  }

  /**
   * A name that is worked out so that it stands nowhere: `Ident::new(&"ssecorp".chars().rev()…)`,
   * `format_ident!("pro{}", "cess")`.
   */
  #disguised(module: Module, at: number, text: TokenRange): void {
    const { tokens } = module;
    const spelled = spelledBy(this.#reading.origins, tokens, text);
    const name = textIn(spelled);
    const isWritten = text.to === text.from + 1;
    if (spelled.turned > 0) this.#reading.add({ module, at, emitted: true }, 'built-name', 'likely');
    else if (!isWritten && disguised.has(name) && !hasTexts(this.#reading.tree, [[name]]))
      this.#reading.add({ module, at, emitted: true }, 'built-name', 'likely', name);
  }

  /** `text.parse::<u128>()`, where no type of the crate has that name. */
  #parsesNumber({ tokens, path }: Module, at: number): boolean {
    if (!isSigns(tokens, at + 1, '::') || !isSign(tokens, at + 3, '<') || !isSign(tokens, at + 5, '>'))
      return false;
    const name = nameOf(tokens, at + 4) ?? '';
    return numbers.has(name) && this.#reading.resolver.name(path, name).paths.length === 0;
  }

  #method(module: Module, at: number): void {
    const { tokens } = module;
    const reading = this.#reading;
    const name = nameOf(tokens, at) ?? '';
    const open = argumentsAt(tokens, at + 1);
    if (open === undefined) return;
    const place = { module, at };
    switch (name) {
      case 'parse': {
        if (!this.#codeTexts.areMade || this.#parsesNumber(module, at)) return;
        const receiver = receiverOf(tokens, at);
        if (!isParser(module, receiver, reading.origins, reading.resolver))
          this.#codeTexts.add(module, at, receiver);
        return;
      }
      case 'write':
      case 'write_all':
      case 'write_str':
        if (reading.role === 'build-script') addWriting(reading, module, at, receiverOf(tokens, at));
        return;
      case 'read_dir':
        reading.addAll(place, reading.files('read', reading.origins.of(tokens, receiverOf(tokens, at))));
        return;
      case 'to_command': {
        if (reading.role === 'library') return;
        const { compiler, unknown, said } = reading.origins.of(tokens, receiverOf(tokens, at));
        const isCompiler = compiler && !unknown && !said;
        reading.add(place, 'process', 'likely', isCompiler ? 'the C compiler' : undefined);
        return;
      }
      case 'make_exec':
      case 'map_exec':
        if (mappers.some((crate) => reading.uses.has(crate))) reading.add(place, 'data-as-code', 'likely');
        return;
    }
    const given = givenTo(name, reading.uses);
    if (given === undefined) return;
    const claims = reading.given(tokens, open, given);
    // What a long chain is called on is looked at only where that matters: each call of it has all before.
    if (claims.length > 0 && given === 'flags' && /^args?$/.test(name))
      if (takesNoFlags(reading.origins.of(tokens, receiverOf(tokens, at)))) return;
    reading.addAll(place, claims);
  }
}

const numbers: ReadonlySet<string> = new Set(
  'u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 bool char'.split(' '),
);
/** Crates whose memory may be run. */
const mappers = ['memmap2', 'memmap', 'mmap_rs'];
const methodNames = [...toolMethods, ...writers, 'parse', 'read_dir', 'make_exec', 'map_exec', 'to_command'];
const methods = new NameFilter(new Set(methodNames));
const makers = new NameFilter(new Set(textMakers.keys()));
/** Names at which anything of that is looked for. */
const givenNames = new NameFilter(
  new Set([...methodNames, ...textMakers.keys(), 'Ident', 'std', 'format_ident', 'process', 'net']),
);
/** Of a path that a macro makes of names, what gives power, and what says that it is one of the standard library's. */
const pathParts = ['process', 'net', 'fs', 'env'];
const pathRoots = ['std', 'core', 'Command'];
const disguised: ReadonlySet<string> = new Set([...pathParts, ...pathRoots]);

/** What the method at `at` is called on. */
function receiverOf(tokens: Tokens, at: number): TokenRange {
  return { from: receiverFrom(tokens, at - 1), to: at - 1 };
}
