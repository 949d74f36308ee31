import { isSign, nameOf, type TokenRange, type Tokens } from '../../tokens.ts';
import { exclude, noGates } from '../gates.ts';
import type { Binding, FunctionPlace } from '../places.ts';
import { hiddenBefore, visibleAt } from '../visible.ts';
import { gatesAt } from './declared.ts';
import type { Reading } from './reading.ts';
import type { Joint } from './syntax.ts';
import { Lowest } from './trail.ts';
import { isInherent } from './types.ts';
import { type Call, type Frames, maxBindings, selfAt } from './values.ts';
import { callOf, type Walk } from './walk.ts';
import type { Ways } from './ways.ts';
import { iterating } from './words.ts';

/** Names that lead to names; deeper than real scripts go. */
export const maxDepth = 20;
/** Times that one value is looked at for another: each way there may make another path of it. */
const maxVisits = 3;

/** Who reads an expression into a walk. */
export interface Walks {
  walk(tokens: Tokens, range: TokenRange, walk: Walk): void;
}

/** Follows names to what they are given: by bindings, constants, fields, the crate's own functions and the calls of those. */
export class References {
  readonly #reading: Reading;
  readonly #ways: Ways;
  readonly #walker: Walks;

  constructor(reading: Reading, ways: Ways, walker: Walks) {
    this.#reading = reading;
    this.#ways = ways;
    this.#walker = walker;
  }

  function(name: string, type: string | undefined, call: Call, walk: Walk): void {
    const lowest = new Lowest(walk.found.trail);
    for (const { file, place } of this.#reading.values.own(name, type).slice(0, maxBindings)) {
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
    for (const file of placed.slice(0, maxBindings)) {
      for (const { value } of file.bindings.slice(0, maxBindings)) {
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

  bound(tokens: Tokens, at: number, name: string, walk: Walk): void {
    const file = this.#reading.values.file(tokens);
    // Looking through what a file has costs, too.
    this.#reading.steps -= ((file?.functions.length ?? 0) + (file?.bindings.get(name)?.length ?? 0)) >> 4;
    if (this.#reading.steps <= 0) return;
    for (const place of this.#reading.values.around(tokens, at)) {
      const own = this.#reading.values.within(tokens, place, name);
      const parameter = place.parameters.indexOf(name);
      if (own.length === 0 && parameter === -1) continue;
      this.#bindings(tokens, visibleAt(own, at, maxBindings), walk, walk.frames);
      if (parameter !== -1 && hiddenBefore(own, at) === undefined) this.#argument(place, parameter, walk);
      return;
    }
    const outside = this.#reading.values.outsideOf(name);
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
      if (this.#reading.steps <= 0) break;
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
        ? this.#reading.values
            .callsOf(place)
            .filter(({ tokens, open }) => !exclude(walk.gates, gatesAt(this.#reading.values, tokens, open)))
        : [led];
    if (calls.length === 0) {
      walk.found.unknown = true;
      walk.found.handed ||= place.handed === undefined;
    }
    const lowest = new Lowest(walk.found.trail);
    for (const { tokens, open, from } of calls) {
      lowest.next();
      if (this.#reading.steps <= 0) break;
      const argument = this.#reading.values.partsOf(tokens, open)[index + selfAt(place, tokens, open)];
      if (argument === undefined) walk.found.unknown = true;
      else {
        const gates = led === undefined ? gatesAt(this.#reading.values, tokens, open) : noGates;
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
