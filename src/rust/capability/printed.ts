/**
 * What a build script tells cargo by other means than one macro that prints a line: by writing to its output, and by
 * several calls.
 */
import { commaParts } from '../attribute.ts';
import { stringIn } from '../literal.ts';
import { type Module, rangesOf } from '../module.ts';
import { inside, listedIn, nameOf, type TokenRange, type Tokens } from '../tokens.ts';
import { argumentsAt } from './call.ts';
import { writtenDirectives } from './directives.ts';
import type { OriginFinder } from './origins/finder.ts';
import type { Reading } from './reading.ts';
import { spelledBy, textIn } from './spelled.ts';

/** Methods that write a text or bytes as they are. */
export const writers: readonly string[] = ['write', 'write_all', 'write_str'];

/** Macros that write and do not end the line. */
const unended: ReadonlySet<string> = new Set(['print', 'write']);

/** Adds what the method at `at`, one of `writers`, writes; `receiver` is what it is called on. */
export function addWriting(reading: Reading, module: Module, at: number, receiver: TokenRange): void {
  const { tokens } = module;
  const open = argumentsAt(tokens, at + 1);
  const [text] = open === undefined ? [] : commaParts(tokens, inside(tokens, open));
  if (text !== undefined) addWritten(reading, module, at, text, isOutput(reading, tokens, receiver));
}

/** Adds what a text is that is written; `isPrinted` says whether it surely goes where cargo reads it. */
export function addWritten(
  reading: Reading,
  module: Module,
  at: number,
  text: TokenRange,
  isPrinted: boolean,
): void {
  const { tokens } = module;
  for (const { kind, confidence, name } of writtenDirectives(tokens, text, reading.origins, isPrinted))
    reading.add({ module, at }, kind, confidence, name);
  if (!isPrinted) return;
  const origins = reading.origins.of(tokens, text).texts;
  const begun = [textIn(spelledBy(reading.origins, tokens, text)), ...origins].some(beginsDirective);
  if (begun) reading.add({ module, at }, 'built-name', 'likely', 'cargo:');
}

/**
 * `print!("car"); println!("go:rustc-…")`: adds what begins a directive that another call goes on with. `open` is
 * behind the macro at `at`.
 */
export function addBegun(reading: Reading, module: Module, at: number, open: number): void {
  const { tokens } = module;
  const name = nameOf(tokens, at) ?? '';
  if (!unended.has(name)) return;
  const parts = commaParts(tokens, inside(tokens, open));
  const [first, text] = name === 'print' ? [undefined, parts[0]] : parts;
  if (text === undefined || (first !== undefined && !isOutput(reading, tokens, first))) return;
  const written = stringIn(tokens, text);
  if (written !== undefined && beginsDirective(written))
    reading.add({ module, at }, 'built-name', 'likely', 'cargo:');
}

/**
 * Adds what has a directive's key and value without its head, where no directive was found that has that key: of all
 * code, when the rest was read.
 */
export function addHeadless(reading: Reading): void {
  const { tree } = reading;
  const names = reading.capabilities.flatMap(({ kind, name = '' }) =>
    /^(?:link|compiler)-directive$|^built-name$/.test(kind) ? [name] : [],
  );
  const said = new Said(names);
  for (const module of tree.modules)
    for (const range of rangesOf(tree, module)) addHeadlessIn(reading, module, range, said);
}

/** Names in which keys of directives are found, those that were asked for among them. */
class Said {
  #names: string;
  readonly #keys = new Map<string, boolean>();

  constructor(names: readonly string[]) {
    this.#names = names.join('\n');
  }

  /** Whether a key is in any of them; from then on it is. */
  has(key: string): boolean {
    const known = this.#keys.get(key) ?? this.#names.includes(key);
    this.#keys.set(key, true);
    if (!known) this.#names += `\n${key}`;
    return known;
  }
}

function addHeadlessIn(reading: Reading, module: Module, range: TokenRange, said: Said): void {
  const { tokens } = module;
  for (const at of listedIn(tokens.strings, range)) {
    const text = tokens.source.slice(tokens.starts[at], tokens.ends[at]);
    const [, key = ''] = headless.exec(text) ?? [];
    if (key === '' || text.includes('cargo:')) continue;
    if (!said.has(key)) reading.add({ module, at }, 'built-name', 'likely', `cargo:${key}`);
  }
}

const headless = /(rustc-(?:env|cfg|flags|link-\w+|cdylib-link-arg)[\w-]*)=/;
const heads = ['cargo::rustc-', 'cargo:rustc-'];

/** Whether the last line of a text is the beginning of a directive that has no key yet; one letter may be anything. */
function beginsDirective(text: string): boolean {
  const last = text.slice(text.lastIndexOf('\n') + 1).trimStart();
  return last.length > 1 && heads.some((head) => head.startsWith(last));
}

const maxDepth = 4;
/** By what a value is the script's output. */
const outputs: ReadonlySet<string> = new Set([
  'stdout',
  'STDOUT',
  'from_raw_fd',
  'from_raw_handle',
  'borrow_raw',
]);

/** Whether an expression is, or is made of, the script's output, or of a descriptor that it was given. */
function isOutput(reading: Reading, tokens: Tokens, range: TokenRange): boolean {
  return comesFrom(reading.origins, tokens, range, outputs);
}

/** Whether one of some names stands in an expression, or in what its names are given. */
export function comesFrom(
  finder: OriginFinder,
  tokens: Tokens,
  { from, to }: TokenRange,
  names: ReadonlySet<string>,
  depth = 0,
): boolean {
  for (let at = from; at < to; at++) {
    const name = nameOf(tokens, at);
    if (name === undefined) continue;
    if (names.has(name)) return true;
    if (depth >= maxDepth) continue;
    for (const bound of finder.boundTo(tokens, at, name))
      if (bound.adds === undefined && comesFrom(finder, bound.tokens, bound.value, names, depth + 1))
        return true;
  }
  return false;
}
