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
import type { Definition } from './definition.ts';
import { repetitionAt } from './matcher.ts';

/**
 * Whether a macro may make of what it is given something that stands neither in its definition nor in its calls: paths that are
 * put together, modules of other files, blocks of foreign functions. The others are read where they are written.
 */
export function splices({ tokens, rules }: Definition): boolean {
  return rules.some(({ matcher, body }) => {
    const kinds = fragmentsOf(tokens, matcher);
    return new Reader(tokens, kinds).splices(body);
  });
}

/** Whether a macro may bring a file, or uses a name that it puts together: what matters of it is not written in it. */
export function bringsUnseen({ tokens, rules }: Definition): boolean {
  return rules.some(({ body: { from, to } }) => {
    for (let at = from; at < to; at++) {
      if (isWord(tokens, at, 'include') && isSign(tokens, at + 1, '!')) return true;
      if (isWord(tokens, at, 'mod') && !isSign(tokens, isSign(tokens, at + 1, '$') ? at + 3 : at + 2, '{'))
        return true;
      if (isPasted(tokens, at) && !keywords.has(nameOf(tokens, at - 1) ?? '')) return true;
    }
    return false;
  });
}

/** `[<` up to `>]`. */
function isPasted(tokens: Tokens, at: number): boolean {
  return isSign(tokens, at, '[') && isSign(tokens, at + 1, '<') && isSign(tokens, after(tokens, at) - 2, '>');
}

/** The names of the macros that a macro's bodies call. */
export function callsIn({ tokens, rules }: Definition): readonly string[] {
  const names: string[] = [];
  for (const { body } of rules)
    for (let at = body.from; at < body.to; at++) {
      const name = isSign(tokens, at + 1, '!') ? nameOf(tokens, at) : undefined;
      if (name !== undefined) names.push(name);
    }
  return names;
}

function fragmentsOf(tokens: Tokens, { from, to }: TokenRange): ReadonlyMap<string, string> {
  const kinds = new Map<string, string>();
  for (let at = from; at < to; at++) {
    const name = isSign(tokens, at, '$') ? nameOf(tokens, at + 1) : undefined;
    if (name !== undefined && isSign(tokens, at + 2, ':')) kinds.set(name, nameOf(tokens, at + 3) ?? '');
  }
  return kinds;
}

/** Words after which a fragment is more than a name of its own. */
const joining: ReadonlySet<string> = new Set(['use', 'extern', 'mod', 'path', 'link_name']);
const keywords: ReadonlySet<string> = new Set(
  'as async await break const continue crate dyn else enum fn for if impl in let loop match move mut pub ref return static struct trait type union unsafe where while yield'.split(
    ' ',
  ),
);

class Reader {
  readonly #tokens: Tokens;
  readonly #kinds: ReadonlyMap<string, string>;

  constructor(tokens: Tokens, kinds: ReadonlyMap<string, string>) {
    this.#tokens = tokens;
    this.#kinds = kinds;
  }

  splices({ from, to }: TokenRange): boolean {
    const tokens = this.#tokens;
    let isForeign = false;
    for (let at = from; at < to; at++) {
      isForeign ||= isWord(tokens, at, 'extern');
      if (
        isSign(tokens, at, '[') &&
        isSign(tokens, at + 1, '<') &&
        isSign(tokens, after(tokens, at) - 2, '>')
      )
        return true;
      if (isWord(tokens, at, 'mod') && isSign(tokens, at + 2, ';')) return true;
      if (!isSign(tokens, at, '$') || isWord(tokens, at + 1, 'crate')) continue;
      // `extern "C" { fn $name(); }`.
      if (isForeign && (isWord(tokens, at - 1, 'fn') || isWord(tokens, at - 1, 'static'))) return true;
      const repeated = repetitionAt(tokens, at, to);
      const next = repeated?.next ?? (isSign(tokens, at + 1, '{') ? after(tokens, at + 1) : at + 2);
      if (isSign(tokens, at + 1, '{') || this.#joins(at, next, to, from)) return true;
    }
    return false;
  }

  /** Whether a fragment, or a repetition, makes one thing of itself and what stands beside it. */
  #joins(at: number, next: number, to: number, from: number): boolean {
    const tokens = this.#tokens;
    if (next < to && (isSigns(tokens, next, '::') || isSign(tokens, next, '!'))) return true;
    if (at > from && isSigns(tokens, at - 2, '::')) return true;
    // `<$x>::new`, `<$x as T>::new`.
    if (at > from && isSign(tokens, at - 1, '<')) return true;
    // `include!($x)`, `path = $x`, `.$x(…)`.
    if (
      tokens.kinds[at - 1] === tokenKind.open &&
      isSign(tokens, at - 2, '!') &&
      isWord(tokens, at - 3, 'include')
    )
      return true;
    const before = isSign(tokens, at - 1, '=') ? at - 2 : at - 1;
    if (at > from && joining.has(nameOf(tokens, before) ?? '')) return true;
    if (isSign(tokens, at - 1, '.') && next < to && isSign(tokens, next, '(')) return true;
    if (!this.#isAny(at, next)) return false;
    const word = at > from ? nameOf(tokens, at - 1) : undefined;
    const isAfterName = word !== undefined && !keywords.has(word);
    const isAfterFragment = at > from && (isSign(tokens, at - 2, '$') || isRepeatEnd(tokens, at - 1));
    const isBefore = next < to && (isSign(tokens, next, '$') || nameOf(tokens, next) !== undefined);
    return isAfterName || isAfterFragment || isBefore;
  }

  /** Whether it may be any tokens. */
  #isAny(at: number, next: number): boolean {
    for (let inner = at; inner < next; inner++) {
      const name = isSign(this.#tokens, inner, '$') ? nameOf(this.#tokens, inner + 1) : undefined;
      if (name !== undefined && (this.#kinds.get(name) ?? 'tt') === 'tt') return true;
    }
    return false;
  }
}

function isRepeatEnd(tokens: Tokens, at: number): boolean {
  const isOperator = isSign(tokens, at, '*') || isSign(tokens, at, '+') || isSign(tokens, at, '?');
  if (!isOperator) return false;
  const close = isSign(tokens, at - 1, ')') ? at - 1 : at - 2;
  return isSign(tokens, close, ')') && isSign(tokens, (tokens.partners[close] ?? 0) - 1, '$');
}
