/**
 * Names that there is room for at first: so few that every array was made anew before the first file is read. What reads tokens is
 * compiled for arrays that never change, as long as none did, and all of that again after the first one that does.
 */
const firstRoom = 8;

/**
 * Words that have the same number in every vocabulary, so that they are known by it. The first ones, up to `lastMark`,
 * are those that begin items, bring names or files, or give them.
 */
export const words = numbered(
  'as const enum extern fn impl include macro macro_rules mod static struct trait type union use',
  'crate for let match mut self std Ident write writeln where link_section export_name no_mangle to_socket_addrs set_mode set_executable write_to_file elapsed probe probe_library find_package',
);
export const lastMark = words.use;

/**
 * The names of files that are read together, each with a number from 1: a name is made once however often it stands in them, and
 * asking whether a token is one of some names is one look into an array.
 */
export class Vocabulary {
  /** By number, where a name was asked for; 0 is no name. Each is the one text that every token of that name gives. */
  readonly #texts: (string | undefined)[] = [''];
  /** Names of ASCII: by their hashes the hash and the number, 0 for none. Its size is a power of two. */
  #table = new Int32Array(firstRoom * 4);
  /** Where the letters of each begin; they end where those of the next begin. */
  #begins = new Uint32Array(firstRoom + 1);
  #letters = Buffer.alloc(firstRoom * 8);
  #codes = new Uint16Array(firstRoom);
  /** Names with other letters. */
  readonly #wide = new Map<string, number>();

  constructor() {
    for (const word of Object.keys(words)) this.of(word);
  }

  get size(): number {
    return this.#texts.length;
  }

  /** The name of a number. */
  text(number: number): string {
    const known = this.#texts[number];
    if (known !== undefined) return known;
    const made = this.#letters.toString('latin1', this.#begins[number], this.#begins[number + 1]);
    this.#texts[number] = made;
    return made;
  }

  /** Whether a number is that of a name, whose letters are ASCII's. */
  is(number: number, name: string): boolean {
    const length = (this.#begins[number + 1] ?? 0) - (this.#begins[number] ?? 0);
    return length === name.length && this.text(number) === name;
  }

  /**
   * The number of the name that stands between two places, and has no letters but ASCII's. `hash` is what `hashed`
   * makes of those one by one, from 0 on.
   */
  numberOf(codes: Uint16Array, from: number, to: number, hash: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    for (let slot = placeFor(hash, mask); ; slot = (slot + 2) & mask) {
      const number = table[slot + 1] ?? 0;
      if (number === 0) return this.#add(codes, from, to, hash, slot);
      if (table[slot] === hash && this.#isSame(number, codes, from, to)) return number;
    }
  }

  /** The number of a name that is at hand as a text. */
  of(text: string): number {
    if (text.length > this.#codes.length) this.#codes = new Uint16Array(text.length * 2);
    const codes = this.#codes;
    let hash = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code >= 128) return this.#ofWide(text);
      codes[at] = code;
      hash = hashed(hash, code);
    }
    return this.numberOf(codes, 0, text.length, hash);
  }

  #ofWide(text: string): number {
    const known = this.#wide.get(text);
    if (known !== undefined) return known;
    const number = this.#next(0);
    this.#texts[number] = text;
    this.#wide.set(text, number);
    return number;
  }

  #isSame(number: number, codes: Uint16Array, from: number, to: number): boolean {
    const begin = this.#begins[number] ?? 0;
    if ((this.#begins[number + 1] ?? 0) - begin !== to - from) return false;
    const letters = this.#letters;
    for (let at = from, letter = begin; at < to; at++, letter++)
      if (letters[letter] !== codes[at]) return false;
    return true;
  }

  #add(codes: Uint16Array, from: number, to: number, hash: number, slot: number): number {
    const number = this.#next(to - from);
    const letters = this.#letters;
    for (let at = from, letter = this.#begins[number] ?? 0; at < to; at++, letter++)
      letters[letter] = codes[at] ?? 0;
    this.#table[slot] = hash;
    this.#table[slot + 1] = number;
    if (number > this.#table.length >> 2) this.#spread();
    return number;
  }

  /** The number of a new name, and room for its letters. */
  #next(length: number): number {
    const number = this.#texts.length;
    this.#texts.push(undefined);
    if (number + 1 >= this.#begins.length) {
      const begins = new Uint32Array(number * 2);
      begins.set(this.#begins);
      this.#begins = begins;
    }
    const end = (this.#begins[number] ?? 0) + length;
    if (end > this.#letters.length) {
      const letters = Buffer.alloc(end * 2);
      letters.set(this.#letters);
      this.#letters = letters;
    }
    this.#begins[number + 1] = end;
    return number;
  }

  #spread(): void {
    const old = this.#table;
    const table = new Int32Array(old.length * 2);
    const mask = table.length - 1;
    for (let from = 0; from < old.length; from += 2) {
      const [hash = 0, number = 0] = [old[from], old[from + 1]];
      if (number === 0) continue;
      let slot = placeFor(hash, mask);
      while (table[slot + 1] !== 0) slot = (slot + 2) & mask;
      table[slot] = hash;
      table[slot + 1] = number;
    }
    this.#table = table;
  }
}

/** Where a hash is looked for first. */
function placeFor(hash: number, mask: number): number {
  return ((hash ^ (hash >>> 15)) << 1) & mask;
}

/** Takes one more letter into the hash of those before it. */
export function hashed(hash: number, code: number): number {
  return (Math.imul(hash, 0x01000193) ^ code) | 0;
}

function numbered<A extends string, B extends string>(
  marks: A,
  others: B,
): Readonly<Record<Words<A> | Words<B>, number>> {
  const all = `${marks} ${others}`.split(' ');
  return Object.fromEntries(all.map((word, index) => [word, index + 1])) as Record<
    Words<A> | Words<B>,
    number
  >;
}

type Words<T extends string> = T extends `${infer First} ${infer Rest}` ? First | Words<Rest> : T;
