/** Numbers of one piece of memory: pieces are added, and none is ever copied into a larger one. */
const inPiece = 1 << 16;

/** A growing list of whole numbers of 32 bits. */
export class Numbers {
  readonly #pieces: Int32Array[] = [];
  length = 0;

  push(number: number): void {
    if (this.length === this.#pieces.length * inPiece) this.#pieces.push(new Int32Array(inPiece));
    const piece = this.#pieces[this.#pieces.length - 1] as Int32Array;
    piece[this.length++ & (inPiece - 1)] = number;
  }

  *[Symbol.iterator](): Generator<number> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }

  at(index: number): number {
    return this.#pieces[index >>> 16]?.[index & (inPiece - 1)] ?? 0;
  }

  set(index: number, number: number): void {
    const piece = this.#pieces[index >>> 16];
    if (piece !== undefined) piece[index & (inPiece - 1)] = number;
  }
}
