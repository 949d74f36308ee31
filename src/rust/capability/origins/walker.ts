import { stringOf } from '../../literal.ts';
import {
  after,
  inside,
  isSign,
  isSigns,
  isWord,
  nameOf,
  openBefore,
  type TokenRange,
  type Tokens,
  tokenKind,
} from '../../tokens.ts';
import { isKnownVariable } from '../environment.ts';
import { isHandedOn, partsAt } from '../tuples.ts';
import { receiverType, typeBefore } from './declared.ts';
import { Joints } from './joints.ts';
import { ending, list, listsOf } from './lists.ts';
import type { Reading } from './reading.ts';
import { maxDepth, References } from './references.ts';
import {
  afterCondition,
  afterStatement,
  asksForOutput,
  buildAt,
  isBuilder,
  isCompared,
  isCutAt,
  isInPattern,
  isList,
  isOutput,
  isSliceAt,
  nameOnly,
  placeOfText,
  toolFound,
} from './syntax.ts';
import { allTheWay, Lowest } from './trail.ts';
import { addVariable, another, beginAt, begun, nothing, type Walk } from './walk.ts';
import type { Ways } from './ways.ts';
import { altering, components, contents, cutting, programEnding, setting, turning } from './words.ts';

/** The function that a call may be of. */
interface Called {
  /** What it is a function of, where that is known. */
  readonly type: string | undefined;
  /** Whether it may be one of the crate's own. */
  readonly isOwn: boolean;
}
const noCall: Called = { type: undefined, isOwn: false };

/**
 * Reads expressions token by token: each name is followed, or looked up in the lists of what libraries call things, and
 * each text and method goes into the trail of the path that it may be.
 */
export class Walker {
  /** What names lead to. */
  readonly references: References;
  /** Whether what a tool builds lies in OUT_DIR. */
  buildsInside = false;
  readonly #reading: Reading;
  readonly #joints: Joints;
  /** Functions of dependencies that give a place below OUT_DIR. */
  readonly #places: ReadonlySet<string>;
  readonly #texts = new Map<Tokens, Map<number, string>>();
  readonly #calls = new Map<Tokens, Map<number, Called>>();
  /** Of files, whether they name any of the methods that a whole chain leads to. */
  readonly #chains = new Map<Tokens, boolean>();

  constructor(reading: Reading, ways: Ways, places: ReadonlySet<string>) {
    this.#reading = reading;
    this.#places = places;
    this.references = new References(reading, ways, this);
    this.#joints = new Joints(this, this.references);
  }

  walk(tokens: Tokens, range: TokenRange, walk: Walk): void {
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
      if (--this.#reading.steps <= 0) return;
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
          found.built = found.decoded = found.turned = true;
          break;
        case sign.semicolon:
        case sign.openBrace:
        case sign.closeBrace:
          inner = another(inner, at + 1);
          break;
        case sign.openBracket:
          if (isCutAt(tokens, at)) this.#joints.cut(inner);
          found.altered ||= isSliceAt(tokens, at);
          if (!isList(tokens, at)) break;
          at = this.#joints.list(tokens, at, inner);
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
      this.walk(tokens, range, walk);
    }
    lowest.end();
  }

  /** Follows the name there; gives the token to go on with. */
  #name(tokens: Tokens, at: number, to: number, walk: Walk, lists: number): number {
    const { found } = walk;
    const name = nameOf(tokens, at) ?? '';
    if ((lists & list.conditions) !== 0) return afterCondition(tokens, at, to);
    if (name === 'let') return afterStatement(tokens, at, to);
    if (turning.has(name)) found.turned ||= name !== 'char' || isSignMade(tokens, at);
    // The names of a pattern are bound to what is matched, and no part of what its arm gives.
    if (isCompared(tokens, at)) return at + 1;
    const call = isSign(tokens, at + 1, '!') ? at + 2 : at + 1;
    const isCall = isSign(tokens, call, '(');
    const isMember = isSign(tokens, at - 1, '.') && !isSign(tokens, at - 2, '.');
    found.altered ||= this.#turns(name, isMember, call > at + 1);
    const { type, isOwn } = isCall && call === at + 1 ? this.#called(tokens, at, name, isMember) : noCall;
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
      if (cutting.has(name)) this.#joints.cutBy(tokens, name, call, walk);
      found.altered ||= isMember && altering.has(name);
      return after(tokens, call);
    }
    if ((lists & list.words) !== 0 && !isOwn) return at + 1;
    if (isCall && !isMember && !isOwn && contents.has(name)) {
      found.unknown = true;
      // What is in a file may lead anywhere, where a path goes on with it.
      if (walk.as === 'joined' && name !== 'include_bytes') found.trail.up(allTheWay);
      return after(tokens, call);
    }
    if (isCall && !isOwn && walk.as === 'joined' && calling.has(name) && isOfCommand(tokens, at))
      found.trail.up(allTheWay);
    if (isCall && isMember && setting.has(name) && this.#reading.values.partsOf(tokens, call).length > 1)
      return after(tokens, call);
    if (isCall && (lists & list.variableReaders) !== 0) {
      if (isOwn) found.altered ||= !this.references.onlyReads(name, type);
      for (const variable of this.#variables(tokens, inside(tokens, call), walk))
        addVariable(found, variable);
      return after(tokens, call);
    }
    if (walk.asText && name === 'format' && call > at + 1) {
      this.walk(tokens, { from: call + 1, to: call + 2 }, walk);
      return after(tokens, call);
    }
    if (call > at + 1 && pathMacros.has(name)) return this.#joints.list(tokens, call, walk, true);
    if (isCall && !isMember && !isOwn && this.#places.has(name)) {
      addVariable(found, 'OUT_DIR');
      return after(tokens, call);
    }
    if (isCall && call > at + 1 && (name === 'format' || name === 'concat'))
      return this.#joints.formatted(tokens, call, walk);
    if (isOwn) {
      this.references.function(name, type, { tokens, open: call, from: walk.frames }, walk);
      return after(tokens, call);
    }
    // What a program said is no text that is put together here, nor made of that program's name.
    if (isCall && name.startsWith('from_utf8') && this.#isOutput(tokens, call)) {
      found.said = true;
      return after(tokens, call);
    }
    if ((lists & list.building) !== 0) found.decoded ||= name !== 'concat';
    if ((lists & list.building) !== 0 || (name === 'join' && isSign(tokens, at - 2, ']'))) found.built = true;
    if (isMember && isCall) {
      found.altered ||= altering.has(name);
      const next =
        (lists & list.ofPaths) === 0 ? undefined : this.#joints.method(tokens, at, name, call, walk);
      if (next !== undefined) return next;
    } else if (
      (lists & list.known) !== 0 &&
      (isCall || isSigns(tokens, at + 1, '::') || isJoined(tokens, at, name))
    )
      this.#joints.known(name, isCall, walk);
    if (isCall && !isMember && call === at + 1 && isLower(name) && (lists & list.plain) === 0)
      found.unknown = true;
    if (isCall && (name === 'canonicalize' || name === 'absolute')) found.joined = true;
    if (isCall && (lists & list.listing) !== 0) return this.#joints.below(tokens, call, walk);
    if (!isCall && isSign(tokens, at + 1, '.') && this.references.hasField(tokens, at + 2)) return at + 1;
    // `map(PathBuf::from)`: a function that gives what it is given.
    const isPassing = !isCall && (lists & list.plain) !== 0 && isSigns(tokens, at - 2, '::');
    if (
      isPassing &&
      this.#reading.values.own(name, typeBefore(this.#reading.values, tokens, at)).length === 0
    )
      return at + 1;
    if (isMember && !isCall) this.references.field(name, walk);
    else if (!isCall && !isSign(tokens, at + 1, '!') && !isSigns(tokens, at + 1, '::'))
      this.references.bound(tokens, at, name, walk);
    return at + 1;
  }

  /** Whether what a name there leads to may be made into something else by the crate's own types or macros. */
  #turns(name: string, isMember: boolean, isMacro: boolean): boolean {
    const { turning } = this.#reading.values;
    if (isMacro) return turning.isMacro(name);
    return isMember ? turning.isBy(name) : !isLower(name) && turning.isOf(name);
  }

  /** Whose the function may be that is called there, which is mostly asked for again. */
  #called(tokens: Tokens, at: number, name: string, isMember: boolean): Called {
    const all = this.#calls.get(tokens) ?? new Map<number, Called>();
    this.#calls.set(tokens, all);
    const known = all.get(at);
    if (known !== undefined) return known;
    const { values } = this.#reading;
    const type = isMember ? receiverType(values, tokens, at, name) : typeBefore(values, tokens, at);
    const called = { type, isOwn: this.references.isOwn(name, isMember, type) };
    all.set(at, called);
    return called;
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
    const place = placeOfText(tokens, at, walk.as, walk.begin.from);
    found.altered ||= place === 'behind' && !programEnding.test(text.replace(/\{[^}]*\}/g, ''));
    found.trail.text(text, place);
    found.texts.add(text);
    found.leaves.push(text);
    if (asText || !text.includes('{')) return;
    // What stands in braces is a name too: `format!("{dir}/x")`.
    for (const { 1: name = '', index } of text.matchAll(/\{([a-z_][a-z0-9_]*)(?::[^}]*)?\}/g)) {
      const size = found.leaves.length;
      this.references.bound(tokens, at, name, walk);
      // What ends a name, `tool{exe}`, is none itself.
      if (/[^\\/}]/.test(text.charAt(index - 1))) found.leaves.splice(size);
    }
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

  /** `String::from_utf8(output.stdout)`, where that is no field of the crate's own; `stdout` of `let Output { stdout, .. } = …`. */
  #isOutput(tokens: Tokens, open: number): boolean {
    const fields = [...this.#reading.values.fieldsOf('stdout'), ...this.#reading.values.fieldsOf('stderr')];
    if (fields.some((placed) => placed.bindings.some(({ at }) => !isInPattern(placed.tokens, at))))
      return false;
    const range = inside(tokens, open);
    if (isOutput(tokens, range)) return true;
    const name = range.to === range.from + 1 ? (nameOf(tokens, range.from) ?? '') : '';
    if (!/^std(?:out|err)$/.test(name)) return false;
    const given = this.#reading.values.boundTo(tokens, range.from, name);
    return given.length > 0 && given.every((one) => asksForOutput(one.tokens, one.value));
  }

  /** Past what a tool builds, `cmake::build("x")`, `config.build()`: in OUT_DIR, where nothing says another folder. */
  #built(tokens: Tokens, at: number, to: number, found: Walk['found']): number | undefined {
    const end = buildAt(tokens, at, to);
    if (end === undefined || this.#reading.values.own('build', undefined).length > 0) return undefined;
    const name = nameOf(tokens, at) ?? '';
    const isTool = isBuilder(tokens, { from: at, to: end });
    const given = isTool
      ? []
      : this.#reading.values.boundTo(tokens, at, name).filter(({ adds }) => adds === undefined);
    const isGiven = given.length > 0 && given.every((one) => isBuilder(one.tokens, one.value));
    if (!isTool && !isGiven) return undefined;
    if (this.buildsInside) addVariable(found, 'OUT_DIR');
    else found.unknown = true;
    return end;
  }

  /** The names of the variables that a reading of one reads. */
  #variables(tokens: Tokens, range: TokenRange, walk: Walk): ReadonlySet<string> {
    const found = nothing();
    this.walk(tokens, range, { ...walk, found, asText: true, depth: walk.depth + 1 });
    return found.texts;
  }
}

const sign = { semicolon: 59, openBracket: 91, caret: 94, openBrace: 123, closeBrace: 125 } as const;

/** `dir.join(Component::ParentDir)`; what goes through the components of a path pushes each of them. */
function isJoined(tokens: Tokens, at: number, name: string): boolean {
  return components.has(name) && nameOf(tokens, openBefore(tokens, at) - 1) === 'join';
}

/** `(x - 1) as char`, `char::from(x)`. */
function isSignMade(tokens: Tokens, at: number): boolean {
  return isWord(tokens, at - 1, 'as') || isSigns(tokens, at + 1, '::');
}

/** Functions that give the words that a program was called with. */
const calling: ReadonlySet<string> = new Set(['args', 'args_os']);

/** `env::args()`, and not a method of that name. */
function isOfCommand(tokens: Tokens, at: number): boolean {
  return isSigns(tokens, at - 2, '::') && isWord(tokens, at - 3, 'env');
}

/** Whether a name begins with a small letter. */
function isLower(name: string): boolean {
  const first = name.charCodeAt(0);
  return first < 128 ? first >= 97 && first <= 122 : /^\p{Ll}/u.test(name);
}

/** Macros whose arguments are joined to a path. */
const pathMacros: ReadonlySet<string> = new Set(['path_buf', 'pathbuf']);
