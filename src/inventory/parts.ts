import { Numbers } from '../bom/read/numbers.ts';
import { Refs } from '../bom/read/refs.ts';
import type { StatedComponent } from './statement.ts';

/** What waits aside until it is known whether it is a component. */
export interface Aside {
  put(place: number, stated: StatedComponent): void;
  /** All of them, in the order in which they came. */
  all(): Iterable<readonly [place: number, stated: StatedComponent]>;
}

/** Components and edges by position, when all of a document was read. */
export interface Finished {
  /** Those that were not taken before: what is `first` before them, where nothing was taken, else behind. */
  readonly components: readonly StatedComponent[];
  /** Position of what was given as `first`. */
  readonly own: number;
  /** What each needs, as often as it is said. */
  uses(): Iterable<readonly [from: number, to: readonly number[]]>;
  /** Positions of what references are of. */
  placesOf(refs: readonly string[]): readonly number[];
}

/**
 * The components of a document and who needs whom, while it is read: in whatever order. Of what is held at once each is
 * held once however often it is listed; what was taken is not held any more, and some 50 bytes and its reference stay
 * of each.
 */
export class Parts {
  readonly #aside: Aside;
  /** What was not taken yet, by what is said of it. */
  #waiting = new Map<string, { readonly place: number; readonly stated: StatedComponent }>();
  readonly #refs = new Refs();
  /** By place: its position plus one; 0: it has none yet. */
  readonly #position = new Numbers();
  /** By the number of a reference: the place of its component plus one; further ones beside. */
  readonly #referred = new Numbers();
  readonly #others = new Map<number, number[]>();
  /** Pairs of numbers of references, from and to; to -1 of what is said to need something or nothing. */
  readonly #from = new Numbers();
  readonly #to = new Numbers();
  #taken = 0;
  #isAside = false;

  constructor(aside: Aside = new InMemory()) {
    this.#aside = aside;
  }

  /** How many wait to be taken. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** How many were taken. */
  get taken(): number {
    return this.#taken;
  }

  /** `doubtful`: a file and its like, that is a component only where it needs others. */
  add(ref: string | undefined, stated: StatedComponent, { doubtful }: { readonly doubtful: boolean }): void {
    const place = doubtful ? this.#putAside(stated) : this.#put(stated);
    if (ref === undefined) return;
    const id = this.#idOf(ref);
    const referred = this.#referred.at(id) - 1;
    if (referred === -1) this.#referred.set(id, place + 1);
    else if (referred !== place) {
      const others = this.#others.get(id);
      if (others === undefined) this.#others.set(id, [place]);
      else if (!others.includes(place)) others.push(place);
    }
  }

  #put(stated: StatedComponent): number {
    const said = textOf(stated);
    const known = this.#waiting.get(said);
    if (known !== undefined) return known.place;
    const place = this.#place();
    this.#waiting.set(said, { place, stated });
    return place;
  }

  #putAside(stated: StatedComponent): number {
    const place = this.#place();
    this.#isAside = true;
    this.#aside.put(place, stated);
    return place;
  }

  #place(): number {
    this.#position.push(0);
    return this.#position.length - 1;
  }

  needs(from: string, to: Iterable<string>): void {
    const id = this.#idOf(from);
    this.#edge(id, -1);
    for (const one of to) this.#edge(id, this.#idOf(one));
  }

  /** Those that wait, which are not held any more. Their positions follow those that were taken before. */
  take(): readonly StatedComponent[] {
    const list = [...this.#waiting.values()];
    for (const { place } of list) this.#position.set(place, ++this.#taken);
    this.#waiting = new Map();
    return list.map(({ stated }) => stated);
  }

  /** Whether something is said to need others. */
  needsOthers(ref: string): boolean {
    const id = this.#refs.find(ref);
    for (let i = 0; i < this.#from.length; i++)
      if (this.#from.at(i) === id && this.#to.at(i) !== -1) return true;
    return false;
  }

  /** The rest of it. `first`: what the document is about, where that is a component of its own. */
  finish(
    first: { readonly ref: string | undefined; readonly stated: StatedComponent } | undefined,
  ): Finished {
    const wasTaken = this.#taken > 0;
    const components: StatedComponent[] = [];
    let own = -1;
    const placeFirst = () => {
      if (first === undefined) return;
      const place = this.#place();
      this.#position.set(place, ++this.#taken);
      own = this.#taken - 1;
      components.push(first.stated);
      if (first.ref !== undefined) {
        const id = this.#idOf(first.ref);
        if (this.#referred.at(id) === 0) this.#referred.set(id, place + 1);
        else this.#others.set(id, [...(this.#others.get(id) ?? []), place]);
      }
    };
    if (!wasTaken) placeFirst();
    components.push(...this.take());
    if (this.#isAside) components.push(...this.#needing());
    if (wasTaken) placeFirst();
    return {
      components,
      own,
      uses: () => this.#uses(),
      placesOf: (refs) => [
        ...new Set(refs.flatMap((ref) => [...this.#positionsOf(this.#refs.find(ref) ?? -1)])),
      ],
    };
  }

  /** What waited aside and needs others, each once. */
  #needing(): readonly StatedComponent[] {
    const needing = new Uint8Array(this.#position.length);
    for (let i = 0; i < this.#from.length; i++)
      if (this.#to.at(i) !== -1) for (const place of this.#placesOf(this.#from.at(i))) needing[place] = 1;
    const known = new Map<string, number>();
    const components: StatedComponent[] = [];
    for (const [place, stated] of this.#aside.all()) {
      if (needing[place] !== 1) continue;
      const said = textOf(stated);
      const position = known.get(said);
      if (position !== undefined) {
        this.#position.set(place, position);
        continue;
      }
      this.#position.set(place, ++this.#taken);
      known.set(said, this.#taken);
      components.push(stated);
    }
    return components;
  }

  *#uses(): Generator<readonly [from: number, to: readonly number[]]> {
    for (let i = 0; i < this.#from.length; ) {
      const id = this.#from.at(i);
      const to = new Set<number>();
      for (; i < this.#from.length && this.#from.at(i) === id; i++)
        for (const position of this.#positionsOf(this.#to.at(i))) to.add(position);
      const list = [...to];
      for (const from of this.#positionsOf(id)) yield [from, list];
    }
  }

  *#positionsOf(id: number): Generator<number> {
    for (const place of this.#placesOf(id)) {
      const position = this.#position.at(place);
      if (position !== 0) yield position - 1;
    }
  }

  *#placesOf(id: number): Generator<number> {
    if (id < 0) return;
    const place = this.#referred.at(id);
    if (place !== 0) yield place - 1;
    yield* this.#others.get(id) ?? [];
  }

  #edge(from: number, to: number): void {
    this.#from.push(from);
    this.#to.push(to);
  }

  #idOf(ref: string): number {
    const id = this.#refs.idOf(ref);
    if (id === this.#referred.length) this.#referred.push(0);
    return id;
  }
}

/** Equal for components of which the same is said; texts of documents hold no NUL. */
function textOf({
  purl,
  name,
  version,
  source,
  scope,
  method,
  confidence,
  features,
}: StatedComponent): string {
  return `${purl}\0${name}\0${version}\0${source}\0${scope}\0${method}\0${confidence}\0${features === undefined ? '' : JSON.stringify(features)}`;
}

class InMemory implements Aside {
  readonly #all: (readonly [number, StatedComponent])[] = [];

  put(place: number, stated: StatedComponent): void {
    this.#all.push([place, stated]);
  }

  all(): Iterable<readonly [number, StatedComponent]> {
    return this.#all;
  }
}
