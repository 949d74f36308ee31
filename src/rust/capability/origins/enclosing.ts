import { firstWhere } from '../../first-where.ts';
import type { FunctionPlace } from '../places.ts';

/** Finds the functions of a file that a token stands in, without looking at all of them. */
export class Enclosing {
  /** By where their bodies begin, those around others before them. */
  readonly #sorted: readonly FunctionPlace[];
  /** For each, the innermost one around it; -1 for none. */
  readonly #parents: Int32Array;

  constructor(functions: readonly FunctionPlace[]) {
    const sorted = functions
      .map((place, index) => ({ place, index }))
      .sort(
        (a, b) =>
          a.place.body.from - b.place.body.from || b.place.body.to - a.place.body.to || a.index - b.index,
      );
    this.#sorted = sorted.map(({ place }) => place);
    this.#parents = new Int32Array(sorted.length);
    const open: number[] = [];
    for (const [index, { body }] of this.#sorted.entries()) {
      while (open.length > 0 && (this.#sorted[open.at(-1) ?? 0]?.body.to ?? 0) <= body.from) open.pop();
      this.#parents[index] = open.at(-1) ?? -1;
      open.push(index);
    }
  }

  /** The functions around a token, the innermost first. */
  at(token: number): readonly FunctionPlace[] {
    const behind = firstWhere(this.#sorted.length, (i) => (this.#sorted[i]?.body.from ?? 0) > token);
    const found: FunctionPlace[] = [];
    for (let index = behind - 1; index >= 0; index = this.#parents[index] ?? -1) {
      const place = this.#sorted[index];
      if (place !== undefined && token < place.body.to) found.push(place);
    }
    return found;
  }
}
