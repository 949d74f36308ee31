import { commaParts } from '../attribute.ts';
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
import { words as word } from '../vocabulary.ts';
import { addBehind, addLending, addThrough, type Binder } from './changes.ts';
import { beforeClosure, isOfMethod } from './functions.ts';
import { gatesBefore } from './gates.ts';
import { addLent, type Lent } from './lent.ts';
import { type Binding, binding, type FunctionPlace } from './places.ts';
import { receiverFrom } from './receiver.ts';
import { tupleIn } from './tuples.ts';

/** What a file's tokens say of its names, whatever module they stand in. */
export interface FileBindings {
  /** By name: `let`, `const`, assignments, patterns, and what is pushed onto something. */
  readonly bindings: ReadonlyMap<string, readonly Binding[]>;
  /** By name: what fields of a struct are given. */
  readonly fields: ReadonlyMap<string, readonly Binding[]>;
}

/** Reads the names of a file. It is no parser: where a pattern is not understood, its names are not bound. */
export function bindingsOf(tokens: Tokens, functions: readonly FunctionPlace[]): FileBindings {
  const reader = new Reader(tokens);
  for (let at = 0; at < tokens.count; at++) reader.token(at);
  if (reader.lent.length > 0) addLent(tokens, reader.bindings, reader.lent, functions);
  return reader;
}

const sign = {
  open: 40,
  plus: 43,
  comma: 44,
  dot: 46,
  colon: 58,
  equals: 61,
  bar: 124,
  close: 125,
} as const;

/** Methods that add to what they are called on. */
const adding: ReadonlyMap<string, Binding['adds']> = new Map([
  ['push', 'path'],
  ['set_file_name', 'beside'],
  ...'push_str write_str set_extension'.split(' ').map((name) => [name, 'text'] as const),
  ...'extend insert append extend_from_slice arg args set replace fill get_or_insert get_or_insert_with clone_from copy_from_slice clone_from_slice push_back push_front'
    .split(' ')
    .map((name) => [name, 'more'] as const),
  ['insert_str', 'text'],
  ['pop', 'up'],
  ...'clear remove'.split(' ').map((name) => [name, 'less'] as const),
  ...'truncate drain split_off replace_range retain'.split(' ').map((name) => [name, 'cut'] as const),
]);

class Reader implements FileBindings, Binder {
  readonly bindings = new Map<string, Binding[]>();
  readonly fields = new Map<string, Binding[]>();
  readonly lent: Lent[] = [];
  readonly tokens: Tokens;
  /** The delimiters that are open. */
  readonly #within: number[] = [];

  constructor(tokens: Tokens) {
    this.tokens = tokens;
  }

  token(at: number): void {
    const tokens = this.tokens;
    const { kinds, signs } = tokens;
    const kind = kinds[at];
    if (kind !== tokenKind.ident) {
      if (kind === tokenKind.open) this.#within.push(at);
      else if (kind === tokenKind.close) {
        this.#within.pop();
        if (signs[at + 1] === sign.equals) addThrough(this, at);
      } else if (signs[at] === sign.bar) this.#closure(at);
      else if (kind === tokenKind.integer && signs[at + 1] === sign.equals && signs[at - 1] === sign.dot)
        addThrough(this, at);
      return;
    }
    switch (tokens.words[at]) {
      case word.impl:
      case word.fn:
      case word.mod:
        return;
      case word.let:
        this.#let(at);
        return;
      case word.for:
        this.#for(at);
        return;
      case word.match:
        this.#match(at);
        return;
      case word.write:
      case word.writeln:
        this.#written(at);
        return;
      case word.mut:
        addLending(this, at, this.#within.at(-1));
        return;
      case word.const:
      case word.static:
        this.#constant(at);
        return;
    }
    switch (signs[at + 1]) {
      case sign.equals:
      case sign.plus:
        if (isAssigned(tokens, at + 1)) this.#assigned(at, isSign(tokens, at + 1, '=') ? at + 2 : at + 3);
        break;
      case sign.colon:
        if (!isSigns(tokens, at + 1, '::')) this.#field(at);
        break;
      case sign.comma:
      case sign.close:
        this.#shorthand(at);
        break;
      case sign.dot:
        if (signs[at + 3] === sign.open) {
          const adds = adding.get(nameOf(tokens, at + 2) ?? '');
          if (adds !== undefined && !this.#isOfText(at + 2))
            this.#bind(this.bindings, at, inside(tokens, at + 3), { adds });
        }
    }
  }

  /** `text.replace("a", "b")` gives another text; `cell.replace(a)` and `cell.set(a)` put something in. */
  #isOfText(at: number): boolean {
    const name = nameOf(this.tokens, at);
    if (name !== 'replace' && name !== 'set') return false;
    return commaParts(this.tokens, inside(this.tokens, at + 1)).length !== 1;
  }

  #bind(
    into: Map<string, Binding[]>,
    at: number,
    value: TokenRange,
    { adds, until, hides, part, maybe = false }: Partial<Omit<Binding, 'name' | 'at' | 'value'>> = {},
  ): void {
    const name = nameOf(this.tokens, at);
    if (name === undefined || (value.from >= value.to && adds !== 'up' && adds !== 'less')) return;
    add(into, binding({ name, at, value, adds, until, hides, part, maybe }));
  }

  bind(name: string, at: number, value: TokenRange, { adds }: Partial<Binding>): void {
    add(this.bindings, binding({ name, at, value, adds }));
  }

  bindField(name: string, at: number, value: TokenRange): void {
    add(this.fields, binding({ name, at, value }));
  }

  end(from: number): number {
    return this.#end(from, false);
  }

  /** `let pattern: Type = value;`, `if let pattern = value {`, `let pattern = value else {`. */
  #let(at: number): void {
    const tokens = this.tokens;
    const tested =
      isWord(tokens, at - 1, 'if') || isWord(tokens, at - 1, 'while') || isSign(tokens, at - 1, '&');
    let equals = at + 1;
    let pattern = 0;
    for (; equals < tokens.count; equals = after(tokens, equals)) {
      if (isSign(tokens, equals, ';') || tokens.kinds[equals] === tokenKind.close) return;
      if (
        pattern === 0 &&
        isSign(tokens, equals, ':') &&
        !isSigns(tokens, equals, '::') &&
        !isSigns(tokens, equals - 1, '::')
      )
        pattern = equals;
      if (isSign(tokens, equals, '=') && !isSign(tokens, equals - 1, '.')) break;
    }
    const to = this.#end(equals + 1, tested);
    const value = {
      from: equals + 1,
      to: tested ? this.#test(equals + 1, to) : this.#elseOf(equals + 1, to),
    };
    const until = tested ? this.#bodyEnd(to) : tokens.partners[this.#within.at(-1) ?? 0];
    const maybe = !tested && gatesBefore(tokens, at).length > 0;
    this.#pattern({ from: at + 1, to: pattern === 0 ? equals : pattern }, value, until, maybe);
  }

  /** Where a value ends: at its `;`, or at the block that follows where it is tested. */
  #end(from: number, tested: boolean): number {
    const tokens = this.tokens;
    for (let at = from; at < tokens.count; at = after(tokens, at)) {
      if (isSign(tokens, at, ';') || tokens.kinds[at] === tokenKind.close) return at;
      if (tested && isSign(tokens, at, '{')) return at;
    }
    return tokens.count;
  }

  /** Where the `else` of `let a = b else { … };` stands: what is a block ends with none. */
  #elseOf(from: number, to: number): number {
    for (let at = from; at < to; at = after(this.tokens, at))
      if (isWord(this.tokens, at, 'else') && !isSign(this.tokens, at - 1, '}')) return at;
    return to;
  }

  /** Where one of the tests of `if let a = b && let c = d {` ends. */
  #test(from: number, to: number): number {
    for (let at = from; at < to; at = after(this.tokens, at))
      if (isSigns(this.tokens, at, '&&') && at > from) return at;
    return to;
  }

  /** The end of the block that opens there, which is all where names of its head are known. */
  #bodyEnd(open: number): number | undefined {
    return isSign(this.tokens, open, '{') ? this.tokens.partners[open] : undefined;
  }

  #for(at: number): void {
    const tokens = this.tokens;
    let word = at + 1;
    for (; word < at + 40 && !isWord(tokens, word, 'in'); word = after(tokens, word)) {
      if (tokens.kinds[word] === tokenKind.close || isSign(tokens, word, '{')) return;
    }
    if (!isWord(tokens, word, 'in')) return;
    const value = { from: word + 1, to: this.#end(word + 1, true) };
    this.#pattern({ from: at + 1, to: word }, value, this.#bodyEnd(value.to));
  }

  /** Names in the patterns of a `match` are bound to what is matched. */
  #match(at: number): void {
    const tokens = this.tokens;
    const open = this.#end(at + 1, true);
    if (!isSign(tokens, open, '{')) return;
    const value = { from: at + 1, to: open };
    const body = inside(tokens, open);
    for (let from = body.from; from < body.to; ) {
      let arrow = from;
      while (arrow < body.to && !isSigns(tokens, arrow, '=>')) arrow = after(tokens, arrow);
      this.#pattern({ from, to: arrow }, value);
      let end = arrow + 2;
      if (isSign(tokens, end, '{')) end = after(tokens, end);
      else while (end < body.to && !isSign(tokens, end, ',')) end = after(tokens, end);
      from = isSign(tokens, end, ',') ? end + 1 : end;
    }
  }

  #pattern(pattern: TokenRange, value: TokenRange, until?: number, maybe = false): void {
    const tokens = this.tokens;
    const parts = tupleIn(tokens, pattern);
    for (let at = pattern.from; at < pattern.to; at++) {
      const name = nameOf(tokens, at);
      if (name === undefined || !/^[\p{Ll}_]/u.test(name) || patternWords.has(name)) continue;
      const isOther =
        isSign(tokens, at + 1, '(') || isSign(tokens, at + 1, '{') || isSigns(tokens, at + 1, '::');
      if (isOther || isSigns(tokens, at - 2, '::')) continue;
      const part = parts?.findIndex(({ from, to }) => from <= at && at < to);
      this.#bind(this.bindings, at, value, { until, maybe, part: part === -1 ? undefined : part });
    }
  }

  /** `list.iter().any(|name| …)`: the names of a closure that a method is given are bound to what it is called on. */
  #closure(at: number): void {
    const tokens = this.tokens;
    const open = beforeClosure(tokens, at);
    if (!isOfMethod(tokens, open)) return;
    let end = at + 1;
    while (end < at + 40 && !isSign(tokens, end, '|')) end = after(tokens, end);
    const value = { from: receiverFrom(tokens, open - 2), to: open - 2 };
    if (isSign(tokens, end, '|') && value.from < value.to) this.#pattern({ from: at + 1, to: end }, value);
  }

  /** `write!(text, "{}", x)`: what is put behind a text. */
  #written(at: number): void {
    const tokens = this.tokens;
    if (!isSign(tokens, at + 1, '!') || !isSign(tokens, at + 2, '(')) return;
    const [first, second] = commaParts(tokens, inside(tokens, at + 2));
    if (first === undefined || second === undefined || nameOf(tokens, first.to - 1) === undefined) return;
    if (first.to - first.from > 3 || isSign(tokens, first.to - 2, '.')) return;
    this.#bind(
      this.bindings,
      first.to - 1,
      { from: second.from, to: inside(tokens, at + 2).to },
      { adds: 'text' },
    );
  }

  #constant(at: number): void {
    const tokens = this.tokens;
    // `lazy_static!` has `static ref`.
    const name = isWord(tokens, at + 1, 'mut') || isWord(tokens, at + 1, 'ref') ? at + 2 : at + 1;
    if (!isSign(tokens, name + 1, ':')) return;
    let equals = name + 2;
    while (equals < tokens.count && !isSign(tokens, equals, '=') && !isSign(tokens, equals, ';'))
      equals = after(tokens, equals);
    if (isSign(tokens, equals, '='))
      this.#bind(this.bindings, name, { from: equals + 1, to: this.#end(equals + 1, false) });
  }

  #assigned(at: number, from: number): void {
    // A `let` binds the names of its pattern itself.
    if (isWord(this.tokens, at - 1, 'let') || isWord(this.tokens, at - 1, 'mut')) return;
    const into = isSign(this.tokens, at - 1, '.') ? this.fields : this.bindings;
    const value = { from, to: this.#end(from, false) };
    if (isSign(this.tokens, at - 1, '*') && from === at + 2)
      addBehind(this, nameOf(this.tokens, at) ?? '', at, value);
    // `text += "more"`.
    if (from === at + 3 && into === this.bindings) {
      this.#bind(into, at, value, { adds: 'text' });
      return;
    }
    const hides = from === at + 2 && this.#isStatement(at, value.to) ? this.#blockEnd() : undefined;
    this.#bind(into, at, value, { hides });
  }

  /** Whether a statement begins and ends there, and no attribute stands before that may leave it out. */
  #isStatement(from: number, end: number): boolean {
    const tokens = this.tokens;
    return [';', '{', '}'].some((sign) => isSign(tokens, from - 1, sign)) && isSign(tokens, end, ';');
  }

  #blockEnd(): number | undefined {
    const open = this.#within.at(-1);
    return open !== undefined && isSign(this.tokens, open, '{') ? this.tokens.partners[open] : undefined;
  }

  /** `Config { folder, name }`, where a field has the name of what it is given; a struct's name stands before. */
  #shorthand(at: number): void {
    const tokens = this.tokens;
    const open = this.#within.at(-1) ?? 0;
    if (!isSign(tokens, at - 1, ',') && at - 1 !== open) return;
    if (isSign(tokens, open, '{') && /^\p{Lu}/u.test(nameOf(tokens, open - 1) ?? ''))
      this.#bind(this.fields, at, { from: at, to: at + 1 });
  }

  #field(at: number): void {
    const tokens = this.tokens;
    const from = at + 2;
    for (let to = from; to < tokens.count; to = after(tokens, to)) {
      // Behind the bound of something generic, which looks like a field, the next item follows, and all after it.
      if (isSign(tokens, to - 1, '}') && isItem(tokens, to)) return;
      if (!isSign(tokens, to, ',') && !isSign(tokens, to, ';') && tokens.kinds[to] !== tokenKind.close)
        continue;
      this.#bind(this.fields, at, { from, to });
      return;
    }
  }
}

function add(into: Map<string, Binding[]>, one: Binding): void {
  const known = into.get(one.name);
  if (known === undefined) into.set(one.name, [one]);
  else known.push(one);
}

const patternWords: ReadonlySet<string> = new Set('mut ref if box _ true false in as self'.split(' '));

/** Whether what follows a block there is an item of its own: an expression goes on with a sign, `else` or `as`. */
function isItem(tokens: Tokens, at: number): boolean {
  const name = nameOf(tokens, at);
  return (name !== undefined && name !== 'else' && name !== 'as') || isSign(tokens, at, '#');
}

/** `x = y`, `x += y`; not `x == y`, `x => y`. */
function isAssigned(tokens: Tokens, at: number): boolean {
  if (isSign(tokens, at, '=')) return !isSigns(tokens, at, '==') && !isSigns(tokens, at, '=>');
  return isSigns(tokens, at, '+=');
}
