import { commaParts } from '../attribute.ts';
import { stringOf } from '../literal.ts';
import type { ModuleTree } from '../module-tree.ts';
import {
  after,
  inside,
  isSign,
  isSigns,
  isWord,
  nameOf,
  type TokenRange,
  type Tokens,
  tokenKind,
} from '../tokens.ts';
import { type Binding, bindingsOf, type FileBindings, type FunctionPlace } from './bindings.ts';
import { isHome, isKnownVariable, isTemp } from './environment.ts';

/** Where a value may come from, as far as tokens tell; what several ways lead to is all there. */
export interface Origins {
  /** Texts in it, in order, the names of variables left out. */
  readonly texts: readonly string[];
  /** Variables whose values it has. */
  readonly variables: readonly string[];
  readonly home: boolean;
  readonly temp: boolean;
  /** Whether it goes up from there: `.parent()`, `..`. */
  readonly rises: boolean;
  /** Whether a text is put together from what is no text: turned round, decoded, made of numbers. */
  readonly built: boolean;
  /** Whether some of it is not known. */
  readonly unknown: boolean;
}

/** Names that lead to names; deeper than real scripts go. */
const maxDepth = 12;
/** Tokens that are looked at for one value, and for all values of a crate. */
const maxStepsEach = 20_000;
const maxSteps = 4_000_000;
/** Bindings of one name that are followed. */
const maxBindings = 64;

interface Found {
  readonly texts: Set<string>;
  readonly variables: Set<string>;
  home: boolean;
  temp: boolean;
  /** Steps up and down a path, in all that is looked at. */
  ups: number;
  downs: number;
  built: boolean;
  unknown: boolean;
}

interface File extends FileBindings {
  readonly tokens: Tokens;
}

/** A call whose arguments stand for the parameters of the function that is being read. */
interface Call {
  readonly tokens: Tokens;
  readonly open: number;
  readonly from: Frames;
}

type Frames = ReadonlyMap<FunctionPlace, Call>;

/** Where a walk is, and what it gathers. */
interface Walk {
  readonly found: Found;
  /** Whether texts are wanted as they are, for the name of a variable. */
  readonly asText: boolean;
  readonly depth: number;
  readonly open: Set<string>;
  readonly frames: Frames;
}

/**
 * Says where values of a crate come from: through names that are bound once or often, constants, fields, its own functions and
 * the arguments that those are called with. Types are not asked; which of two equal names is meant is, by their functions.
 */
export class OriginFinder {
  readonly #files = new Map<Tokens, File>();
  readonly #functions = new Map<string, { readonly file: File; readonly place: FunctionPlace }[]>();
  #calls: Map<string, Omit<Call, 'from'>[]> | undefined;
  #steps = 0;
  #total = maxSteps;

  constructor(tree: ModuleTree) {
    for (const { tokens } of tree.modules) {
      if (this.#files.has(tokens)) continue;
      const { functions, bindings, fields } = bindingsOf(tokens);
      const file = { tokens, functions, bindings, fields };
      this.#files.set(tokens, file);
      for (const place of functions) {
        const known = this.#functions.get(place.name);
        if (known === undefined) this.#functions.set(place.name, [{ file, place }]);
        else known.push({ file, place });
      }
    }
  }

  /** Where the value of an expression comes from. */
  of(tokens: Tokens, range: TokenRange): Origins {
    return this.#found(tokens, range, false);
  }

  /** The texts that an expression may be, such as the name of a variable. */
  texts(tokens: Tokens, range: TokenRange): readonly string[] {
    return this.#found(tokens, range, true).texts;
  }

  #found(tokens: Tokens, range: TokenRange, asText: boolean): Origins {
    const found = nothing();
    this.#steps = Math.min(maxStepsEach, this.#total);
    const before = this.#steps;
    this.#walk(tokens, range, { found, asText, depth: 0, open: new Set(), frames: new Map() });
    if (this.#steps <= 0) found.unknown = true;
    this.#total -= before - Math.max(0, this.#steps);
    const { texts, variables, home, temp, ups, downs, built, unknown } = found;
    return { texts: [...texts], variables: [...variables], home, temp, rises: ups > downs, built, unknown };
  }

  #walk(tokens: Tokens, range: TokenRange, walk: Walk): void {
    if (walk.depth > maxDepth) {
      walk.found.unknown = true;
      return;
    }
    for (let at = range.from; at < range.to; ) {
      if (--this.#steps <= 0) return;
      const text = stringOf(tokens, at);
      if (text !== undefined) this.#text(tokens, at, text, walk);
      else if (isSign(tokens, at, '^')) walk.found.built = true;
      else if (nameOf(tokens, at) !== undefined) {
        at = this.#name(tokens, at, walk);
        continue;
      }
      at++;
    }
  }

  #text(tokens: Tokens, at: number, text: string, walk: Walk): void {
    const { found, asText } = walk;
    if (isCompared(tokens, at)) return;
    if (!asText && isSign(tokens, at - 1, '(') && isKnownVariable(text)) {
      addVariable(found, text);
      return;
    }
    for (const part of text.split(/[\\/]/).slice(text.includes('..') ? 0 : 1)) {
      if (part === '..') found.ups++;
      else if (part !== '' && part !== '.') found.downs++;
    }
    found.texts.add(text);
    if (asText) return;
    // What stands in braces is a name too: `format!("{dir}/x")`.
    for (const [, name = ''] of text.matchAll(/\{([a-z_][a-z0-9_]*)(?::[^}]*)?\}/g))
      this.#bound(tokens, at, name, walk);
  }

  /** Follows the name there; gives the token to go on with. */
  #name(tokens: Tokens, at: number, walk: Walk): number {
    const { found } = walk;
    const name = nameOf(tokens, at) ?? '';
    const call = isSign(tokens, at + 1, '!') ? at + 2 : at + 1;
    const isCall = isSign(tokens, call, '(');
    const isMember = isSign(tokens, at - 1, '.') && !isSign(tokens, at - 2, '.');
    const isOwn = isCall && call === at + 1 && this.#isOwn(name, isMember);
    if (!isOwn && isCall && (call > at + 1 ? saying : isMember ? asking : none).has(name))
      return after(tokens, call);
    if (words.has(name) && !isOwn) return at + 1;
    if (isCall && variableReaders.has(name)) {
      for (const variable of this.#variables(tokens, inside(tokens, call), walk))
        addVariable(found, variable);
      return after(tokens, call);
    }
    if (walk.asText && name === 'format' && call > at + 1) {
      this.#walk(tokens, { from: call + 1, to: call + 2 }, walk);
      return after(tokens, call);
    }
    if (isOwn) {
      this.#function(name, { tokens, open: call, from: walk.frames }, walk);
      return after(tokens, call);
    }
    if (isCall) found.ups += rising.get(name) ?? 0;
    if (isCall && falling.has(name)) found.downs++;
    if (building.has(name) || (name === 'join' && isSign(tokens, at - 2, ']'))) found.built = true;
    if (name === 'home_dir' || name === 'cargo_home') found.home = true;
    if (name === 'temp_dir' || name === 'tempdir' || name === 'tempfile') found.temp = true;
    if (isMember && !isCall) this.#field(name, walk);
    else if (!isCall && !isSign(tokens, at + 1, '!') && !isSigns(tokens, at + 1, '::'))
      this.#bound(tokens, at, name, walk);
    return at + 1;
  }

  #isOwn(name: string, isMember: boolean): boolean {
    if (isMember && iterating.has(name)) return false;
    return this.#functions.get(name)?.some(({ place }) => !isMember || place.method) === true;
  }

  /** The names of the variables that a reading of one reads. */
  #variables(tokens: Tokens, range: TokenRange, walk: Walk): ReadonlySet<string> {
    const found = nothing();
    this.#walk(tokens, range, { ...walk, found, asText: true, depth: walk.depth + 1 });
    return found.texts;
  }

  #function(name: string, call: Call, walk: Walk): void {
    for (const { file, place } of this.#functions.get(name)?.slice(0, maxBindings) ?? [])
      this.#into(`fn ${place.body.from} ${call.open}`, file.tokens, place.body, {
        ...walk,
        frames: new Map(walk.frames).set(place, call),
      });
  }

  #field(name: string, walk: Walk): void {
    let known = false;
    for (const file of this.#files.values())
      for (const { value } of file.fields.get(name)?.slice(0, maxBindings) ?? []) {
        known = true;
        this.#into(`. ${value.from}`, file.tokens, value, { ...walk, frames: new Map() });
      }
    if (!known) walk.found.unknown = true;
  }

  #bound(tokens: Tokens, at: number, name: string, walk: Walk): void {
    const file = this.#files.get(tokens);
    // Looking through what a file has costs, too.
    this.#steps -= ((file?.functions.length ?? 0) + (file?.bindings.get(name)?.length ?? 0)) >> 4;
    if (this.#steps <= 0) return;
    const around = file?.functions.filter(({ body }) => body.from <= at && at < body.to) ?? [];
    for (const place of around.toReversed()) {
      const own =
        file?.bindings.get(name)?.filter((one) => place.body.from <= one.at && one.at < place.body.to) ?? [];
      const parameter = place.parameters.indexOf(name);
      if (own.length === 0 && parameter === -1) continue;
      this.#values(tokens, own, walk);
      if (parameter !== -1) this.#argument(place, parameter, walk);
      return;
    }
    let known = false;
    for (const other of this.#files.values()) {
      const outside = other.bindings.get(name)?.filter(({ at: place }) => !isWithin(other, place)) ?? [];
      known ||= outside.length > 0;
      this.#values(other.tokens, outside, { ...walk, frames: new Map() });
    }
    if (!known && /^\p{Ll}/u.test(name)) walk.found.unknown = true;
  }

  #values(tokens: Tokens, bindings: readonly Binding[], walk: Walk): void {
    for (const { name, value } of bindings.slice(0, maxBindings))
      this.#into(`${name} ${value.from}`, tokens, value, walk);
  }

  /** What the parameter of a function is called with: by the call that led there, else by all. */
  #argument(place: FunctionPlace, index: number, walk: Walk): void {
    const led = walk.frames.get(place);
    this.#calls ??= this.#allCalls();
    const all = this.#calls.get(place.name) ?? [];
    const calls: readonly Call[] =
      led === undefined ? all.map((call) => ({ ...call, from: new Map() })) : [led];
    if (calls.length === 0) walk.found.unknown = true;
    for (const { tokens, open, from } of calls.slice(0, maxBindings)) {
      const argument = commaParts(tokens, inside(tokens, open))[index];
      if (argument === undefined) walk.found.unknown = true;
      else this.#into(`( ${argument.from}`, tokens, argument, { ...walk, frames: from });
    }
  }

  #allCalls(): Map<string, Omit<Call, 'from'>[]> {
    const calls = new Map<string, Omit<Call, 'from'>[]>();
    for (const { tokens } of this.#files.values())
      for (let at = 0; at < tokens.count; at++) {
        if (!isSign(tokens, at + 1, '(')) continue;
        const name = nameOf(tokens, at);
        if (name === undefined || !this.#functions.has(name) || nameOf(tokens, at - 1) === 'fn') continue;
        const known = calls.get(name);
        if (known === undefined) calls.set(name, [{ tokens, open: at + 1 }]);
        else known.push({ tokens, open: at + 1 });
      }
    return calls;
  }

  /** Walks a range, but for one that the way here already leads through, by the same call. */
  #into(key: string, tokens: Tokens, range: TokenRange, walk: Walk): void {
    const call = [...walk.frames.values()].at(-1)?.open ?? 0;
    const whole = `${key} ${tokens.count} ${call} ${walk.asText}`;
    if (walk.open.has(whole)) return;
    walk.open.add(whole);
    this.#walk(tokens, range, { ...walk, depth: walk.depth + 1 });
  }
}

function nothing(): Found {
  return {
    texts: new Set(),
    variables: new Set(),
    home: false,
    temp: false,
    ups: 0,
    downs: 0,
    built: false,
    unknown: false,
  };
}

function addVariable(found: Found, name: string): void {
  found.variables.add(name);
  found.home ||= isHome(name);
  found.temp ||= isTemp(name);
}

function isWithin(file: File, at: number): boolean {
  return file.functions.some(({ body }) => body.from <= at && at < body.to);
}

const set = (text: string): ReadonlySet<string> => new Set(text.split(' '));
/** A text that something is compared with, or matched by, and no part of a value. */
function isCompared(tokens: Tokens, at: number): boolean {
  // A pattern: `"a" =>`, `Some("a") | Some("b") if x =>`.
  let next = at + 1;
  while (tokens.kinds[next] === tokenKind.close && !isSign(tokens, next, '}')) next++;
  if (isSigns(tokens, next, '=>') || isWord(tokens, next, 'if') || isSigns(tokens, at + 1, '==')) return true;
  if (isSign(tokens, next, '|') && !isSign(tokens, next + 1, '|')) return true;
  if (isSigns(tokens, at - 2, '==') || isSigns(tokens, at - 2, '!=')) return true;
  return isSign(tokens, at - 1, '=') && cfgNames.has(nameOf(tokens, at - 2) ?? '');
}

const none: ReadonlySet<string> = new Set();
const cfgNames = set(
  'target_os target_env target_arch target_family target_vendor target_abi target_pointer_width target_endian feature panic',
);
/** Macros that say something to a person or to cargo. */
const saying = set(
  'print println eprint eprintln panic assert assert_eq assert_ne debug_assert unreachable todo unimplemented bail ensure anyhow info warn error debug trace log cfg matches',
);
/** Methods whose arguments are no part of what they give. */
const asking = set(
  'expect context with_context starts_with ends_with contains split splitn split_once trim_start_matches trim_end_matches trim_matches strip_prefix strip_suffix replace replacen find rfind eq ne is_some_and is_ok_and map_err',
);
const variableReaders = set('var var_os env option_env getenv env_var');
/** Methods that nearly everything has: one of the crate's own by that name says nothing of another's. */
const iterating = set('next next_back peek iter iter_mut into_iter');
/** Methods that go up a path, by how far. */
const rising: ReadonlyMap<string, number> = new Map([
  ['parent', 1],
  ['pop', 1],
  ['ancestors', 3],
]);
const falling = set('join push');
const building = set(
  'concat rev from_utf8 from_utf8_lossy from_utf8_unchecked from_u32 decode from_digit from_str_radix concat_bytes',
);
const words = set(
  'let mut ref if else match for in as use fn move return true false self Self crate super unwrap expect clone to_string to_owned into as_ref as_str as_os_str as_path to_str to_path_buf Some Ok Err None String str Path PathBuf OsString Vec Box',
);
