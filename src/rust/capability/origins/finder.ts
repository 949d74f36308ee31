import { commaParts } from '../../attribute.ts';
import { stringOf } from '../../literal.ts';
import type { ModuleTree } from '../../module.ts';
import type { CrateNames } from '../../resolve.ts';
import { inside, isSign, nameOf, type TokenRange, type Tokens } from '../../tokens.ts';
import type { Binding } from '../places.ts';
import { nameIn } from '../tuples.ts';
import { type Declared, declaredAt, gatesAt, parameterAt } from './declared.ts';
import { Reading } from './reading.ts';
import { type CrateValues, selfAt } from './values.ts';
import { beginAt, nothing, type Origins, type Walk } from './walk.ts';
import { Walker } from './walker.ts';
import { Ways } from './ways.ts';
import { buildTools } from './words.ts';

/** Tokens that are looked at for one value. */
const maxStepsEach = 20_000;
/** The same for all values of a crate at the most. */
const maxSteps = 4_000_000;
/**
 * What is looked at of any code, and more for each of its tokens: no script or macro of 5,623 crates came to half of
 * the first alone.
 */
const leastSteps = 1_000_000;
const stepsForToken = 16;

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
  readonly #tree: ModuleTree;
  readonly #reading: Reading;
  readonly #walker: Walker;
  /** Of expressions that were asked for, by where they stand: several kinds of finding ask for the same one. */
  readonly #answers = new Map<Tokens, Map<string, Origins>>();
  /** Of parameters that were asked for. */
  readonly #parameters = new Map<string, Origins>();
  readonly #ways = new Ways();
  /** Whether it was asked where tools build. */
  #isAsked: boolean;
  #total: number;

  /** `crates` are the dependencies: by the names that code calls them by, their own. */
  constructor(tree: ModuleTree, crates: CrateNames = new Map()) {
    const files = new Set(tree.modules.map((module) => module.tokens));
    const count = [...files].reduce((sum, tokens) => sum + tokens.count, 0);
    this.#total = Math.min(maxSteps, leastSteps + stepsForToken * count);
    const places = [...ownPlaces].flatMap(([crate, names]) => (crates.get(crate) === crate ? names : []));
    this.#tree = tree;
    this.#reading = new Reading(tree);
    this.#walker = new Walker(this.#reading, this.#ways, new Set(places));
    this.#isAsked = ![...crates.values()].some((crate) => buildTools.has(crate));
  }

  /** Whether nothing more is looked at: no value that was asked for since is known. */
  get isSpent(): boolean {
    return this.#total <= 0;
  }

  get #values(): CrateValues {
    return this.#reading.values;
  }

  /** Where the value of an expression comes from. */
  of(tokens: Tokens, range: TokenRange): Origins {
    const parameter = parameterAt(this.#values, tokens, range);
    if (parameter === undefined) return this.#found(tokens, range, false);
    const known = this.#parameters.get(parameter) ?? this.#found(tokens, range, false);
    this.#parameters.set(parameter, known);
    return known;
  }

  /**
   * What one name there surely is, where the crate says it in one place: the type of a parameter, or what a `let` gives it. Nothing
   * where it may be more.
   */
  declared(tokens: Tokens, at: number): Declared | undefined {
    return declaredAt(this.#values, tokens, at);
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
   * What two parameters of one function are called with, call by call: `first` and `second` name each of them, or stand
   * around it as in `Some(name)`; `undefined` where they are no such parameters, or nobody calls it.
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
  hasMethod(named: string, name: string): boolean {
    const type = this.#values.aliasOf(named) ?? named;
    return (
      this.#values.isOneType(type) &&
      this.#values.own(name, type).some(({ place }) => place.method && place.type === type && !place.ofTrait)
    );
  }

  /** The texts that an expression may be, such as the name of a variable. */
  texts(tokens: Tokens, range: TokenRange): readonly string[] {
    return this.#found(tokens, range, true).texts;
  }

  /**
   * What a name is given that stands there, in the order of its file, the first `most` of it; nothing where a parameter
   * has it, or nobody knows it.
   */
  boundTo(
    tokens: Tokens,
    at: number,
    name: string,
    most?: number,
  ): readonly (Binding & { readonly tokens: Tokens })[] {
    return this.#values.boundTo(tokens, at, name, most);
  }

  /** Where a name comes from that stands in braces in the text there: `{key}`. */
  named(tokens: Tokens, at: number, name: string): Origins {
    return this.#gathered((walk) => this.#walker.references.bound(tokens, at, name, walk), false, tokens, at);
  }

  #found(tokens: Tokens, range: TokenRange, asText: boolean): Origins {
    const answers = this.#answers.get(tokens) ?? new Map<string, Origins>();
    this.#answers.set(tokens, answers);
    const key = `${range.from} ${range.to} ${asText}`;
    const found =
      answers.get(key) ??
      this.#gathered((walk) => this.#walker.walk(tokens, range, walk), asText, tokens, range.from);
    answers.set(key, found);
    return found;
  }

  /** Whether every folder that a tool is told to build in lies in OUT_DIR. */
  #buildsInOutDir(): boolean {
    this.#isAsked = true;
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
    if (!this.#isAsked) this.#walker.buildsInside = this.#buildsInOutDir();
    const found = nothing();
    this.#reading.steps = Math.min(maxStepsEach, this.#total);
    this.#ways.begin();
    const before = this.#reading.steps;
    const begin = beginAt(found, from);
    gather({
      found,
      asText,
      depth: 0,
      frames: undefined,
      begin,
      as: undefined,
      gates: gatesAt(this.#values, tokens, from),
      part: undefined,
    });
    if (this.#reading.steps <= 0) found.unknown = true;
    this.#total -= before - Math.max(0, this.#reading.steps);
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
}

/** Functions of known helpers that give OUT_DIR, or a file in it. */
const ownPlaces: ReadonlyMap<string, readonly string[]> = new Map([
  ['embuild', ['out_dir', 'default_bindings_file']],
  ['build_rs', ['out_dir']],
]);
