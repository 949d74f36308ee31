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
  #lists = [new Uint32Array(0), new Uint32Array(0), new Uint32Array(0), new Uint32Array(0)] as const;
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

  /** What was put down, in arrays of its own. */
  tokens(source: string, line: number | undefined): Tokens {
    const { count, vocabulary } = this;
    const kinds = new Uint8Array(count);
    const signs = new Uint8Array(count);
    const starts = new Uint32Array(count);
    const ends = new Uint32Array(count);
    const partners = new Uint32Array(count);
    const words = new Uint32Array(count);
    const rows = this.#rows;
    for (let at = 0, row = 0; at < count; at++, row += width) {
      const kind = rows[row + 3] ?? 0;
      const link = rows[row + 2] ?? 0;
      kinds[at] = kind;
      signs[at] = kind >> 8;
      starts[at] = rows[row] ?? 0;
      ends[at] = rows[row + 1] ?? 0;
      if ((kind & 255) <= tokenKind.rawIdent) words[at] = link;
      else partners[at] = link;
    }
    const lists = this.#listed(kinds, signs, words);
    if (rows.length > keptRoom * width) this.#rows = new Uint32Array(0);
    return { source, count, kinds, signs, starts, ends, partners, words, vocabulary, line, ...lists };
  }

  #listed(
    kinds: Uint8Array,
    signs: Uint8Array,
    words: Uint32Array,
  ): Pick<Tokens, 'names' | 'marks' | 'calls' | 'strings'> {
    const count = kinds.length;
    if (this.vocabulary.size > this.#seen.length) this.#seen = new Uint32Array(this.vocabulary.size * 2);
    if (count > this.#lists[0].length) {
      const room = roomFor(count);
      this.#lists = [
        new Uint32Array(room),
        new Uint32Array(room),
        new Uint32Array(room),
        new Uint32Array(room),
      ];
    }
    const [names, marks, calls, strings] = this.#lists;
    let [named, marked, called, quoted] = [0, 0, 0, 0];
    const seen = this.#seen;
    const file = ++this.#files;
    for (let at = 0; at < count; at++) {
      const word = words[at] ?? 0;
      if (word !== 0) {
        if (seen[word] !== file) {
          seen[word] = file;
          names[named++] = word;
        }
        if (word <= lastMark && kinds[at] === tokenKind.ident) marks[marked++] = at;
        continue;
      }
      const kind = kinds[at] ?? 0;
      if (kind === tokenKind.open) {
        if (at > 0 && signs[at - 1] === exclamation) calls[called++] = at - 1;
      } else if (kind >= tokenKind.string && kind <= tokenKind.rawCString) strings[quoted++] = at;
    }
    const lists = {
      names: names.slice(0, named),
      marks: marks.slice(0, marked),
      calls: calls.slice(0, called),
      strings: strings.slice(0, quoted),
    };
    if (names.length > keptRoom)
      this.#lists = [new Uint32Array(0), new Uint32Array(0), new Uint32Array(0), new Uint32Array(0)];
    return lists;
  }
}

/** Twice as much as is asked for comes up seldom. */
function roomFor(length: number): number {
  return length > keptRoom / 2 ? length : Math.max(1 << 16, length * 2);
}
