import type { DebuggedFunction } from './dwarf/functions.ts';
import { BinaryError } from './error.ts';

// What a function is looked for by. A path in an advisory is often not the one of its definition: crates hand on what
// lies in their modules. So a free function is known by its own name, and one of a type or a trait by that and the name
// of the type, whatever crate and module they are in.

/** Of a function in an implementation or a trait. */
export function methodKey(type: string, name: string): string {
  return `${type}::${name}`;
}

/** Of a function that is in neither. */
export function freeKey(name: string): string {
  return name;
}

/** Of a function of which nobody knows whether it is in one: it may be in any. */
export function looseKey(name: string): string {
  return `*::${name}`;
}

/**
 * By what a function that is in a file is found: by every name that it may be meant by, rather by one too many. Nothing
 * for those of the standard library, of which there are more than of all others.
 */
export function keysOf(one: DebuggedFunction): readonly string[] {
  const { symbol } = one;
  if (symbol !== undefined) {
    const keys = symbol.startsWith('_R') ? keysOfNew(symbol, one.name) : keysOfOld(symbol);
    if (keys !== undefined) return keys;
  }
  const bare = /^[A-Za-z_]\w*/.exec(one.name ?? '')?.[0];
  return bare === undefined ? [] : [freeKey(bare), looseKey(bare)];
}

const standard: ReadonlySet<string> = new Set(['core', 'alloc', 'std']);

/** `_ZN`, names with their lengths, `17h` with a hash, `E`: the last one is the function's, or that of a closure in it. */
function keysOfOld(symbol: string): readonly string[] | undefined {
  if (/^_ZN(?:4core|5alloc|3std)\d/.test(symbol) && /17h[0-9a-f]{16}E/.test(symbol)) return [];
  const parts = partsOfOld(symbol);
  if (parts === undefined) return undefined;
  if (standard.has(parts[0] ?? '')) return [];
  const written = parts.map(plain);
  // A closure's code is its function's.
  while (written.length > 1 && /^_?\{/.test(written.at(-1) ?? '')) written.pop();
  const name = /^[A-Za-z_]\w*/.exec(written.pop() ?? '')?.[0];
  if (name === undefined) return undefined;
  const types = written.flatMap(typesIn);
  const isMethod = /^(?:[A-Z]|_?<)/.test(written.at(-1) ?? '');
  return [...(isMethod ? [] : [freeKey(name)]), ...types.map((type) => methodKey(type, name))];
}

function partsOfOld(symbol: string): readonly string[] | undefined {
  if (!symbol.startsWith('_ZN')) return undefined;
  const parts: string[] = [];
  for (let at = 3; ; ) {
    let length = 0;
    const begin = at;
    for (let digit = digitAt(symbol, at); digit >= 0 && at < begin + 5; digit = digitAt(symbol, ++at))
      length = 10 * length + digit;
    if (at === begin) break;
    if (at + length > symbol.length) return undefined;
    parts.push(symbol.slice(at, at + length));
    at += length;
  }
  const hash = parts.pop();
  return hash !== undefined && /^h[0-9a-f]{16}$/.test(hash) && parts.length > 0 ? parts : undefined;
}

/** -1: there is none. */
function digitAt(text: string, at: number): number {
  const digit = text.charCodeAt(at) - 0x30;
  return digit >= 0 && digit <= 9 ? digit : -1;
}

const escapes: Readonly<Record<string, string>> = {
  LT: '<',
  GT: '>',
  u7b: '{',
  u7d: '}',
  RF: '&',
  BP: '*',
  C: ',',
};

/** Without what stands for signs: `_$LT$a..b..Type$GT$` is `_<a::b::Type>`. */
function plain(part: string): string {
  if (!/[$.]/.test(part)) return part;
  return part.replace(/\$(\w+?)\$/g, (_, word: string) => escapes[word] ?? ' ').replaceAll('..', '::');
}

/** What in a path may be a type or a trait: they are written with a capital letter. */
function typesIn(text: string): readonly string[] {
  return text.match(/(?<!\w)[A-Z]\w*/g) ?? [];
}

/**
 * RFC 2603. The own name is in the debug information as well; of the types every piece of the symbol is taken that
 * could be one, so that nothing hangs on what its other letters mean.
 */
function keysOfNew(symbol: string, name: string | undefined): readonly string[] | undefined {
  // Default methods are written with the type that has them first, and that may be the standard library's.
  if (!/^_RI?NvY/.test(symbol) && standard.has(firstCrate(symbol) ?? '')) return [];
  const written = namesIn(symbol);
  const own = /^[A-Za-z_]\w*/.exec(name ?? '')?.[0];
  const names = own === undefined ? written.filter((one) => !/^[A-Z]/.test(one)) : [own];
  if (names.length === 0) return undefined;
  const types = written.filter((one) => /^[A-Z]/.test(one));
  if (names.length * types.length > maxPairs)
    throw new BinaryError('binary/limit', 'a function has too long a name');
  const isMethod = /^_RI?Nv[MXY]/.test(symbol);
  return names.flatMap((one) => [
    ...(isMethod ? [] : [freeKey(one)]),
    ...types.map((type) => methodKey(type, one)),
  ]);
}

function firstCrate(symbol: string): string | undefined {
  const [whole, digits] = /Cs[0-9A-Za-z]*_([1-9]\d{0,2})_?(?=[A-Za-z])/.exec(symbol) ?? [];
  if (whole === undefined) return undefined;
  const at = symbol.indexOf(whole) + whole.length;
  return symbol.slice(at, at + Number(digits));
}

/** No name of a function gives more. */
const maxPairs = 100_000;

function namesIn(symbol: string): readonly string[] {
  const found = new Set<string>();
  for (let at = 2; at < symbol.length; at++) {
    if (digitAt(symbol, at) < 1) continue;
    // A name may end in digits, and the next one's length follow them: each end of them is tried.
    let length = 0;
    for (let width = 1; width <= 3; width++) {
      const digit = digitAt(symbol, at + width - 1);
      if (digit === -1) break;
      length = 10 * length + digit;
      const begin = at + width + (symbol[at + width] === '_' ? 1 : 0);
      const name = symbol.slice(begin, begin + length);
      if (name.length === length && /^[A-Za-z_]\w*$/.test(name)) found.add(name);
    }
  }
  return [...found];
}
