/** What a name comes to hold otherwise than by its own `let`: through a reference, part by part, or by whoever is lent it. */
import { commaParts } from '../attribute.ts';
import {
  inside,
  isSign,
  isSigns,
  isWord,
  nameOf,
  type TokenRange,
  type Tokens,
  tokenKind,
} from '../tokens.ts';
import type { Lent } from './lent.ts';
import type { Binding } from './places.ts';
import { receiverFrom } from './receiver.ts';

/** Where what is found goes. */
export interface Binder {
  readonly tokens: Tokens;
  readonly bindings: ReadonlyMap<string, readonly Binding[]>;
  readonly lent: Lent[];
  bind(name: string, at: number, value: TokenRange, how: Partial<Binding>): void;
  bindField(name: string, at: number, value: TokenRange): void;
  /** Where the value ends that begins there. */
  end(from: number): number;
}

/**
 * A `=` behind a `)`, `]`, `}` or a number: `*cell.borrow_mut() = a`, `(a, b) = c`, `Pair { first: a } = b`, `list[0] = a`,
 * `pair.0 = a`.
 */
export function addThrough(binder: Binder, at: number): void {
  const { tokens } = binder;
  if (isSigns(tokens, at + 1, '==') || isSigns(tokens, at + 1, '=>')) return;
  const from = receiverFrom(tokens, at + 1);
  const isBehind = isSign(tokens, from - 1, '*');
  const first = isBehind ? from - 2 : from - 1;
  const begins = [';', '{', '}', '>', '|'].some((sign) => isSign(tokens, first, sign));
  if (!isBehind && !begins && first >= 0) return;
  const value = { from: at + 2, to: binder.end(at + 2) };
  const isPattern =
    !isBehind &&
    (tokens.kinds[from] === tokenKind.open ||
      (isSign(tokens, at, ')') && !isMember(tokens, at)) ||
      isSign(tokens, at, '}'));
  if (isPattern) {
    const open = tokens.partners[at] ?? at;
    for (const name of rootsIn(tokens, { from: open + 1, to: at })) binder.bind(name, at, value, {});
    return;
  }
  if (isWord(tokens, from, 'self') && tokens.kinds[at] !== tokenKind.close) {
    binder.bindField('self', at, value);
    return;
  }
  for (const name of isBehind
    ? rootsIn(tokens, { from, to: at + 1 })
    : rootsIn(tokens, { from, to: from + 1 })) {
    binder.bind(name, at, value, { adds: 'more' });
    addBehind(binder, name, at, value);
  }
}

/** `*a = b`, where `a` is lent something: `let a = &mut c`, `for a in c.iter_mut()`, `if let Some(a) = &mut c`. */
export function addBehind(binder: Binder, name: string, at: number, value: TokenRange): void {
  const { tokens } = binder;
  const last = binder.bindings.get(name)?.findLast((one) => one.until !== undefined || one.at < at);
  if (last === undefined || last.adds !== undefined || last.value.to - last.value.from > maxLending) return;
  const isLent = isWord(tokens, last.at - 1, 'mut') || lends(tokens, last.value);
  if (!isLent) return;
  for (const root of rootsIn(tokens, last.value))
    if (root !== name) binder.bind(root, at, value, { adds: 'more' });
}

/** `f(&mut a)`: a function may give it something else; `mem::replace(&mut a, b)` and `mem::swap(&mut a, &mut b)` do. */
export function addLending(binder: Binder, at: number, open: number | undefined): void {
  const { tokens } = binder;
  const isRaw = isWord(tokens, at - 1, 'raw') && isSign(tokens, at - 2, '&');
  const name = nameOf(tokens, at + 1);
  if (!isRaw && !isSign(tokens, at - 1, '&')) return;
  if (name === undefined || !isPlaceName(tokens, at + 1)) return;
  const before = at - 2;
  const isArgument =
    !isRaw &&
    open !== undefined &&
    isSign(tokens, open, '(') &&
    (isSign(tokens, before, '(') || isSign(tokens, before, ',')) &&
    (isSign(tokens, at + 2, ')') || isSign(tokens, at + 2, ','));
  const called = isArgument ? nameOf(tokens, open - 1) : undefined;
  if (called === undefined || open === undefined) {
    // `let b = &mut a;`: what is put behind `b` is seen where it is.
    const isNamed = isSign(tokens, before, '=') && isSign(tokens, at + 2, ';') && !isRaw;
    const isWalked =
      isWord(tokens, before, 'in') || isSign(tokens, before, '=') || isSign(tokens, before, '[');
    if (!isNamed && !isWalked) binder.bind(name, at + 1, nothingAt(at + 1), { adds: 'changed' });
    return;
  }
  if (!swapping.has(called)) {
    binder.lent.push({ at: at + 1, open });
    return;
  }
  const [first, second] = commaParts(tokens, inside(tokens, open));
  const other = first?.to === at + 2 ? second : called === 'swap' ? first : undefined;
  if (other !== undefined) binder.bind(name, at + 1, other, {});
}

const swapping: ReadonlySet<string> = new Set(['replace', 'swap']);
/** Tokens of a value that is looked at for what it lends. */
const maxLending = 64;

/** Whether something in a value can be changed through it. */
function lends(tokens: Tokens, { from, to }: TokenRange): boolean {
  for (let at = from; at < to; at++) if (/^mut$|_mut$/.test(nameOf(tokens, at) ?? '')) return true;
  return false;
}

/** A value of no token. */
function nothingAt(at: number): TokenRange {
  return { from: at, to: at };
}

/** The names that stand in a range for what something holds: neither methods and fields nor what is called or leads on. */
function* rootsIn(tokens: Tokens, { from, to }: TokenRange): Generator<string> {
  for (let at = from; at < to; at++) {
    const name = nameOf(tokens, at);
    if (name === undefined || passed.has(name) || isMember(tokens, at)) continue;
    if (isSigns(tokens, at - 2, '::') || isSigns(tokens, at + 1, '::')) continue;
    if (at + 1 < to && ['(', '!', '{', ':'].some((sign) => isSign(tokens, at + 1, sign))) continue;
    yield name;
  }
}

const passed: ReadonlySet<string> = new Set(['mut', 'ref', 'raw', 'unsafe', '_', 'const', 'as']);

function isMember(tokens: Tokens, at: number): boolean {
  return isSign(tokens, at - 1, '.') && !isSign(tokens, at - 2, '.');
}

/** Whether the name there is of something that is there, and no type: `&mut name`, not `x: &mut String`. */
function isPlaceName(tokens: Tokens, at: number): boolean {
  const before = isWord(tokens, at - 2, 'raw') ? at - 4 : at - 3;
  if (isSign(tokens, before, ':') || isSign(tokens, before, '<') || isSigns(tokens, before - 1, '->'))
    return false;
  return !isSigns(tokens, at + 1, '::') && !isSign(tokens, at + 1, '<') && !isSign(tokens, at + 1, '(');
}
