import type { Tokens } from './tokens.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Says of a name which of several lists have it, by one look. */
export class NameLists {
  readonly #lists: readonly ReadonlySet<string>[];
  #vocabulary: Vocabulary | undefined;
  /** By number, a bit for each list. */
  #bits = new Uint32Array(0);

  /** At most 32 lists; the first one has the lowest bit. */
  constructor(lists: readonly ReadonlySet<string>[]) {
    this.#lists = lists;
  }

  /** A bit for each list that has the name there. */
  of({ words, vocabulary }: Tokens, at: number): number {
    if (vocabulary !== this.#vocabulary) this.#meet(vocabulary);
    return this.#bits[words[at] ?? 0] ?? 0;
  }

  #meet(vocabulary: Vocabulary): void {
    const numbers = this.#lists.map((names) => [...names].map((name) => vocabulary.of(name)));
    const most = numbers.reduce((all, some) => Math.max(all, ...some), 0);
    const bits = new Uint32Array(most + 1);
    for (const [index, some] of numbers.entries())
      for (const number of some) bits[number] = (bits[number] ?? 0) | (1 << index);
    this.#bits = bits;
    this.#vocabulary = vocabulary;
  }
}

/** Looks for names among tokens, by their numbers alone. */
export class NameFilter {
  readonly #names: ReadonlySet<string>;
  #vocabulary: Vocabulary | undefined;
  /** By number, 1 for those that are looked for. */
  #wanted = new Uint8Array(0);

  constructor(names: ReadonlySet<string>) {
    this.#names = names;
  }

  /** Whether the token there is one of the names. */
  has({ words, vocabulary }: Tokens, at: number): boolean {
    if (vocabulary !== this.#vocabulary) this.#meet(vocabulary);
    return this.#wanted[words[at] ?? 0] === 1;
  }

  /** Whether any token of a file is one of them. */
  meets({ names, vocabulary }: Tokens): boolean {
    if (vocabulary !== this.#vocabulary) this.#meet(vocabulary);
    const wanted = this.#wanted;
    for (let index = 0; index < names.length; index++) if (wanted[names[index] ?? 0] === 1) return true;
    return false;
  }

  #meet(vocabulary: Vocabulary): void {
    const numbers: number[] = [];
    let most = 0;
    for (const name of this.#names) {
      if (name === '') continue;
      const number = vocabulary.of(name);
      numbers.push(number);
      most = Math.max(most, number);
    }
    this.#wanted = new Uint8Array(most + 1);
    for (const number of numbers) this.#wanted[number] = 1;
    this.#vocabulary = vocabulary;
  }
}
