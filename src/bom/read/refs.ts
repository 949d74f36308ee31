import { randomInt } from 'node:crypto';
import { Numbers } from './numbers.ts';

/** Bytes of one piece of memory; a longer reference has a piece of its own. */
const pieceSize = 256 * 1024;

/**
 * References of a document, numbered as they come. A million of sixty letters take some 100 MB less than as texts in a
 * map: their UTF-8 lies in a few pieces of memory, and they are found by a hash whose seed nobody knows.
 */
export class Refs {
  readonly #pieces: Buffer[] = [];
  #used = pieceSize;
  /** By number: the piece, where it begins in it, its length in bytes, and its hash. */
  readonly #piece = new Numbers();
  readonly #start = new Numbers();
  readonly #length = new Numbers();
  readonly #hash = new Numbers();
  /** Numbers plus one, by hash; 0: nothing. */
  #slots = new Int32Array(1 << 12);
  readonly #seed = randomInt(2 ** 31);

  get size(): number {
    return this.#hash.length;
  }

  /** The number of a reference, which it has from now on. */
  idOf(ref: string): number {
    const { piece, length } = this.#write(ref);
    const { hash, slot, id } = this.#look(piece, length);
    if (id !== -1) return id;
    this.#slots[slot] = this.#hash.length + 1;
    this.#piece.push(this.#pieces.length - 1);
    this.#start.push(this.#used);
    this.#length.push(length);
    this.#hash.push(hash);
    this.#used += length;
    if (this.#hash.length * 2 > this.#slots.length) this.#grow();
    return this.#hash.length - 1;
  }

  /** The reference of a number. */
  textOf(id: number): string {
    const start = this.#start.at(id);
    return (this.#pieces[this.#piece.at(id)] as Buffer).toString('utf8', start, start + this.#length.at(id));
  }

  /** The number of a reference; `undefined`: it did not come. */
  find(ref: string): number | undefined {
    const { piece, length } = this.#write(ref);
    const { id } = this.#look(piece, length);
    return id === -1 ? undefined : id;
  }

  /** Writes it behind the last one, where it stays if it is new. */
  #write(ref: string): { readonly piece: Buffer; readonly length: number } {
    const most = 3 * ref.length;
    if (this.#used + most > (this.#pieces.at(-1)?.length ?? 0)) {
      this.#pieces.push(Buffer.allocUnsafeSlow(Math.max(pieceSize, most)));
      this.#used = 0;
    }
    const piece = this.#pieces.at(-1) as Buffer;
    return { piece, length: piece.write(ref, this.#used) };
  }

  #look(
    piece: Buffer,
    length: number,
  ): { readonly hash: number; readonly slot: number; readonly id: number } {
    const from = this.#used;
    let hash = this.#seed;
    // FNV-1a.
    for (let i = from; i < from + length; i++) hash = Math.imul(hash ^ (piece[i] ?? 0), 0x01000193);
    hash = (hash ^ (hash >>> 15)) | 0;
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = (this.#slots[slot] ?? 0) - 1;
      if (id === -1 || (this.#hash.at(id) === hash && this.#isAt(id, piece, length)))
        return { hash, slot, id };
    }
  }

  #isAt(id: number, piece: Buffer, length: number): boolean {
    if (this.#length.at(id) !== length) return false;
    const start = this.#start.at(id);
    const other = this.#pieces[this.#piece.at(id)] as Buffer;
    return other.compare(piece, this.#used, this.#used + length, start, start + length) === 0;
  }

  #grow(): void {
    this.#slots = new Int32Array(2 * this.#slots.length);
    const mask = this.#slots.length - 1;
    for (let id = 0; id < this.#hash.length; id++) {
      let slot = this.#hash.at(id) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = id + 1;
    }
  }
}
