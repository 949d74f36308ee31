/**
 * A table from hashes of texts to the numbers of names, and the hashes of a text with letters left out. Two texts that
 * differ by one edit share a form with at most one letter left out of each: the idea of SymSpell, with hashes of a few
 * bytes in place of texts, so that millions of forms take tens of MB. What is found must be compared itself.
 */
export class Neighbourhood {
  #keys: Uint32Array;
  #ids: Int32Array;
  #size = 0;

  constructor(expected: number) {
    const capacity = capacityFor(expected);
    this.#keys = new Uint32Array(capacity);
    this.#ids = new Int32Array(capacity).fill(-1);
  }

  add(hash: number, id: number): void {
    if (this.#size >= this.#ids.length * 0.75) this.#grow();
    this.#put(hash, id);
  }

  /** Whether anything was added under the hash. */
  has(hash: number): boolean {
    const mask = this.#ids.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      if ((this.#ids[slot] ?? -1) === -1) return false;
      if (this.#keys[slot] === hash) return true;
    }
  }

  /** Adds to `found` whatever was added under the hash. */
  find(hash: number, found: Set<number>): void {
    const mask = this.#ids.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = this.#ids[slot] ?? -1;
      if (id === -1) return;
      if (this.#keys[slot] === hash) found.add(id);
    }
  }

  #put(hash: number, id: number): void {
    const mask = this.#ids.length - 1;
    let slot = hash & mask;
    while ((this.#ids[slot] ?? -1) !== -1) slot = (slot + 1) & mask;
    this.#keys[slot] = hash;
    this.#ids[slot] = id;
    this.#size++;
  }

  #grow(): void {
    const keys = this.#keys;
    const ids = this.#ids;
    this.#keys = new Uint32Array(ids.length * 2);
    this.#ids = new Int32Array(ids.length * 2).fill(-1);
    this.#size = 0;
    for (const [slot, id] of ids.entries()) if (id !== -1) this.#put(keys[slot] ?? 0, id);
  }
}

/** What a hash stands for: forms of different kinds never meet. */
export type FormKind = 'near' | 'far' | 'words' | 'skeleton' | 'version';

const seeds: Readonly<Record<FormKind, number>> = { near: 1, far: 2, words: 3, skeleton: 4, version: 5 };
const base = 0x01000193;
const powers = Uint32Array.from({ length: 129 }, () => 0);
powers[0] = 1;
for (let i = 1; i < powers.length; i++) powers[i] = Math.imul(powers[i - 1] ?? 0, base);

/** The hash of a text. */
export function hashOf(kind: FormKind, text: string): number {
  return finish(rawHash(text), seeds[kind]);
}

/** A text's hash before its kind is mixed in; two of them can be joined. */
export function rawHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, base) + text.charCodeAt(i)) | 0;
  return hash;
}

/** The hash of two texts one after the other, without making the text. */
export function hashOfJoined(kind: FormKind, first: number, second: number, secondLength: number): number {
  return finish((Math.imul(first, powers[secondLength] ?? 0) + second) | 0, seeds[kind]);
}

/** Tells the hashes of a text as it is and with one letter left out; of one longer than 128 letters, as it is only. */
export function hashesWithout(kind: FormKind, text: string, tell: (hash: number) => void): void {
  const seed = seeds[kind];
  const n = text.length;
  const whole = rawHash(text);
  tell(finish(whole, seed));
  if (n > 128) return;
  let before = 0;
  let last = -1;
  let after = whole;
  for (let i = 0; i < n; i++) {
    const letter = text.charCodeAt(i);
    const power = powers[n - 1 - i] ?? 0;
    // `after` is what follows the letter: the whole without all that came until here.
    after = (after - Math.imul(letter, power)) | 0;
    // Leaving out either of two equal letters in a row gives the same form.
    if (letter !== last) tell(finish((Math.imul(before, power) + after) | 0, seed));
    before = (Math.imul(before, base) + letter) | 0;
    last = letter;
  }
}

/** Tells the hashes of a text with up to two letters left out. */
export function hashesWithoutTwo(kind: FormKind, text: string, tell: (hash: number) => void): void {
  hashesWithout(kind, text, tell);
  for (let i = 0; i < text.length; i++) {
    const shorter = text.slice(0, i) + text.slice(i + 1);
    for (let j = i; j < shorter.length; j++) tell(hashOf(kind, shorter.slice(0, j) + shorter.slice(j + 1)));
  }
}

function finish(hash: number, seed: number): number {
  let h = hash ^ Math.imul(seed, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function capacityFor(expected: number): number {
  let capacity = 1024;
  while (capacity * 0.7 < expected) capacity *= 2;
  return capacity;
}
