import { commaParts } from '../../attribute.ts';
import { stringOf } from '../../literal.ts';
import type { ModuleTree } from '../../module-tree.ts';
import { NameFilter, NameLists } from '../../name-filter.ts';
import type { CrateNames } from '../../resolve.ts';
import {
  after,
  inside,
  isSign,
  isSigns,
  nameOf,
  type TokenRange,
  type Tokens,
  tokenKind,
} from '../../tokens.ts';
import { hiddenBefore, visibleAt } from '../bindings.ts';
import { isKnownVariable } from '../environment.ts';
import { exclude, type Gates, noGates } from '../gates.ts';
import type { Binding, FunctionPlace } from '../places.ts';
import { isHandedOn, nameIn, partsAt } from '../tuples.ts';
import {
  afterCondition,
  afterStatement,
  asksForOutput,
  beginning,
  buildAt,
  conditions,
  isBuilder,
  isCompared,
  isCutAt,
  isInPattern,
  isList,
  isOutput,
  type Joint,
  nameOnly,
  placeOfText,
  stepsUp,
  together,
  toolFound,
} from './syntax.ts';
import { allTheWay, Lowest } from './trail.ts';
import { isInherent, typeIn, typeMade } from './types.ts';
import { type Call, CrateValues, type Frames, maxBindings, selfAt } from './values.ts';
import { addVariable, another, beginAt, begun, callOf, nothing, type Origins, type Walk } from './walk.ts';
import { Ways } from './ways.ts';
import {
  asking,
  beside,
  building,
  buildTools,
  cutting,
  homes,
  iterating,
  joining,
  listing,
  naming,
  plain,
  rising,
  saying,
  setting,
  temps,
  toolFinders,
  variableReaders,
  words,
} from './words.ts';

/** Names that lead to names; deeper than real scripts go. */
const maxDepth = 20;
/** Tokens that are looked at for one value, and for all values of a crate. */
const maxStepsEach = 20_000;
const maxSteps = 4_000_000;
/** Times that one value is looked at for another: each way there may make another path of it. */
const maxVisits = 3;
/** Names that are given a name and nothing else. */
const maxAliases = 4;

/** What one place says of a name. */
interface Declared {
  readonly type?: TokenRange;
  readonly value?: TokenRange;
}

/** Two arguments of one call. */
interface Pair {
  readonly tokens: Tokens;
  readonly open: number;
  readonly first: TokenRange;
  readonly second: TokenRange;
}

/**
 * Says where values of a crate come from: through names that are bound once or often, constants, fields, its own functions and
 * the arguments that those are called with. Types are not asked; which of two equal names is meant is, by their functions.
 */
export class OriginFinder {
  /** Read where they are first asked for: a text that stands in its place needs none. */
  #read: CrateValues | undefined;
  readonly #tree: ModuleTree;
  /** Functions of dependencies that give a place below OUT_DIR. */
  readonly #places: ReadonlySet<string>;
  /** Of expressions that were asked for, by where they stand: several kinds of finding ask for the same one. */
  readonly #answers = new Map<Tokens, Map<string, Origins>>();
  /** Of parameters that were asked for. */
  readonly #parameters = new Map<string, Origins>();
  /** Whether a tool builds anything, and always in OUT_DIR, once that was asked. */
  #builds: boolean | undefined;
  readonly #ways = new Ways();
  readonly #texts = new Map<Tokens, Map<number, string>>();
  /** Of files, whether they name any of the methods that a whole chain leads to. */
  readonly #chains = new Map<Tokens, boolean>();
  #steps = 0;
  #total = maxSteps;

  /** `crates` are the dependencies: by the names that code calls them by, their own. */
  constructor(tree: ModuleTree, crates: CrateNames = new Map()) {
    this.#places = new Set(
      [...ownPlaces].flatMap(([crate, names]) => (crates.get(crate) === crate ? names : [])),
    );
    this.#tree = tree;
    if (![...crates.values()].some((crate) => buildTools.has(crate))) this.#builds = false;
  }

  get #values(): CrateValues {
    this.#read ??= new CrateValues(
      this.#tree.modules.map(({ tokens }) => tokens),
      (steps) => {
        this.#steps -= steps;
      },
    );
    return this.#read;
  }

  /** Where the value of an expression comes from. */
  of(tokens: Tokens, range: TokenRange): Origins {
    const parameter = this.#parameterAt(tokens, range);
    if (parameter === undefined) return this.#found(tokens, range, false);
    const known = this.#parameters.get(parameter) ?? this.#found(tokens, range, false);
    this.#parameters.set(parameter, known);
    return known;
  }

  /**
   * Which parameter of which functions a range names and nothing else, itself or through a name that it is given: of all of that
   * name it is given the same.
   */
  #parameterAt(tokens: Tokens, { from, to }: TokenRange, depth = 0): string | undefined {
    const at = depth > 0 && (isSign(tokens, from, '*') || isSign(tokens, from, '&')) ? from + 1 : from;
    const name = to === at + 1 && depth < maxAliases ? nameOf(tokens, at) : undefined;
    if (name === undefined) return undefined;
    const around = this.#values.around(tokens, at);
    const place = around.find(({ parameters }) => parameters.includes(name));
    const [inner] = around;
    const given = inner === undefined ? [] : visibleAt(this.#values.within(tokens, inner, name), at, 2);
    const [only] = given;
    if (only !== undefined && given.length === 1 && inner !== undefined && !inner.parameters.includes(name))
      return only.adds === undefined ? this.#parameterAt(tokens, only.value, depth + 1) : undefined;
    if (place === undefined) return undefined;
    if (this.#values.within(tokens, place, name).length > 0) return undefined;
    const { parameters, type = '', method, gates } = place;
    // Those of closures have no name that tells them apart.
    if (place.handed !== undefined) return undefined;
    return `${gates.join()} ${parameters.indexOf(name)} ${parameters.length} ${place.name} ${type} ${method}`;
  }

  /**
   * What one name there surely is, where the crate says it in one place: the type of a parameter, or what a `let` gives it. Nothing
   * where it may be more.
   */
  declared(tokens: Tokens, at: number): (Declared & { readonly tokens: Tokens }) | undefined {
    const name = nameOf(tokens, at);
    if (name === undefined) return undefined;
    for (const place of this.#values.around(tokens, at)) {
      const bound = visibleAt(this.#values.within(tokens, place, name), at, 2);
      const [only] = bound;
      if (only !== undefined) {
        const declared = bound.length === 1 ? declaredBy(tokens, only) : undefined;
        return declared === undefined ? undefined : { ...declared, tokens };
      }
      const type = place.types[place.parameters.indexOf(name)];
      if (type !== undefined) return isGivenAnew(tokens, place.body, name) ? undefined : { type, tokens };
      if (place.parameters.includes(name)) return undefined;
    }
    return undefined;
  }

  /** What stands beside a text in a pair, `("key", value)`, wherever it stands; `undefined` where it stands in no pair, too. */
  pairedWith(text: string): readonly { readonly tokens: Tokens; readonly range: TokenRange }[] | undefined {
    const found: { tokens: Tokens; range: TokenRange }[] = [];
    for (const tokens of new Set(this.#tree.modules.map((module) => module.tokens)))
      for (const at of tokens.strings) {
        if (stringOf(tokens, at) !== text) continue;
        const open = at - 1;
        if (!isSign(tokens, open, '(') || !isSign(tokens, at + 1, ',')) return undefined;
        const [, value, more] = commaParts(tokens, inside(tokens, open));
        // A call has the name of what is called before it.
        if (value === undefined || more !== undefined || nameOf(tokens, open - 1) !== undefined)
          return undefined;
        found.push({ tokens, range: value });
      }
    return found.length === 0 ? undefined : found;
  }

  /**
   * What two parameters of one function are called with, call by call: `first` and `second` name each of them, or stand around it as in
   * `Some(name)`; `undefined` where they are no such parameters, or nobody calls it.
   */
  calledWith(tokens: Tokens, first: TokenRange, second: TokenRange): readonly Pair[] | undefined {
    const names = [first, second].map((range) => nameIn(tokens, range));
    const [a, b] = names;
    if (a === undefined || b === undefined) return undefined;
    const place = this.#values.around(tokens, first.from)[0];
    if (place === undefined || [a, b].some((name) => this.#values.within(tokens, place, name).length > 0))
      return undefined;
    const [i, j] = [place.parameters.indexOf(a), place.parameters.indexOf(b)];
    if (i === -1 || j === -1) return undefined;
    const pairs = this.#values.callsOf(place).flatMap((call) => {
      const parts = this.#values.partsOf(call.tokens, call.open);
      const skipped = selfAt(place, call.tokens, call.open);
      const [one, other] = [parts[i + skipped], parts[j + skipped]];
      return one === undefined || other === undefined
        ? []
        : [{ tokens: call.tokens, open: call.open, first: one, second: other }];
    });
    return pairs.length === 0 ? undefined : pairs;
  }

  /** Whether a type of the crate's own surely has a method of that name itself, which comes before those of what it stands for. */
  hasMethod(type: string, name: string): boolean {
    return (
      this.#values.isOneType(type) &&
      this.#values
        .own(name, type)
        .some(({ place }) => place.method && place.type === type && place.ofTrait !== true)
    );
  }

  /** The texts that an expression may be, such as the name of a variable. */
  texts(tokens: Tokens, range: TokenRange): readonly string[] {
    return this.#found(tokens, range, true).texts;
  }

  /** What a name is given that stands there, in the order of its file; nothing where a parameter has it, or nobody knows it. */
  boundTo(tokens: Tokens, at: number, name: string): readonly (Binding & { readonly tokens: Tokens })[] {
    return this.#values.boundTo(tokens, at, name);
  }

  /** The texts that a name may be that stands in braces in the text there: `{key}`. */
  named(tokens: Tokens, at: number, name: string): readonly string[] {
    return this.#gathered((walk) => this.#bound(tokens, at, name, walk), false, tokens, at).texts;
  }

  #found(tokens: Tokens, range: TokenRange, asText: boolean): Origins {
    const answers = this.#answers.get(tokens) ?? new Map<string, Origins>();
    this.#answers.set(tokens, answers);
    const key = `${range.from} ${range.to} ${asText}`;
    const found =
      answers.get(key) ??
      this.#gathered((walk) => this.#walk(tokens, range, walk), asText, tokens, range.from);
    answers.set(key, found);
    return found;
  }

  /** Whether every folder that a tool is told to build in lies in OUT_DIR. */
  #buildsInOutDir(): boolean {
    this.#builds = false;
    for (const tokens of new Set(this.#tree.modules.map((module) => module.tokens)))
      for (let at = 1; at < tokens.count; at++) {
        if (!isSign(tokens, at - 1, '.') || nameOf(tokens, at) !== 'out_dir' || !isSign(tokens, at + 1, '('))
          continue;
        const range = inside(tokens, at + 1);
        if (range.from === range.to) continue;
        const { bases, left, absolute } = this.of(tokens, range);
        const isInside = bases.length > 0 && bases.every((base) => base === 'OUT_DIR');
        if (!isInside || left.length > 0 || absolute !== undefined) return false;
      }
    return true;
  }

  #gathered(gather: (walk: Walk) => void, asText: boolean, tokens: Tokens, from: number): Origins {
    this.#builds ??= this.#buildsInOutDir();
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
      gates: this.#gatesAt(tokens, from),
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

  /** Under which predicates a token is there. */
  #gatesAt(tokens: Tokens, at: number): Gates {
    return this.#values.around(tokens, at).find(({ gates }) => gates.length > 0)?.gates ?? noGates;
  }

  #walk(tokens: Tokens, range: TokenRange, walk: Walk): void {
    if (walk.depth > maxDepth) {
      walk.found.unknown = true;
      return;
    }
    if (walk.part !== undefined) {
      const parts = partsAt(tokens, range, walk.part);
      if (parts !== undefined) {
        this.#each(tokens, parts, { ...walk, part: undefined });
        return;
      }
    }
    const { found } = walk;
    const { words: names, signs } = tokens;
    let inner = begun(walk, beginAt(found, range.from));
    if (walk.part !== undefined && !isHandedOn(tokens, range)) inner = { ...inner, part: undefined };
    for (let at = range.from; at < range.to; ) {
      if (--this.#steps <= 0) return;
      if ((names[at] ?? 0) !== 0) {
        const lists = listsOf.of(tokens, at);
        if ((lists & list.beginning) !== 0) inner = another(inner, at + 1);
        // What a method makes of what it is called on goes up from that.
        if (at === range.from && walk.frames?.place.method === true && nameOf(tokens, at) === 'self')
          inner = { ...inner, begin: { ...inner.begin, base: undefined } };
        at = this.#name(tokens, at, range.to, inner, lists);
        continue;
      }
      switch (signs[at]) {
        case 0: {
          const text = this.#textAt(tokens, at);
          if (text !== undefined) this.#text(tokens, at, text, inner);
          break;
        }
        case sign.caret:
          found.built = true;
          break;
        case sign.semicolon:
        case sign.openBrace:
        case sign.closeBrace:
          inner = another(inner, at + 1);
          break;
        case sign.openBracket:
          if (isCutAt(tokens, at)) this.#cut(inner);
          if (!isList(tokens, at)) break;
          at = this.#list(tokens, at, inner);
          continue;
      }
      at++;
    }
  }

  /** Values of which it is one or the other. */
  #each(tokens: Tokens, ranges: readonly TokenRange[], walk: Walk): void {
    const lowest = new Lowest(walk.found.trail);
    for (const range of ranges) {
      lowest.next();
      this.#walk(tokens, range, walk);
    }
    lowest.end();
  }

  /** The text of a string, which is mostly asked for again. */
  #textAt(tokens: Tokens, at: number): string | undefined {
    const kind = tokens.kinds[at] ?? 0;
    if (kind < tokenKind.string || kind > tokenKind.rawCString) return undefined;
    let texts = this.#texts.get(tokens);
    if (texts === undefined) {
      texts = new Map();
      this.#texts.set(tokens, texts);
    }
    let text = texts.get(at);
    if (text === undefined) {
      text = stringOf(tokens, at);
      if (text !== undefined) texts.set(at, text);
    }
    return text;
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
    if (asText || !text.includes('{')) return;
    // What stands in braces is a name too: `format!("{dir}/x")`.
    for (const { 1: name = '', index } of text.matchAll(/\{([a-z_][a-z0-9_]*)(?::[^}]*)?\}/g)) {
      const size = found.leaves.length;
      this.#bound(tokens, at, name, walk);
      // What ends a name, `tool{exe}`, is none itself.
      if (/[^\\/}]/.test(text.charAt(index - 1))) found.leaves.splice(size);
    }
  }

  /** Follows the name there; gives the token to go on with. */
  #name(tokens: Tokens, at: number, to: number, walk: Walk, lists: number): number {
    const { found } = walk;
    const name = nameOf(tokens, at) ?? '';
    if ((lists & list.conditions) !== 0) return afterCondition(tokens, at, to);
    if (name === 'let') return afterStatement(tokens, at, to);
    // The names of a pattern are bound to what is matched, and no part of what its arm gives.
    if (isCompared(tokens, at)) return at + 1;
    const call = isSign(tokens, at + 1, '!') ? at + 2 : at + 1;
    const isCall = isSign(tokens, call, '(');
    const isMember = isSign(tokens, at - 1, '.') && !isSign(tokens, at - 2, '.');
    const type = isMember
      ? isCall && call === at + 1
        ? this.#receiverType(tokens, at, name)
        : undefined
      : this.#typeBefore(tokens, at);
    const isOwn = isCall && call === at + 1 && this.#isOwn(name, isMember, type);
    if (!isMember && tokens.signs[at + 1] !== 0 && this.#mayEndChain(tokens)) {
      const named = nameOnly(tokens, at, to);
      if (named !== undefined) {
        found.trail.down();
        return named;
      }
      const tool = toolFound(tokens, at, to);
      if (tool !== undefined) {
        found.compiler = true;
        return tool;
      }
    }
    const built = isMember ? undefined : this.#built(tokens, at, to, found);
    if (built !== undefined) return built;
    const toldBy = call > at + 1 ? list.saying : isMember ? list.asking : 0;
    if (!isOwn && isCall && (lists & toldBy) !== 0) {
      if (cutting.has(name)) this.#cut(walk);
      return after(tokens, call);
    }
    if ((lists & list.words) !== 0 && !isOwn) return at + 1;
    if (isCall && isMember && setting.has(name) && this.#values.partsOf(tokens, call).length > 1)
      return after(tokens, call);
    if (isCall && (lists & list.variableReaders) !== 0) {
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
    if (isCall && name.startsWith('from_utf8') && this.#isOutput(tokens, call)) {
      found.said = true;
      return after(tokens, call);
    }
    if ((lists & list.building) !== 0 || (name === 'join' && isSign(tokens, at - 2, ']'))) found.built = true;
    if (isMember && isCall) {
      const next = (lists & list.ofPaths) === 0 ? undefined : this.#method(tokens, at, name, call, walk);
      if (next !== undefined) return next;
    } else if ((lists & list.known) !== 0 && (isCall || isSigns(tokens, at + 1, '::')))
      this.#known(name, isCall, walk);
    if (isCall && !isMember && call === at + 1 && isLower(name) && (lists & list.plain) === 0)
      found.unknown = true;
    if (isCall && (lists & list.listing) !== 0) return this.#below(tokens, call, walk);
    if (!isCall && isSign(tokens, at + 1, '.') && this.#hasField(tokens, at + 2)) return at + 1;
    if (isMember && !isCall) this.#field(name, walk);
    else if (!isCall && !isSign(tokens, at + 1, '!') && !isSigns(tokens, at + 1, '::'))
      this.#bound(tokens, at, name, walk);
    return at + 1;
  }

  /** Whether a file has any of the methods that what stands before them is passed over for. */
  #mayEndChain(tokens: Tokens): boolean {
    let known = this.#chains.get(tokens);
    if (known === undefined) {
      known = ending.meets(tokens);
      this.#chains.set(tokens, known);
    }
    return known;
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

  /** `String::from_utf8(output.stdout)`, where that is no field of the crate's own; `stdout` of `let Output { stdout, .. } = …`. */
  #isOutput(tokens: Tokens, open: number): boolean {
    const fields = [...this.#values.fieldsOf('stdout'), ...this.#values.fieldsOf('stderr')];
    if (fields.some((placed) => placed.bindings.some(({ at }) => !isInPattern(placed.tokens, at))))
      return false;
    const range = inside(tokens, open);
    if (isOutput(tokens, range)) return true;
    const name = range.to === range.from + 1 ? (nameOf(tokens, range.from) ?? '') : '';
    if (!/^std(?:out|err)$/.test(name)) return false;
    const given = this.boundTo(tokens, range.from, name);
    return given.length > 0 && given.every((one) => asksForOutput(one.tokens, one.value));
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

  /** Past what a tool builds, `cmake::build("x")`, `config.build()`: in OUT_DIR, where nothing says another folder. */
  #built(tokens: Tokens, at: number, to: number, found: Walk['found']): number | undefined {
    const end = buildAt(tokens, at, to);
    if (end === undefined || this.#values.own('build', undefined).length > 0) return undefined;
    const name = nameOf(tokens, at) ?? '';
    const isTool = isBuilder(tokens, { from: at, to: end });
    const given = isTool
      ? []
      : this.#values.boundTo(tokens, at, name).filter(({ adds }) => adds === undefined);
    const isGiven = given.length > 0 && given.every((one) => isBuilder(one.tokens, one.value));
    if (!isTool && !isGiven) return undefined;
    if (this.#builds === true) addVariable(found, 'OUT_DIR');
    else found.unknown = true;
    return end;
  }

  /** `Type::name`, `Self::name`. */
  #typeBefore(tokens: Tokens, at: number): string | undefined {
    const type = isSigns(tokens, at - 2, '::') ? nameOf(tokens, at - 3) : undefined;
    return type === 'Self' ? this.#typeAround(tokens, at) : type;
  }

  #typeAround(tokens: Tokens, at: number): string | undefined {
    return this.#values.around(tokens, at).find(({ type }) => type !== undefined)?.type;
  }

  /** The type of what a method is called on, where the code says it: `self`, a parameter, a name of one type. */
  #receiverType(tokens: Tokens, at: number, method: string): string | undefined {
    const receiver = at - 2;
    const name = nameOf(tokens, receiver);
    if (name === undefined || isSign(tokens, receiver - 1, '.') || isSign(tokens, receiver - 1, ':'))
      return undefined;
    // Of methods of nobody here it does not matter whose they are.
    if (this.#values.own(method, undefined).length === 0) return undefined;
    if (name === 'self') return this.#typeAround(tokens, at);
    const declared = this.declared(tokens, receiver) ?? this.#declaredOutside(name);
    if (declared?.type !== undefined) return typeIn(declared.tokens, declared.type);
    return declared?.value === undefined ? undefined : typeMade(declared.tokens, declared.value);
  }

  /** The same of a constant. */
  #declaredOutside(name: string): (Declared & { readonly tokens: Tokens }) | undefined {
    const [only, other] = this.#values.outsideOf(name);
    const [binding, more] = only?.bindings ?? [];
    if (only === undefined || other !== undefined || binding === undefined || more !== undefined)
      return undefined;
    const declared = declaredBy(only.tokens, binding);
    return declared === undefined ? undefined : { ...declared, tokens: only.tokens };
  }

  #isOwn(name: string, isMember: boolean, type: string | undefined): boolean {
    if (isMember && (iterating.has(name) || (isInherent(type, name) && !this.#values.hasType(type))))
      return false;
    return this.#values.own(name, type).some(({ place }) => !isMember || place.method);
  }

  /** The names of the variables that a reading of one reads. */
  #variables(tokens: Tokens, range: TokenRange, walk: Walk): ReadonlySet<string> {
    const found = nothing();
    this.#walk(tokens, range, { ...walk, found, asText: true, depth: walk.depth + 1 });
    return found.texts;
  }

  #function(name: string, type: string | undefined, call: Call, walk: Walk): void {
    const lowest = new Lowest(walk.found.trail);
    for (const { file, place } of this.#values.own(name, type).slice(0, maxBindings)) {
      if (exclude(walk.gates, place.gates)) continue;
      const frames = { place, call, before: walk.frames };
      const inner = place.gates.length === 0 ? walk : { ...walk, gates: [...walk.gates, ...place.gates] };
      for (const value of this.#values.valuesOf(file, place)) {
        if (this.#steps <= 0) return;
        lowest.next();
        this.#into('fn', file.tokens, value, inner, frames, walk.as);
      }
    }
    lowest.end();
  }

  /** Whether a field is named there that something here is given: then it alone counts, and not what has it. */
  #hasField(tokens: Tokens, at: number): boolean {
    const name = isSign(tokens, at + 1, '(') ? undefined : nameOf(tokens, at);
    return name !== undefined && this.#values.fieldsOf(name).length > 0;
  }

  #field(name: string, walk: Walk): void {
    const placed = this.#values.fieldsOf(name);
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
    const file = this.#values.file(tokens);
    // Looking through what a file has costs, too.
    this.#steps -= ((file?.functions.length ?? 0) + (file?.bindings.get(name)?.length ?? 0)) >> 4;
    if (this.#steps <= 0) return;
    for (const place of this.#values.around(tokens, at)) {
      const own = this.#values.within(tokens, place, name);
      const parameter = place.parameters.indexOf(name);
      if (own.length === 0 && parameter === -1) continue;
      this.#bindings(tokens, visibleAt(own, at, maxBindings), walk, walk.frames);
      if (parameter !== -1 && hiddenBefore(own, at) === undefined) this.#argument(place, parameter, walk);
      return;
    }
    const outside = this.#values.outsideOf(name);
    for (const { tokens: other, bindings } of outside) this.#bindings(other, bindings, walk, undefined);
    const known = outside.length > 0;
    if (!known && /^\p{Ll}/u.test(name)) walk.found.unknown = true;
  }

  /** What a name is given, one instead of the other, and then what is added to it. */
  #bindings(tokens: Tokens, bindings: readonly Binding[], walk: Walk, frames: Frames): void {
    const { trail } = walk.found;
    const lowest = new Lowest(trail);
    const all = bindings.slice(0, maxBindings);
    for (const { name, value, adds, part } of all) {
      if (adds !== undefined) continue;
      lowest.next();
      if (this.#steps <= 0) break;
      this.#into(name, tokens, value, part === undefined ? walk : { ...walk, part }, frames, walk.as);
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
    const calls =
      led === undefined
        ? this.#values
            .callsOf(place)
            .filter(({ tokens, open }) => !exclude(walk.gates, this.#gatesAt(tokens, open)))
        : [led];
    if (calls.length === 0) {
      walk.found.unknown = true;
      walk.found.handed ||= place.handed === undefined;
    }
    const lowest = new Lowest(walk.found.trail);
    for (const { tokens, open, from } of calls) {
      lowest.next();
      if (this.#steps <= 0) break;
      const argument = this.#values.partsOf(tokens, open)[index + selfAt(place, tokens, open)];
      if (argument === undefined) walk.found.unknown = true;
      else {
        const gates = led === undefined ? this.#gatesAt(tokens, open) : noGates;
        const inner = gates.length === 0 ? walk : { ...walk, gates: [...walk.gates, ...gates] };
        this.#into('(', tokens, argument, inner, from, walk.as);
      }
    }
    lowest.end();
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
    const { found, asText, depth, begin, gates, part } = walk;
    const way = this.#ways.to(range, name, frames?.call.open ?? 0, asText);
    if (way.isOpen || way.visits >= maxVisits) return;
    way.visits++;
    if (depth >= maxDepth) {
      found.unknown = true;
      return;
    }
    way.isOpen = true;
    this.#walk(tokens, range, { found, asText, depth: depth + 1, frames, begin, as, gates, part });
    way.isOpen = false;
  }
}

/** Whether a closure in a function may have a parameter of that name. */
function isGivenAnew(tokens: Tokens, { from, to }: TokenRange, name: string): boolean {
  for (let at = from; at < to; at++) {
    if (!isSign(tokens, at, '|')) continue;
    for (let next = at + 1; next < to && !isSign(tokens, next, '|'); next++)
      if (nameOf(tokens, next) === name) return true;
      else if (isSign(tokens, next, ';')) break;
  }
  return false;
}

/** `let name = value;`, `|name: Type|`. */
function declaredBy(tokens: Tokens, { at, adds, until, value }: Binding): Declared | undefined {
  if (adds !== undefined) return undefined;
  if (!isSign(tokens, at + 1, ':') || isSigns(tokens, at + 1, '::')) {
    const isLet = until !== undefined && isSign(tokens, at + 1, '=') && value.from === at + 2;
    return isLet ? { value } : undefined;
  }
  let to = at + 2;
  while (to < tokens.count && !['|', ',', '='].some((sign) => isSign(tokens, to, sign)))
    to = after(tokens, to);
  return { type: { from: at + 2, to } };
}

/** Lists that have names which are passed over, looked into or end something; a bit for each, in the order of `listsOf`. */
const list = {
  beginning: 1,
  conditions: 2,
  saying: 4,
  asking: 8,
  words: 16,
  variableReaders: 32,
  building: 64,
  ofPaths: 128,
  known: 256,
  plain: 512,
  listing: 1024,
} as const;
const listsOf = new NameLists([
  beginning,
  conditions,
  saying,
  asking,
  words,
  variableReaders,
  building,
  new Set([...rising.keys(), 'ancestors', ...cutting, ...joining, ...beside]),
  new Set([...homes, ...temps, 'WalkDir', 'current_dir', 'current_exe']),
  plain,
  listing,
]);
const ending = new NameFilter(new Set([...naming, ...toolFinders]));
const sign = { semicolon: 59, openBracket: 91, caret: 94, openBrace: 123, closeBrace: 125 } as const;

/** Whether a name begins with a small letter. */
function isLower(name: string): boolean {
  const first = name.charCodeAt(0);
  return first < 128 ? first >= 97 && first <= 122 : /^\p{Ll}/u.test(name);
}

/** How the folder of the running program is called. */
const ofProgram = 'where its program lies';
/** Macros whose arguments are joined to a path. */
const pathMacros: ReadonlySet<string> = new Set(['path_buf', 'pathbuf']);
/** Functions of known helpers that give OUT_DIR, or a file in it. */
const ownPlaces: ReadonlyMap<string, readonly string[]> = new Map([
  ['embuild', ['out_dir', 'default_bindings_file']],
  ['build_rs', ['out_dir']],
]);
