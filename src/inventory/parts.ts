import type { StatedComponent } from './statement.ts';

/** Growing whole numbers in one piece of memory. */
class Numbers {
  #items = new Int32Array(1024);
  length = 0;

  push(number: number): void {
    if (this.length === this.#items.length) {
      const larger = new Int32Array(2 * this.length);
      larger.set(this.#items);
      this.#items = larger;
    }
    this.#items[this.length++] = number;
  }

  at(index: number): number {
    return this.#items[index] ?? 0;
  }
}

/**
 * The components of a document and who needs whom, while it is read: in whatever order, each once however often it is listed. Of more than are taken
 * none is kept, and they are counted all the same.
 */
export class Parts {
  readonly #most: number;
  readonly #components: StatedComponent[] = [];
  /** By what is said of it. */
  readonly #places = new Map<string, number>();
  /** Components that are none unless they need something. */
  readonly #doubtful = new Set<number>();
  /** References, numbered as they come. */
  readonly #refs = new Map<string, number>();
  /** Components by the number of their reference. */
  readonly #referred: (number | number[] | undefined)[] = [];
  /** Pairs of numbers of references, from and to; to -1 of what is said to need something or nothing. */
  readonly #from = new Numbers();
  readonly #to = new Numbers();
  #count = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** How many different ones there are, those too that were not kept. */
  get count(): number {
    return this.#count;
  }

  /** `doubtful`: a file and its like, that is a component only where it needs others. */
  add(ref: string | undefined, stated: StatedComponent, { doubtful }: { readonly doubtful: boolean }): void {
    const said = JSON.stringify(stated);
    const known = this.#places.get(said);
    const place = known ?? this.#put(stated, said);
    if (place === undefined) return;
    if (doubtful && known === undefined) this.#doubtful.add(place);
    if (!doubtful) this.#doubtful.delete(place);
    if (ref === undefined) return;
    const id = this.#idOf(ref);
    const referred = this.#referred[id];
    if (referred === undefined) this.#referred[id] = place;
    else if (typeof referred !== 'number') referred.push(place);
    else if (referred !== place) this.#referred[id] = [referred, place];
  }

  #put(stated: StatedComponent, said: string): number | undefined {
    this.#count++;
    if (this.#components.length >= this.#most) return undefined;
    this.#places.set(said, this.#components.length);
    return this.#components.push(stated) - 1;
  }

  needs(from: string, to: Iterable<string>): void {
    if (this.#count > this.#most) return;
    const id = this.#idOf(from);
    this.#edge(id, -1);
    for (const one of to) this.#edge(id, this.#idOf(one));
  }

  /** All of them in the order in which they came, with positions of what each needs. `first` comes before, where it is given. */
  all(first: { readonly ref: string | undefined; readonly stated: StatedComponent } | undefined): {
    readonly components: readonly StatedComponent[];
    readonly placesOf: (refs: readonly string[]) => readonly number[];
  } {
    const uses = this.#usesByRef();
    const usesOf = new Map<number, number[]>();
    for (const [id, referred] of this.#referred.entries()) {
      const list = uses.get(id);
      if (list === undefined || referred === undefined) continue;
      for (const place of typeof referred === 'number' ? [referred] : referred) {
        const known = usesOf.get(place);
        if (known === undefined) usesOf.set(place, list);
        else usesOf.set(place, [...known, ...list]);
      }
    }
    const moved = new Int32Array(this.#components.length).fill(-1);
    let next = first === undefined ? 0 : 1;
    for (let place = 0; place < moved.length; place++) {
      const isPart = !this.#doubtful.has(place) || (usesOf.get(place)?.length ?? 0) > 0;
      if (isPart) moved[place] = next++;
    }
    const own = first?.ref === undefined ? undefined : this.#refs.get(first.ref);
    const positions = (ids: Iterable<number>) => {
      const found = new Set<number>();
      for (const id of ids) {
        if (id === own) found.add(0);
        const referred = this.#referred[id];
        for (const place of typeof referred === 'number' ? [referred] : (referred ?? [])) {
          const position = moved[place] ?? -1;
          if (position !== -1) found.add(position);
        }
      }
      return [...found];
    };
    const withUses = (stated: StatedComponent, list: number[] | undefined): StatedComponent =>
      list === undefined ? stated : { ...stated, uses: positions(list) };
    return {
      components: [
        ...(first === undefined
          ? []
          : [withUses(first.stated, own === undefined ? undefined : uses.get(own))]),
        ...this.#components.flatMap((stated, place) =>
          moved[place] === -1 ? [] : [withUses(stated, usesOf.get(place))],
        ),
      ],
      placesOf: (refs) => positions(refs.flatMap((ref) => this.#refs.get(ref) ?? [])),
    };
  }

  /** Whether something is said to need others. */
  needsOthers(ref: string): boolean {
    const id = this.#refs.get(ref);
    for (let i = 0; i < this.#from.length; i++)
      if (this.#from.at(i) === id && this.#to.at(i) !== -1) return true;
    return false;
  }

  /** Numbers of references by that of what needs them. */
  #usesByRef(): ReadonlyMap<number, number[]> {
    const uses = new Map<number, number[]>();
    for (let i = 0; i < this.#from.length; i++) {
      const [from, to] = [this.#from.at(i), this.#to.at(i)];
      const list = uses.get(from) ?? [];
      if (list.length === 0) uses.set(from, list);
      if (to !== -1) list.push(to);
    }
    return uses;
  }

  #edge(from: number, to: number): void {
    this.#from.push(from);
    this.#to.push(to);
  }

  #idOf(ref: string): number {
    const known = this.#refs.get(ref);
    if (known !== undefined) return known;
    this.#refs.set(ref, this.#refs.size);
    return this.#refs.size - 1;
  }
}
