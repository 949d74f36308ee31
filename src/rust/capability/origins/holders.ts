import type { Tokens } from '../../tokens.ts';
import type { Vocabulary } from '../../vocabulary.ts';

/** Of the names of one vocabulary, the files that have each: those of a name stand from its begin to that of the next. */
interface Lists {
  readonly begins: Uint32Array;
  /** Places of files. */
  readonly files: Uint32Array;
}

/** Which files have a name anywhere, so that what it means is looked for in no others. */
export class Holders {
  readonly #files: readonly Tokens[];
  #lists: Map<Vocabulary, Lists> | undefined;

  constructor(files: readonly Tokens[]) {
    this.#files = files;
  }

  /** The files of a name, in their order. */
  of(name: string): readonly Tokens[] {
    this.#lists ??= new Map(
      [...Map.groupBy(this.#files.keys(), (place) => this.#files[place]?.vocabulary)].flatMap(
        ([of, places]) => (of === undefined ? [] : [[of, this.#listed(of, places)]]),
      ),
    );
    const places: number[] = [];
    for (const [vocabulary, { begins, files }] of this.#lists) {
      const number = vocabulary.of(name);
      for (let at = begins[number] ?? 0; at < (begins[number + 1] ?? 0); at++) places.push(files[at] ?? 0);
    }
    if (this.#lists.size > 1) places.sort((a, b) => a - b);
    return places.flatMap((place) => this.#files[place] ?? []);
  }

  #listed({ size }: Vocabulary, places: readonly number[]): Lists {
    const begins = new Uint32Array(size + 1);
    let total = 0;
    for (const place of places)
      for (const name of this.#files[place]?.names ?? []) {
        begins[name + 1] = (begins[name + 1] ?? 0) + 1;
        total++;
      }
    for (let name = 1; name <= size; name++) begins[name] = (begins[name] ?? 0) + (begins[name - 1] ?? 0);
    const ends = begins.slice();
    const files = new Uint32Array(total);
    for (const place of places)
      for (const name of this.#files[place]?.names ?? []) {
        const end = ends[name] ?? 0;
        files[end] = place;
        ends[name] = end + 1;
      }
    return { begins, files };
  }
}
