import { ofStandardLibrary } from './standard-library.ts';

/**
 * Crates by the names that the compiler gives to functions, in both of its forms: RFC 2603 (`_R…`) and the older one
 * (`_ZN…17h…E`). A crate has the name there that it has in code: no version, and an underscore where its package may
 * have a dash.
 */
export class SymbolCrates {
  readonly #found = new Map<string, string>();
  readonly #programs = new Set<string>();

  /** Looks through a piece of a file, each byte about once. */
  look(bytes: Buffer): void {
    for (const [start, read] of [
      ['_ZN', oldForm],
      ['_R', newForm],
    ] as const)
      for (let at = bytes.indexOf(start); at !== -1; ) {
        const { length, crates, program } = read(bytes, at);
        if (program !== undefined) this.#programs.add(program);
        for (const crate of crates)
          if (!this.#found.has(crate) && this.#found.size < maxCrates)
            this.#found.set(crate, bytes.toString('latin1', at, at + Math.min(length, maxShown)));
        at = bytes.indexOf(start, at + length);
      }
  }

  /** Each crate with the beginning of a symbol that shows it; neither the program's own nor those of the standard library. */
  crates(): readonly (readonly [crate: string, symbol: string])[] {
    return [...this.#found].filter(([crate]) => !ofStandardLibrary.has(crate) && !this.#programs.has(crate));
  }
}

/** What stands in a place where a symbol may begin. */
interface Read {
  /** So much of it is read. */
  readonly length: number;
  readonly crates: Iterable<string>;
  /** The crate whose `main` it is. */
  readonly program?: string | undefined;
}

const maxCrates = 20_000;
/** Longer symbols are not read, and of none is more shown. In bytes. */
const maxSymbol = 4096;
const maxShown = 160;

/** `_ZN`, names with their lengths, `17h` with a hash of sixteen digits, `E`. C++ has no such hash. */
function oldForm(bytes: Buffer, at: number): Read {
  const names: string[] = [];
  let here = at + 3;
  while (here - at < maxSymbol) {
    const { width, length } = lengthAt(bytes, here);
    if (length === 0 || here + width + length > bytes.length) break;
    here += width + length;
    names.push(bytes.toString('latin1', here - length, here));
  }
  const length = here - at;
  const hash = names.pop();
  if (bytes[here] !== 0x45 || hash === undefined || !/^h[0-9a-f]{16}$/.test(hash))
    return { length, crates: [] };
  const [first = '', second] = names;
  const isPath = /^[A-Za-z]\w*$/.test(first);
  const ofTypes = names.filter((name) => name.includes('$')).flatMap(cratesOfType);
  const isMain = isPath && second === 'main' && names.length === 2;
  return {
    length,
    crates: isPath ? [first, ...ofTypes] : ofTypes,
    ...(isMain ? { program: first } : {}),
  };
}

/** The crates of a type as the older form writes it: `_$LT$serde_json..value..Value$u20$as$u20$core..fmt..Debug$GT$`. */
function cratesOfType(text: string): readonly string[] {
  const plain = text.replaceAll('..', '::').replace(/\$[A-Za-z0-9]+\$/g, ' ');
  return [...plain.matchAll(/(?:^|[^\w:.])_?([a-z]\w*)::/g)].map(([, crate = '']) => crate);
}

/**
 * `_R` and a path, in which each crate is `C`, `s` with a number that tells it from others of its name, `_`, and its
 * name with its length.
 */
function newForm(bytes: Buffer, at: number): Read {
  let end = at + 2;
  while (end - at < maxSymbol && isSymbolByte(bytes[end] ?? 0)) end++;
  const text = bytes.toString('latin1', at, end);
  const crates = new Set<string>();
  let program: string | undefined;
  // A path, with arguments, in an implementation, or of one.
  if (/^_R[CNIMXY]/.test(text))
    for (const { 0: whole, 1: digits, index } of text.matchAll(
      /Cs[0-9A-Za-z]*_([1-9]\d{0,2})_?(?=[A-Za-z])/g,
    )) {
      const begin = index + whole.length;
      const name = text.slice(begin, begin + Number(digits));
      if (name.length < Number(digits)) continue;
      crates.add(name);
      if (text.startsWith('_RNvCs') && index === 4 && text.slice(begin + name.length) === '4main')
        program = name;
    }
  return { length: end - at, crates, program };
}

/** A length in digits, with how many those are; 0 where there is none. */
function lengthAt(bytes: Buffer, at: number): { readonly width: number; readonly length: number } {
  let length = 0;
  let width = 0;
  for (; width < 4; width++) {
    const digit = (bytes[at + width] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) break;
    length = 10 * length + digit;
  }
  return { width, length };
}

function isSymbolByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x5f
  );
}
