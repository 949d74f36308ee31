import { type TokenKind, type Tokens, tokenKind } from './tokens.ts';
import { lastMark, Vocabulary } from './vocabulary.ts';

/** Names that one vocabulary has before the next file gets another: those of several crates, in some megabytes. */
const maxNames = 50_000;
/** Tokens that room is kept for from one file to the next. */
const keptRoom = 1 << 20;
const exclamation = 33;

/** Numbers that each token has while a file is read. */
const width = 4;

/** Where tokens are put down while a file is read; the room is used again for the next one. */
export class TokenStore {
  count = 0;
  vocabulary = new Vocabulary();
  /** Of each its start, its end, its word or its partner, and its kind with its sign. */
  #rows = new Uint32Array(0);
  /** The numbers of those tokens, and of the names, that are looked for most often. */
  #lists = roomForLists(0);
  /** By their numbers, the last file that had a name: its count of files. */
  #seen = new Uint32Array(0);
  #files = 0;

  /** Makes ready for a file of so many characters, which has no more tokens; gives the room for them. */
  begin(length: number): Uint32Array {
    this.count = 0;
    if (this.vocabulary.size > maxNames) {
      this.vocabulary = new Vocabulary();
      this.#seen.fill(0);
    }
    if (length * width > this.#rows.length) this.#rows = new Uint32Array(roomFor(length) * width);
    return this.#rows;
  }

  /** `sign` is the one character of punctuation and delimiters, `word` the number of a name; else 0. */
  push(kind: TokenKind, start: number, end: number, sign: number, word: number): void {
    const rows = this.#rows;
    const row = this.count++ * width;
    rows[row] = start;
    rows[row + 1] = end;
    rows[row + 2] = word;
    rows[row + 3] = kind | (sign << 8);
  }

  /** Where a token begins. */
  startOf(at: number): number {
    return this.#rows[at * width] ?? 0;
  }

  /** What was put down, in memory of its own: two pieces of it, since many small ones are as dear to get as to give back. */
  tokens(source: string, line: number | undefined): Tokens {
    const { count, vocabulary } = this;
    const buffer = new ArrayBuffer(count * 18);
    const numbers = (place: number) => new Uint32Array(buffer, place * count * 4, count);
    const [starts, ends, partners, words] = [numbers(0), numbers(1), numbers(2), numbers(3)];
    const kinds = new Uint8Array(buffer, count * 16, count);
    const signs = new Uint8Array(buffer, count * 17, count);
    const lists = this.#fill({ starts, ends, partners, words, kinds, signs });
    if (this.#rows.length > keptRoom * width) this.#rows = new Uint32Array(0);
    return { source, count, kinds, signs, starts, ends, partners, words, vocabulary, line, ...lists };
  }

  /** Fills the arrays, which hold zeros, and lists what is looked for most often. */
  #fill({
    starts,
    ends,
    partners,
    words,
    kinds,
    signs,
  }: Pick<Tokens, 'starts' | 'ends' | 'partners' | 'words' | 'kinds' | 'signs'>): Lists {
    const { count } = this;
    if (this.vocabulary.size > this.#seen.length) this.#seen = new Uint32Array(this.vocabulary.size * 2);
    if (count > this.#lists[0].length) this.#lists = roomForLists(roomFor(count));
    const [names, marks, calls, strings] = this.#lists;
    let [named, marked, called, quoted] = [0, 0, 0, 0];
    const rows = this.#rows;
    const seen = this.#seen;
    const file = ++this.#files;
    let before = 0;
    for (let at = 0, row = 0; at < count; at++, row += width) {
      const link = rows[row + 2] ?? 0;
      const both = rows[row + 3] ?? 0;
      const kind = both & 255;
      const sign = both >> 8;
      starts[at] = rows[row] ?? 0;
      ends[at] = rows[row + 1] ?? 0;
      kinds[at] = kind;
      signs[at] = sign;
      if (kind <= tokenKind.rawIdent) {
        words[at] = link;
        if (seen[link] !== file) {
          seen[link] = file;
          names[named++] = link;
        }
        if (link <= lastMark && kind === tokenKind.ident) marks[marked++] = at;
      } else {
        partners[at] = link;
        if (kind === tokenKind.open) {
          if (before === exclamation) calls[called++] = at - 1;
        } else if (kind >= tokenKind.string && kind <= tokenKind.rawCString) strings[quoted++] = at;
      }
      before = sign;
    }
    if (names.length > keptRoom) this.#lists = roomForLists(0);
    return listsOf([names, named], [marks, marked], [calls, called], [strings, quoted]);
  }
}

type Lists = Pick<Tokens, 'names' | 'marks' | 'calls' | 'strings'>;
type Listed = readonly [list: Uint32Array, length: number];

function roomForLists(room: number) {
  const list = () => new Uint32Array(room);
  return [list(), list(), list(), list()] as const;
}

/** The lists as far as they are filled, one behind the other. */
function listsOf(...[names, marks, calls, strings]: readonly [Listed, Listed, Listed, Listed]): Lists {
  const all = new Uint32Array(names[1] + marks[1] + calls[1] + strings[1]);
  let from = 0;
  const next = ([list, length]: Listed) => {
    const own = all.subarray(from, from + length);
    own.set(list.subarray(0, length));
    from += length;
    return own;
  };
  return { names: next(names), marks: next(marks), calls: next(calls), strings: next(strings) };
}

/** Twice as much as is asked for comes up seldom. */
function roomFor(length: number): number {
  return length > keptRoom / 2 ? length : Math.max(1 << 16, length * 2);
}
