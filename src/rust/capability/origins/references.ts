import { stringIn, stringOf } from '../../literal.ts';
import { isSign, isSigns, nameOf, openBefore, type TokenRange, type Tokens } from '../../tokens.ts';
import { exclude, noGates } from '../gates.ts';
import type { Binding, FunctionPlace } from '../places.ts';
import { hiddenBefore, visibleAt } from '../visible.ts';
import { gatesAt } from './declared.ts';
import type { Reading } from './reading.ts';
import { isCompared, type Joint } from './syntax.ts';
import { allTheWay, Lowest } from './trail.ts';
import { isInherent } from './types.ts';
import { type Call, type CrateValues, type Frames, maxBindings, maxLooked, selfAt } from './values.ts';
import { callOf, type Walk } from './walk.ts';
import type { Ways } from './ways.ts';
import { asking, iterating, saying, variableReaders } from './words.ts';

/** Whether something of that name stands outside of the function, which only adds to it: `static NAME: Cell<…> = …`. */
function isOnlyAdded({ visible, parameter }: Pick<Meant, 'visible' | 'parameter'>, name: string): boolean {
  return parameter === -1 && /^\p{Lu}/u.test(name) && visible.every(({ adds }) => adds !== undefined);
}

/** What a value is made by: `vec` of `vec![…]`, `PathBuf` of `std::path::PathBuf::new()`, `[` of `[…]`. */
function typeAt(tokens: Tokens, { from, to }: TokenRange): string | undefined {
  if (isSign(tokens, from, '[')) return '[';
  let at = from;
  while (at + 3 < to && isSigns(tokens, at + 1, '::') && /^[a-z]/.test(nameOf(tokens, at) ?? '')) at += 3;
  return nameOf(tokens, at);
}

const lists: ReadonlySet<string> = new Set(['[', 'vec', 'Vec', 'VecDeque']);

/** Whether a text stands in what is asked for, said or compared: `env::var("X")`, `format!("{target}_{name}")`, `panic!("…")`. */
function isTold(tokens: Tokens, at: number, from: number): boolean {
  if (isCompared(tokens, at)) return true;
  for (let open = openBefore(tokens, at, from); open > from; open = openBefore(tokens, open, from)) {
    const name = nameOf(tokens, isSign(tokens, open - 1, '!') ? open - 2 : open - 1) ?? '';
    if (variableReaders.has(name) || saying.has(name) || asking.has(name)) return true;
    if (name === 'format' && stringOf(tokens, at)?.includes('{') === true) return true;
  }
  return false;
}

/** Names that lead to names; deeper than real scripts go. */
export const maxDepth = 20;
/** Times that one value is looked at for another: each way there may make another path of it. */
const maxVisits = 3;

/** Who reads an expression into a walk. */
export interface Walks {
  walk(tokens: Tokens, range: TokenRange, walk: Walk): void;
}

/** What a name means at a place: of a function around it, or of what stands outside of functions. */
interface Meant {
  readonly name: string;
  /** Of looking for it. */
  readonly cost: number;
  readonly place: FunctionPlace | undefined;
  readonly visible: readonly Binding[];
  /** -1 where it is none. */
  readonly parameter: number;
  readonly outside: ReturnType<CrateValues['outsideOf']>;
}

/** Follows names to what they are given: by bindings, constants, fields, the crate's own functions and the calls of those. */
export class References {
  readonly #reading: Reading;
  readonly #ways: Ways;
  readonly #walker: Walks;
  readonly #meanings = new Map<Tokens, Map<number, Meant>>();

  constructor(reading: Reading, ways: Ways, walker: Walks) {
    this.#reading = reading;
    this.#ways = ways;
    this.#walker = walker;
  }

  function(name: string, type: string | undefined, call: Call, walk: Walk): void {
    const lowest = new Lowest(walk.found.trail);
    const own = this.#reading.values.own(name, type);
    if (own.length > maxBindings) walk.found.unknown = true;
    for (const { file, place } of own.slice(0, maxBindings)) {
      if (exclude(walk.gates, place.gates)) continue;
      const frames = { place, call, before: walk.frames };
      const inner = place.gates.length === 0 ? walk : { ...walk, gates: [...walk.gates, ...place.gates] };
      for (const value of this.#reading.values.valuesOf(file, place)) {
        if (this.#reading.steps <= 0) return;
        lowest.next();
        this.#into('fn', file.tokens, value, inner, frames, walk.as);
      }
    }
    lowest.end();
  }

  /** Whether a field is named there that something here is given: then it alone counts, and not what has it. */
  hasField(tokens: Tokens, at: number): boolean {
    const name = isSign(tokens, at + 1, '(') ? undefined : nameOf(tokens, at);
    return name !== undefined && this.#reading.values.fieldsOf(name).length > 0;
  }

  field(name: string, walk: Walk): void {
    const placed = this.#reading.values.fieldsOf(name);
    const lowest = new Lowest(walk.found.trail);
    if (placed.length > maxBindings) walk.found.unknown = true;
    for (const file of placed.slice(0, maxBindings)) {
      for (const { value } of this.#followed(
        file.bindings,
        ({ value }) => stringIn(file.tokens, value),
        walk,
      )) {
        lowest.next();
        if (this.#reading.steps <= 0) break;
        this.#into('.', file.tokens, value, walk, undefined, walk.as);
      }
      if (this.#reading.steps <= 0) break;
    }
    lowest.end();
    if (placed.length === 0) walk.found.unknown = true;
  }

  isOwn(name: string, isMember: boolean, type: string | undefined): boolean {
    if (isMember && (iterating.has(name) || (isInherent(type, name) && !this.#reading.values.hasType(type))))
      return false;
    return this.#reading.values.own(name, type).some(({ place }) => !isMember || place.method);
  }

  /** Whether the crate's own functions that are called like readers of variables read some, and give no text of theirs. */
  onlyReads(name: string, type: string | undefined): boolean {
    const { values } = this.#reading;
    return values.own(name, type).every(({ file: { tokens }, place: { body } }) => {
      let reads = false;
      for (let at = body.from; at < body.to; at++) {
        reads ||= variableReaders.has(nameOf(tokens, at) ?? '');
        if (stringOf(tokens, at) !== undefined && !isTold(tokens, at, body.from)) return false;
      }
      return reads;
    });
  }

  bound(tokens: Tokens, at: number, name: string, walk: Walk): void {
    const meant = this.#meant(tokens, at, name);
    if (meant === undefined) return;
    const { place, visible, parameter, outside } = meant;
    if (place !== undefined) {
      for (const { tokens: other, bindings } of outside) this.#bindings(other, bindings, walk, undefined);
      this.#bindings(tokens, visible, walk, walk.frames);
      if (parameter !== -1) this.#argument(place, parameter, walk);
      return;
    }
    for (const { tokens: other, bindings } of outside) this.#bindings(other, bindings, walk, undefined);
    if (outside.length === 0 && /^\p{Ll}/u.test(name)) walk.found.unknown = true;
  }

  /** What a name there may mean: looked for once, and paid for each time; `undefined` where nothing is left to pay with. */
  #meant(tokens: Tokens, at: number, name: string): Meant | undefined {
    const all = this.#meanings.get(tokens) ?? new Map<number, Meant>();
    this.#meanings.set(tokens, all);
    const known = all.get(at);
    if (known?.name === name) {
      this.#reading.steps -= known.cost;
      return this.#reading.steps <= 0 ? undefined : known;
    }
    const { values } = this.#reading;
    const file = values.file(tokens);
    // Looking through what a file has costs, too.
    const cost = ((file?.functions.length ?? 0) + (file?.bindings.get(name)?.length ?? 0)) >> 4;
    this.#reading.steps -= cost;
    if (this.#reading.steps <= 0) return undefined;
    const found = this.#inFunction(tokens, at, name);
    const meant = {
      name,
      cost,
      place: found?.place,
      visible: found?.visible ?? [],
      parameter: found?.parameter ?? -1,
      outside: found === undefined || isOnlyAdded(found, name) ? values.outsideOf(name) : [],
    };
    all.set(at, meant);
    return meant;
  }

  /** The innermost function around a place that has a name, what that is given there, and which parameter it is. */
  #inFunction(
    tokens: Tokens,
    at: number,
    name: string,
  ): Pick<Meant, 'place' | 'visible' | 'parameter'> | undefined {
    const { values } = this.#reading;
    for (const place of values.around(tokens, at)) {
      const own = values.within(tokens, place, name);
      const parameter = place.parameters.indexOf(name);
      if (own.length === 0 && parameter === -1) continue;
      const isParameter = parameter !== -1 && hiddenBefore(own, at) === undefined;
      return { place, visible: visibleAt(own, at, maxBindings + 1), parameter: isParameter ? parameter : -1 };
    }
    return undefined;
  }

  /** What a name is given, one instead of the other, and then what is added to it. */
  #bindings(tokens: Tokens, bindings: readonly Binding[], walk: Walk, frames: Frames): void {
    const { trail } = walk.found;
    const lowest = new Lowest(trail);
    // What is visible was cut off behind the one that is too many.
    if (bindings.length > maxBindings) walk.found.unknown = true;
    const all = bindings.slice(0, maxBindings);
    for (const { name, value, adds, part } of all) {
      if (adds !== undefined) continue;
      lowest.next();
      if (this.#reading.steps <= 0) break;
      this.#into(name, tokens, value, part === undefined ? walk : { ...walk, part }, frames, walk.as);
    }
    lowest.end();
    const made = all.flatMap(({ value, adds }) => (adds === undefined ? (typeAt(tokens, value) ?? []) : []));
    const isList = made.some((type) => lists.has(type));
    const isPath = made.includes('PathBuf');
    for (const { name, value, adds: how } of all) {
      if (how === undefined) continue;
      // What is pushed onto a list is one of many.
      const adds = how === 'path' && isList ? 'more' : how;
      const { depth } = trail;
      if (adds === 'cut' || adds === 'less' || adds === 'changed') walk.found.altered = true;
      if (adds === 'less' || adds === 'changed') continue;
      if (adds === 'up' || adds === 'beside') trail.up(1);
      if (adds === 'cut' && trail.base !== undefined && trail.base !== '') trail.up(allTheWay);
      if (adds === 'up' || adds === 'cut') continue;
      const as = adds === 'path' || adds === 'beside' ? 'joined' : 'behind';
      const { leaves } = walk.found;
      if (as === 'joined') {
        leaves.splice(walk.begin.leaves);
        walk.found.joined ||= isPath || trail.base !== undefined;
      }
      const size = leaves.length;
      const { altered } = walk.found;
      this.#into(name, tokens, value, walk, frames, as);
      if (adds === 'more') walk.found.altered = altered;
      if (adds === 'text') leaves.splice(size);
      if (as === 'joined' && trail.depth <= depth) trail.down();
    }
  }

  /** What the parameter of a function is called with: by the call that led there, else by all. */
  #argument(place: FunctionPlace, index: number, walk: Walk): void {
    const led = callOf(walk.frames, place);
    const calls = led === undefined ? this.#calls(place, walk) : [led];
    if (calls.length === 0) {
      walk.found.unknown = true;
      walk.found.handed ||= place.handed === undefined;
    }
    const lowest = new Lowest(walk.found.trail);
    const { values } = this.#reading;
    const argumentOf = ({ tokens, open }: Call) =>
      values.partsOf(tokens, open)[index + selfAt(place, tokens, open)];
    const textOf = (call: Call) => {
      const argument = call.from === undefined ? argumentOf(call) : undefined;
      return argument && stringIn(call.tokens, argument);
    };
    for (const call of this.#followed(calls, textOf, walk)) {
      const { tokens, open, from } = call;
      lowest.next();
      if (this.#reading.steps <= 0) break;
      const argument = argumentOf(call);
      if (argument === undefined) walk.found.unknown = true;
      else {
        const gates = led === undefined ? gatesAt(this.#reading.values, tokens, open) : noGates;
        const inner = gates.length === 0 ? walk : { ...walk, gates: [...walk.gates, ...gates] };
        this.#into('(', tokens, argument, inner, from, walk.as);
      }
    }
    lowest.end();
  }

  /** Those that are followed, each text that is written in several once; where some are not, what comes of them is unknown. */
  #followed<One>(
    all: readonly One[],
    textOf: (one: One) => string | undefined,
    { found }: Walk,
  ): readonly One[] {
    if (all.length <= maxBindings) return all;
    const looked = all.slice(0, maxLooked);
    this.#reading.steps -= looked.length >> 3;
    const texts = new Set<string>();
    const different = looked.filter((one) => {
      const text = textOf(one);
      if (text === undefined) return true;
      const isNew = !texts.has(text);
      texts.add(text);
      return isNew;
    });
    if (looked.length < all.length || different.length > maxBindings) found.unknown = true;
    return different.slice(0, maxBindings);
  }

  /** The calls of a function that may be there with what led to it. */
  #calls(place: FunctionPlace, { gates }: Walk): readonly Call[] {
    const { values } = this.#reading;
    const calls = values.callsOf(place);
    return gates.length === 0
      ? calls
      : calls.filter(({ tokens, open }) => !exclude(gates, gatesAt(values, tokens, open)));
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
    if (--this.#reading.steps <= 0) return;
    const { found, asText, depth, begin, gates, part } = walk;
    const way = this.#ways.to(range, name, frames?.call.open ?? 0, asText);
    if (way.isOpen || way.visits >= maxVisits) return;
    way.visits++;
    if (depth >= maxDepth) {
      found.unknown = true;
      return;
    }
    way.isOpen = true;
    this.#walker.walk(tokens, range, { found, asText, depth: depth + 1, frames, begin, as, gates, part });
    way.isOpen = false;
  }
}
