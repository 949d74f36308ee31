import { commaParts } from '../attribute.ts';
import { stringOf } from '../literal.ts';
import type { ModuleTree } from '../module-tree.ts';
import type { CrateNames } from '../resolve.ts';
import { after, inside, isSign, isSigns, nameOf, signAt, type TokenRange, type Tokens } from '../tokens.ts';
import {
  type Binding,
  bindingsOf,
  type FileBindings,
  type FunctionPlace,
  valuesOf,
  visibleAt,
} from './bindings.ts';
import { Enclosing } from './enclosing.ts';
import { isHome, isKnownVariable, isPlace, isTemp } from './environment.ts';
import {
  afterCondition,
  afterStatement,
  beginning,
  conditions,
  isCompared,
  isCutAt,
  isList,
  isOutput,
  type Joint,
  nameOnly,
  placeOfText,
  stepsUp,
  together,
  toolFound,
} from './origin-syntax.ts';
import {
  asking,
  beside,
  building,
  cutting,
  homes,
  iterating,
  joining,
  listing,
  plain,
  rising,
  saying,
  temps,
  variableReaders,
  words,
} from './origin-words.ts';
import { allTheWay, type Base, Lowest, type Mark, Trail } from './trail.ts';
import { Ways } from './ways.ts';

/** Where a value may come from, as far as tokens tell; what several ways lead to is all there. */
export interface Origins {
  /** Texts in it, in order, the names of variables left out. */
  readonly texts: readonly string[];
  /** Variables whose values it has. */
  readonly variables: readonly string[];
  /** Of its texts those that may be the last part of a path: `configure` of `out.join("configure")`. */
  readonly leaves: readonly string[];
  readonly home: boolean;
  readonly temp: boolean;
  /** What it may begin with, as a path: variables, `home`, `temp`, a text with a root, `''` for the folder it runs in. */
  readonly bases: readonly Base[];
  /** A path from the root that it may be. */
  readonly absolute: string | undefined;
  /** What it goes up from, and so may have left: variables, `''` for a path that is relative or not known. */
  readonly left: readonly Base[];
  /** Whether a text is put together from what is no text: turned round, decoded, made of numbers. */
  readonly built: boolean;
  /** Whether it may be the compiler, or another tool, that `cc` finds. */
  readonly compiler: boolean;
  /** Whether it may be what a program wrote. */
  readonly said: boolean;
  /** Whether some of it is not known. */
  readonly unknown: boolean;
  /** Whether it is what others hand to a function that nothing here calls. */
  readonly handed: boolean;
}

/** Names that lead to names; deeper than real scripts go. */
const maxDepth = 20;
/** Tokens that are looked at for one value, and for all values of a crate. */
const maxStepsEach = 20_000;
const maxSteps = 4_000_000;
/** Times that one value is looked at for another: each way there may make another path of it. */
const maxVisits = 3;
/** Bindings of one name in a file that are looked at. */
const maxOutside = 4096;
/** Bindings of one name that are followed. */
const maxBindings = 64;

interface Found {
  readonly texts: Set<string>;
  readonly variables: Set<string>;
  leaves: string[];
  readonly trail: Trail;
  home: boolean;
  temp: boolean;
  built: boolean;
  compiler: boolean;
  said: boolean;
  unknown: boolean;
  handed: boolean;
}

interface File extends FileBindings {
  readonly tokens: Tokens;
  readonly enclosing: Enclosing;
}

/** A function of the crate's own. */
interface Own {
  readonly file: File;
  readonly place: FunctionPlace;
}

/** What a name is given in one file. */
interface Placed {
  readonly tokens: Tokens;
  readonly bindings: readonly Binding[];
}

/** A call whose arguments stand for the parameters of the function that is being read. */
interface Call {
  readonly tokens: Tokens;
  readonly open: number;
  readonly from: Frames;
}

/** Calls that led to functions, the last one first. */
type Frames = Frame | undefined;

interface Frame {
  readonly place: FunctionPlace;
  readonly call: Call;
  readonly before: Frames;
}

/** Where an expression began, and what there was by then. */
interface Begin extends Mark {
  readonly from: number;
  readonly leaves: number;
  readonly said: boolean;
}

/** Where a walk is, and what it gathers. */
interface Walk {
  readonly found: Found;
  /** Whether texts are wanted as they are, for the name of a variable. */
  readonly asText: boolean;
  readonly depth: number;
  readonly frames: Frames;
  /** Where the expression began that is being read. */
  readonly begin: Begin;
  /** Whether it is put behind a path as text, or joined to it, rather than being one. */
  readonly as: Joint | undefined;
}

/**
 * Says where values of a crate come from: through names that are bound once or often, constants, fields, its own functions and
 * the arguments that those are called with. Types are not asked; which of two equal names is meant is, by their functions.
 */
export class OriginFinder {
  readonly #files = new Map<Tokens, File>();
  readonly #functions = new Map<string, Own[]>();
  /** The same by the types that they are functions of. */
  readonly #byType = new Map<string, Map<string, Own[]>>();
  /** Calls by the names of what they call, and those that may be of a function. */
  #calls: Map<string, Call[]> | undefined;
  readonly #callers = new Map<FunctionPlace, readonly Call[]>();
  readonly #values = new Map<FunctionPlace, readonly TokenRange[]>();
  readonly #inner = new Map<FunctionPlace, Map<string, readonly Binding[]>>();
  readonly #outside = new Map<string, readonly Placed[]>();
  readonly #fields = new Map<string, readonly Placed[]>();
  /** Functions of dependencies that give a place below OUT_DIR. */
  readonly #places: ReadonlySet<string>;
  readonly #parts = new Map<Tokens, Map<number, readonly TokenRange[]>>();
  /** Of expressions that were asked for, by where they stand: several kinds of finding ask for the same one. */
  readonly #answers = new Map<Tokens, Map<string, Origins>>();
  /** Of parameters that were asked for. */
  readonly #parameters = new Map<string, Origins>();
  readonly #ways = new Ways();
  #steps = 0;
  #total = maxSteps;

  /** `crates` are the dependencies: by the names that code calls them by, their own. */
  constructor(tree: ModuleTree, crates: CrateNames = new Map()) {
    this.#places = new Set(
      [...ownPlaces].flatMap(([crate, names]) => (crates.get(crate) === crate ? names : [])),
    );
    for (const { tokens } of tree.modules) {
      if (this.#files.has(tokens)) continue;
      const { functions, bindings, fields } = bindingsOf(tokens);
      const file = { tokens, functions, bindings, fields, enclosing: new Enclosing(functions) };
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
    const parameter = this.#parameterAt(tokens, range);
    if (parameter === undefined) return this.#found(tokens, range, false);
    const known = this.#parameters.get(parameter) ?? this.#found(tokens, range, false);
    this.#parameters.set(parameter, known);
    return known;
  }

  /** Which parameter of which functions a range names and nothing else: of all of that name it is given the same. */
  #parameterAt(tokens: Tokens, { from, to }: TokenRange): string | undefined {
    const name = to === from + 1 ? nameOf(tokens, from) : undefined;
    if (name === undefined) return undefined;
    const around = this.#around(tokens, from);
    const place = around.find(({ parameters }) => parameters.includes(name));
    if (place === undefined) return undefined;
    if (this.#within(tokens, place, name).length > 0) return undefined;
    const { parameters, type = '', method } = place;
    return `${parameters.indexOf(name)} ${parameters.length} ${place.name} ${type} ${method}`;
  }

  /** The texts that an expression may be, such as the name of a variable. */
  texts(tokens: Tokens, range: TokenRange): readonly string[] {
    return this.#found(tokens, range, true).texts;
  }

  /** The texts that a name may be that stands in braces in the text there: `{key}`. */
  named(tokens: Tokens, at: number, name: string): readonly string[] {
    return this.#gathered((walk) => this.#bound(tokens, at, name, walk), false, at).texts;
  }

  /** What a name is given that stands there, in the order of its file; nothing where a parameter has it, or nobody knows it. */
  boundTo(tokens: Tokens, at: number, name: string): readonly (Binding & { readonly tokens: Tokens })[] {
    for (const place of this.#around(tokens, at)) {
      const own = this.#within(tokens, place, name);
      if (own.length > 0) return visibleAt(own, at).map((one) => ({ ...one, tokens }));
      if (place.parameters.includes(name)) return [];
    }
    return this.#outsideOf(name).flatMap((placed) =>
      placed.bindings.map((one) => ({ ...one, tokens: placed.tokens })),
    );
  }

  #found(tokens: Tokens, range: TokenRange, asText: boolean): Origins {
    const answers = this.#answers.get(tokens) ?? new Map<string, Origins>();
    this.#answers.set(tokens, answers);
    const key = `${range.from} ${range.to} ${asText}`;
    const found =
      answers.get(key) ?? this.#gathered((walk) => this.#walk(tokens, range, walk), asText, range.from);
    answers.set(key, found);
    return found;
  }

  #gathered(gather: (walk: Walk) => void, asText: boolean, from: number): Origins {
    const found = nothing();
    this.#steps = Math.min(maxStepsEach, this.#total);
    this.#ways.begin();
    const before = this.#steps;
    const begin = beginAt(found, from);
    gather({
      found,
      asText,
      depth: 0,
      frames: undefined,
      begin,
      as: undefined,
    });
    if (this.#steps <= 0) found.unknown = true;
    this.#total -= before - Math.max(0, this.#steps);
    const { texts, variables, leaves, trail, ...others } = found;
    return {
      ...others,
      texts: [...texts],
      variables: [...variables],
      leaves: [...new Set(leaves)],
      bases: [...trail.bases],
      absolute: trail.absolute,
      left: [...trail.left],
    };
  }

  #walk(tokens: Tokens, range: TokenRange, walk: Walk): void {
    if (walk.depth > maxDepth) {
      walk.found.unknown = true;
      return;
    }
    const { found } = walk;
    const begin = beginAt(found, range.from);
    let inner: Walk = { ...walk, begin };
    for (let at = range.from; at < range.to; ) {
      if (--this.#steps <= 0) return;
      const name = nameOf(tokens, at);
      if (name !== undefined) {
        if (beginning.has(name)) inner = another(inner, at + 1);
        at = this.#name(tokens, at, range.to, inner);
        continue;
      }
      switch (signAt(tokens, at)) {
        case undefined: {
          const text = stringOf(tokens, at);
          if (text !== undefined) this.#text(tokens, at, text, inner);
          break;
        }
        case '^':
          found.built = true;
          break;
        case ';':
        case '{':
        case '}':
          inner = another(inner, at + 1);
          break;
        case '[':
          if (isCutAt(tokens, at)) this.#cut(inner);
          if (!isList(tokens, at)) break;
          at = this.#list(tokens, at, inner);
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
    found.trail.text(text, placeOfText(tokens, at, walk.as, walk.begin.from));
    found.texts.add(text);
    found.leaves.push(text);
    if (asText) return;
    // What stands in braces is a name too: `format!("{dir}/x")`.
    for (const [, name = ''] of text.matchAll(/\{([a-z_][a-z0-9_]*)(?::[^}]*)?\}/g))
      this.#bound(tokens, at, name, walk);
  }

  /** Follows the name there; gives the token to go on with. */
  #name(tokens: Tokens, at: number, to: number, walk: Walk): number {
    const { found } = walk;
    const name = nameOf(tokens, at) ?? '';
    if (conditions.has(name)) return afterCondition(tokens, at, to);
    if (name === 'let') return afterStatement(tokens, at, to);
    // The names of a pattern are bound to what is matched, and no part of what its arm gives.
    if (isCompared(tokens, at)) return at + 1;
    const call = isSign(tokens, at + 1, '!') ? at + 2 : at + 1;
    const isCall = isSign(tokens, call, '(');
    const isMember = isSign(tokens, at - 1, '.') && !isSign(tokens, at - 2, '.');
    const type = isSigns(tokens, at - 2, '::') ? nameOf(tokens, at - 3) : undefined;
    const isOwn = isCall && call === at + 1 && this.#isOwn(name, isMember, type);
    const named = isMember ? undefined : nameOnly(tokens, at, to);
    if (named !== undefined) {
      found.trail.down();
      return named;
    }
    const tool = isMember ? undefined : toolFound(tokens, at, to);
    if (tool !== undefined) {
      found.compiler = true;
      return tool;
    }
    if (!isOwn && isCall && (call > at + 1 ? saying : isMember ? asking : none).has(name)) {
      if (cutting.has(name)) this.#cut(walk);
      return after(tokens, call);
    }
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
    if (call > at + 1 && pathMacros.has(name)) return this.#list(tokens, call, walk, true);
    if (isCall && !isMember && !isOwn && this.#places.has(name)) {
      addVariable(found, 'OUT_DIR');
      return after(tokens, call);
    }
    if (isCall && call > at + 1 && (name === 'format' || name === 'concat'))
      return this.#formatted(tokens, call, walk);
    if (isOwn) {
      this.#function(name, type, { tokens, open: call, from: walk.frames }, walk);
      return after(tokens, call);
    }
    // What a program said is no text that is put together here, nor made of that program's name.
    if (/^from_utf8/.test(name) && isCall && this.#isOutput(tokens, call)) {
      found.said = true;
      return after(tokens, call);
    }
    if (building.has(name) || (name === 'join' && isSign(tokens, at - 2, ']'))) found.built = true;
    if (isMember && isCall) {
      const next = this.#method(tokens, at, name, call, walk);
      if (next !== undefined) return next;
    } else if (isCall || isSigns(tokens, at + 1, '::')) this.#known(name, isCall, walk);
    if (isCall && !isMember && call === at + 1 && /^\p{Ll}/u.test(name) && !plain.has(name))
      found.unknown = true;
    if (isCall && listing.has(name)) return this.#below(tokens, call, walk);
    if (!isCall && isSign(tokens, at + 1, '.') && this.#hasField(tokens, at + 2)) return at + 1;
    if (isMember && !isCall) this.#field(name, walk);
    else if (!isCall && !isSign(tokens, at + 1, '!') && !isSigns(tokens, at + 1, '::'))
      this.#bound(tokens, at, name, walk);
    return at + 1;
  }

  /** What methods of paths and texts make of what they are called on; gives the token to go on with, if it read on. */
  #method(tokens: Tokens, at: number, name: string, open: number, walk: Walk): number | undefined {
    const { found } = walk;
    const { trail } = found;
    const isPath = !isSign(tokens, at - 2, ']');
    // What is joined to a path and is not known goes up within itself.
    const isOuter =
      walk.begin.base === undefined || trail.base !== walk.begin.base || trail.depth > walk.begin.depth;
    if (rising.has(name)) trail.up(isOuter ? (rising.get(name) ?? 0) : 0);
    else if (name === 'ancestors') trail.up(isOuter ? stepsUp(tokens, open) : 0);
    else if (cutting.has(name)) this.#cut(walk);
    else if (isPath && (joining.has(name) || beside.has(name))) {
      if (beside.has(name)) trail.up(1);
      this.#joined(tokens, inside(tokens, open), walk);
      return after(tokens, open);
    }
    return undefined;
  }

  /** `String::from_utf8(output.stdout)`, where that is no field of the crate's own. */
  #isOutput(tokens: Tokens, open: number): boolean {
    return (
      isOutput(tokens, inside(tokens, open)) &&
      !this.#fieldsOf('stdout').concat(this.#fieldsOf('stderr')).length
    );
  }

  /** What is joined to a path is its last part from then on, and a path of its own where it begins with a root. */
  #joined(tokens: Tokens, range: TokenRange, walk: Walk): void {
    const { trail, leaves } = walk.found;
    const { depth, base, absolute } = trail;
    const bases = new Set(trail.bases);
    leaves.splice(walk.begin.leaves);
    this.#walk(tokens, range, { ...walk, as: 'joined' });
    if (leaves.length > walk.begin.leaves) walk.found.said = walk.begin.said;
    if (trail.base !== base) return;
    // What a name below it is made of is no place.
    for (const one of trail.bases) if (!bases.has(one)) trail.bases.delete(one);
    if (trail.absolute === ofProgram) trail.absolute = absolute;
    if (trail.depth === depth) trail.down();
  }

  /** `[a, b].iter().collect()`, `[a, b].join("/")`: what follows the first is joined to it, or put behind. */
  #list(tokens: Tokens, open: number, walk: Walk, isPath = false): number {
    const close = after(tokens, open);
    const method = isSign(tokens, close, '.') ? nameOf(tokens, close + 1) : undefined;
    if (!isPath && (method === undefined || !together.has(method))) return open + 1;
    const [first, ...others] = commaParts(tokens, inside(tokens, open));
    if (first !== undefined) this.#walk(tokens, first, walk);
    for (const part of others)
      if (method === 'concat') this.#walk(tokens, part, { ...walk, as: 'behind' });
      else this.#joined(tokens, part, walk);
    return close;
  }

  /** `format!("{a}/x/{}", b)`, `concat!(a, "/x")`: what it begins with is the path, and the rest goes on with it. */
  #formatted(tokens: Tokens, open: number, walk: Walk): number {
    const [first, ...others] = commaParts(tokens, inside(tokens, open));
    const { leaves } = walk.found;
    if (first === undefined) return after(tokens, open);
    const text = first.to === first.from + 1 ? stringOf(tokens, first.from) : undefined;
    const [led] = others;
    const begins = text?.startsWith('{') === true;
    if (begins && led !== undefined && /^\{(?:0)?(?::[^}]*)?\}/.test(text)) this.#walk(tokens, led, walk);
    // What is named there is read first, too.
    const named = begins ? /^\{([a-z_][a-z0-9_]*)(?::[^}]*)?\}/.exec(text ?? '')?.[1] : undefined;
    if (named !== undefined) this.#bound(tokens, first.from, named, walk);
    this.#walk(tokens, first, begins ? { ...walk, as: 'behind' } : walk);
    const isNamed = text === undefined || !/(?:^|[\\/])\{[^{}]*\}$/.test(text);
    const [size, bases] = [leaves.length, new Set(walk.found.trail.bases)];
    const mark = walk.found.trail.mark();
    for (const part of others) {
      if (part === led && begins) continue;
      this.#walk(tokens, part, { ...walk, as: 'behind' });
      if (text === undefined) continue;
      walk.found.trail.back(mark);
      for (const one of walk.found.trail.bases) if (!bases.has(one)) walk.found.trail.bases.delete(one);
    }
    if (isNamed && text !== undefined) leaves.splice(size);
    return after(tokens, open);
  }

  /** A folder of which all that is in it is given. */
  #below(tokens: Tokens, open: number, walk: Walk): number {
    this.#walk(tokens, inside(tokens, open), walk);
    walk.found.trail.down();
    return after(tokens, open);
  }

  /** A text that is cut may be any folder above, if it was a path. */
  #cut({ found: { trail }, begin }: Walk): void {
    if (trail.base !== undefined && trail.base !== '' && trail.base !== begin.base) trail.up(allTheWay);
  }

  /** Functions and types of libraries that say where something is. */
  #known(name: string, isCall: boolean, { found }: Walk): void {
    if (homes.has(name)) {
      found.home = true;
      found.trail.root('home');
    } else if (temps.has(name)) {
      found.temp = true;
      found.trail.root('temp');
    } else if (name === 'WalkDir') found.trail.down();
    if (!isCall) return;
    if (name === 'current_dir') found.trail.root('');
    else if (name === 'current_exe') {
      found.trail.absolute ??= ofProgram;
      found.trail.root('current_exe');
    }
  }

  #isOwn(name: string, isMember: boolean, type: string | undefined): boolean {
    if (isMember && iterating.has(name)) return false;
    return this.#own(name, type).some(({ place }) => !isMember || place.method);
  }

  /** The crate's functions that a name may mean, behind the name of a type if there is one. */
  #own(name: string, type: string | undefined): readonly Own[] {
    const all = this.#functions.get(name) ?? [];
    if (type === undefined || all.length === 0) return all;
    const typed = this.#typed(name, type);
    return typed.length > 0 ? typed : standardTypes.has(type) ? [] : all;
  }

  /** Those of them that stand in an `impl` of that type. */
  #typed(name: string, type: string): readonly Own[] {
    let known = this.#byType.get(name);
    if (known === undefined) {
      known = new Map<string, Own[]>();
      for (const one of this.#functions.get(name) ?? []) {
        const all = known.get(one.place.type ?? '');
        if (all === undefined) known.set(one.place.type ?? '', [one]);
        else all.push(one);
      }
      this.#byType.set(name, known);
    }
    return known.get(type) ?? [];
  }

  /** The names of the variables that a reading of one reads. */
  #variables(tokens: Tokens, range: TokenRange, walk: Walk): ReadonlySet<string> {
    const found = nothing();
    this.#walk(tokens, range, { ...walk, found, asText: true, depth: walk.depth + 1 });
    return found.texts;
  }

  #function(name: string, type: string | undefined, call: Call, walk: Walk): void {
    const lowest = new Lowest(walk.found.trail);
    for (const { file, place } of this.#own(name, type).slice(0, maxBindings)) {
      const frames = { place, call, before: walk.frames };
      for (const value of this.#valuesOf(file, place)) {
        if (this.#steps <= 0) return;
        lowest.next();
        this.#into('fn', file.tokens, value, walk, frames, walk.as);
      }
    }
    lowest.end();
  }

  #valuesOf({ tokens }: File, place: FunctionPlace): readonly TokenRange[] {
    const known = this.#values.get(place);
    if (known !== undefined) return known;
    this.#steps -= (place.body.to - place.body.from) >> 4;
    const values = valuesOf(tokens, place.body);
    this.#values.set(place, values);
    return values;
  }

  /** Whether a field is named there that something here is given: then it alone counts, and not what has it. */
  #hasField(tokens: Tokens, at: number): boolean {
    const name = isSign(tokens, at + 1, '(') ? undefined : nameOf(tokens, at);
    return name !== undefined && this.#fieldsOf(name).length > 0;
  }

  #field(name: string, walk: Walk): void {
    const placed = this.#fieldsOf(name);
    const lowest = new Lowest(walk.found.trail);
    for (const file of placed.slice(0, maxBindings)) {
      for (const { value } of file.bindings.slice(0, maxBindings)) {
        lowest.next();
        if (this.#steps <= 0) break;
        this.#into('.', file.tokens, value, walk, undefined, walk.as);
      }
      if (this.#steps <= 0) break;
    }
    lowest.end();
    if (placed.length === 0) walk.found.unknown = true;
  }

  #bound(tokens: Tokens, at: number, name: string, walk: Walk): void {
    const file = this.#files.get(tokens);
    // Looking through what a file has costs, too.
    this.#steps -= ((file?.functions.length ?? 0) + (file?.bindings.get(name)?.length ?? 0)) >> 4;
    if (this.#steps <= 0) return;
    for (const place of this.#around(tokens, at)) {
      const own = this.#within(tokens, place, name);
      const parameter = place.parameters.indexOf(name);
      if (own.length === 0 && parameter === -1) continue;
      this.#bindings(tokens, visibleAt(own, at, maxBindings), walk, walk.frames);
      if (parameter !== -1) this.#argument(place, parameter, walk);
      return;
    }
    const outside = this.#outsideOf(name);
    for (const { tokens: other, bindings } of outside) this.#bindings(other, bindings, walk, undefined);
    const known = outside.length > 0;
    if (!known && /^\p{Ll}/u.test(name)) walk.found.unknown = true;
  }

  /** What a name is given in a function: looked for once. */
  #within(tokens: Tokens, place: FunctionPlace, name: string): readonly Binding[] {
    let known = this.#inner.get(place);
    if (known === undefined) {
      known = new Map();
      this.#inner.set(place, known);
    }
    let found = known.get(name);
    if (found === undefined) {
      const { from, to } = place.body;
      found =
        this.#files
          .get(tokens)
          ?.bindings.get(name)
          ?.filter(({ at }) => from <= at && at < to) ?? [];
      known.set(name, found);
    }
    return found;
  }

  /** The functions that a token stands in, the innermost first. */
  #around(tokens: Tokens, at: number): readonly FunctionPlace[] {
    return this.#files.get(tokens)?.enclosing.at(at) ?? [];
  }

  /** What a name is given outside of functions, in any file: looked for once. */
  #outsideOf(name: string): readonly Placed[] {
    const earlier = this.#outside.get(name);
    if (earlier !== undefined) return earlier;
    const found: Placed[] = [];
    for (const file of this.#files.values()) {
      const all = file.bindings.get(name);
      if (all === undefined) continue;
      this.#steps -= (all.length * file.functions.length) >> 4;
      const bindings = all.slice(0, maxOutside).filter(({ at }) => file.enclosing.at(at).length === 0);
      if (bindings.length > 0) found.push({ tokens: file.tokens, bindings });
    }
    this.#outside.set(name, found);
    return found;
  }

  /** What fields of that name are given, in any file: looked for once. */
  #fieldsOf(name: string): readonly Placed[] {
    const earlier = this.#fields.get(name);
    if (earlier !== undefined) return earlier;
    const found = [...this.#files.values()].flatMap(({ tokens, fields }): Placed[] => {
      const bindings = fields.get(name);
      return bindings === undefined ? [] : [{ tokens, bindings }];
    });
    this.#fields.set(name, found);
    return found;
  }

  /** What a name is given, one instead of the other, and then what is added to it. */
  #bindings(tokens: Tokens, bindings: readonly Binding[], walk: Walk, frames: Frames): void {
    const { trail } = walk.found;
    const lowest = new Lowest(trail);
    const all = bindings.slice(0, maxBindings);
    for (const { name, value, adds } of all) {
      if (adds !== undefined) continue;
      lowest.next();
      if (this.#steps <= 0) break;
      this.#into(name, tokens, value, walk, frames, walk.as);
    }
    lowest.end();
    for (const { name, value, adds } of all) {
      if (adds === undefined) continue;
      const { depth } = trail;
      if (adds === 'up' || adds === 'beside') trail.up(1);
      if (adds === 'up') continue;
      const as = adds === 'path' || adds === 'beside' ? 'joined' : 'behind';
      const { leaves } = walk.found;
      if (as === 'joined') leaves.splice(walk.begin.leaves);
      const size = leaves.length;
      this.#into(name, tokens, value, walk, frames, as);
      if (adds === 'text') leaves.splice(size);
      if (as === 'joined' && trail.depth <= depth) trail.down();
    }
  }

  /** What the parameter of a function is called with: by the call that led there, else by all. */
  #argument(place: FunctionPlace, index: number, walk: Walk): void {
    const led = callOf(walk.frames, place);
    const calls = led === undefined ? this.#callsOf(place) : [led];
    if (calls.length === 0) {
      walk.found.unknown = true;
      walk.found.handed = true;
    }
    const lowest = new Lowest(walk.found.trail);
    for (const { tokens, open, from } of calls) {
      lowest.next();
      if (this.#steps <= 0) break;
      const argument = this.#partsOf(tokens, open)[index + selfAt(place, tokens, open)];
      if (argument === undefined) walk.found.unknown = true;
      else this.#into('(', tokens, argument, walk, from, walk.as);
    }
    lowest.end();
  }

  /** The calls of its name that may be of this function, as far as they are followed. */
  #callsOf(place: FunctionPlace): readonly Call[] {
    const known = this.#callers.get(place);
    if (known !== undefined) return known;
    this.#calls ??= this.#allCalls();
    const found: Call[] = [];
    for (const call of this.#calls.get(place.name) ?? []) {
      if (found.length >= maxBindings) break;
      if (this.#mayBe(place, call)) found.push(call);
    }
    this.#callers.set(place, found);
    return found;
  }

  /** Whether a call of that name may be one of this function: not with more or fewer arguments, nor of another type of the crate. */
  #mayBe(place: FunctionPlace, { tokens, open }: Call): boolean {
    const count = this.#partsOf(tokens, open).length;
    if (count !== place.parameters.length + selfAt(place, tokens, open)) return false;
    const type = isSigns(tokens, open - 3, '::') ? nameOf(tokens, open - 4) : undefined;
    if (type === undefined || place.type === undefined || type === place.type) return true;
    return this.#typed(place.name, type).length === 0;
  }

  /** The arguments of a call. */
  #partsOf(tokens: Tokens, open: number): readonly TokenRange[] {
    const calls = this.#parts.get(tokens) ?? new Map<number, readonly TokenRange[]>();
    this.#parts.set(tokens, calls);
    const known = calls.get(open) ?? commaParts(tokens, inside(tokens, open));
    calls.set(open, known);
    return known;
  }

  #allCalls(): Map<string, Call[]> {
    const calls = new Map<string, Call[]>();
    for (const { tokens } of this.#files.values())
      for (let at = 0; at < tokens.count; at++) {
        if (!isSign(tokens, at + 1, '(')) continue;
        const name = nameOf(tokens, at);
        if (name === undefined || !this.#functions.has(name) || nameOf(tokens, at - 1) === 'fn') continue;
        const known = calls.get(name);
        const call = { tokens, open: at + 1, from: undefined };
        if (known === undefined) calls.set(name, [call]);
        else known.push(call);
      }
    return calls;
  }

  /** Walks a range, led to by those calls, but for one that the way here already leads through, by the same call. */
  #into(
    name: string,
    tokens: Tokens,
    range: TokenRange,
    walk: Walk,
    frames: Frames,
    as: Joint | undefined,
  ): void {
    if (--this.#steps <= 0) return;
    const { found, asText, depth, begin } = walk;
    const way = this.#ways.to(range, name, frames?.call.open ?? 0, asText);
    if (way.isOpen || way.visits >= maxVisits) return;
    way.visits++;
    if (depth >= maxDepth) {
      found.unknown = true;
      return;
    }
    way.isOpen = true;
    this.#walk(tokens, range, { found, asText, depth: depth + 1, frames, begin, as });
    way.isOpen = false;
  }
}

function callOf(frames: Frames, place: FunctionPlace): Call | undefined {
  for (let frame = frames; frame !== undefined; frame = frame.before)
    if (frame.place === place) return frame.call;
  return undefined;
}

function nothing(): Found {
  return {
    texts: new Set(),
    variables: new Set(),
    leaves: [],
    trail: new Trail(),
    home: false,
    temp: false,
    built: false,
    compiler: false,
    said: false,
    unknown: false,
    handed: false,
  };
}

function addVariable(found: Found, name: string): void {
  found.variables.add(name);
  found.home ||= isHome(name);
  found.temp ||= isTemp(name);
  if (!isPlace(name)) return;
  found.trail.root(name);
  if (name === 'CARGO_MANIFEST_PATH') found.trail.down();
}

/** `Type::method(&x, a)`: the arguments of a method come after what it is called on. */
function selfAt({ method }: FunctionPlace, tokens: Tokens, open: number): 0 | 1 {
  return method && !isSign(tokens, open - 2, '.') ? 1 : 0;
}

/** Another expression begins, in the place of the one that was read. */
function another(walk: Walk, from: number): Walk {
  walk.found.trail.back(walk.begin);
  return { ...walk, begin: beginAt(walk.found, from) };
}

function beginAt({ trail, leaves, said }: Found, from: number): Begin {
  return { ...trail.mark(), from, leaves: leaves.length, said };
}

const none: ReadonlySet<string> = new Set();
/** How the folder of the running program is called. */
const ofProgram = 'where its program lies';
/** Macros whose arguments are joined to a path. */
const pathMacros: ReadonlySet<string> = new Set(['path_buf', 'pathbuf']);
/** Functions of known helpers that give OUT_DIR, or a file in it. */
const ownPlaces: ReadonlyMap<string, readonly string[]> = new Map([
  ['embuild', ['out_dir', 'default_bindings_file']],
]);
/** Types of the standard library: functions of theirs are none of the crate's, unless it has a type of that name with one. */
const standardTypes: ReadonlySet<string> = new Set(
  'Path PathBuf OsStr OsString String Command Vec Box Rc Arc Cow Cell RefCell Mutex HashMap HashSet BTreeMap BTreeSet File OpenOptions Cursor BufReader BufWriter'.split(
    ' ',
  ),
);
