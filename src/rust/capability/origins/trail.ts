/** Where a path begins: with what a variable says, or where the code is (`''`). */
export type Base = string;

/** A place in an expression to come back to. */
export interface Mark {
  readonly depth: number;
  readonly base: Base | undefined;
  readonly growing: boolean;
}

/**
 * How a text stands to what came before it: it surely begins a path, is joined to one, is put behind it, or stands
 * somewhere in the expression.
 */
export type TextPlace = 'first' | 'joined' | 'behind' | 'within';

/** Further up than any path goes. */
export const allTheWay = 1000;
const maxAbsolute = 200;

/**
 * Follows how far a path goes up and down while the expressions that make it are read in their order: one that was below
 * what it began with has left it, wherever it goes from there.
 */
export class Trail {
  /** What paths began with, and of that what they went up from. */
  readonly bases = new Set<Base>();
  readonly left = new Set<Base>();
  /** The first path that begins with a root. */
  absolute: string | undefined;
  #depth = 0;
  #base: Base | undefined;
  #growing = false;

  mark(): Mark {
    return { depth: this.#depth, base: this.#base, growing: this.#growing };
  }

  /** Another expression begins where that one did. */
  back({ depth, base, growing }: Mark): void {
    this.#depth = depth;
    this.#base = base;
    this.#growing = growing;
  }

  get depth(): number {
    return this.#depth;
  }

  /** What the path began with; `undefined` where that is not known, or it begins with its own text. */
  get base(): Base | undefined {
    return this.#base;
  }

  root(base: Base): void {
    this.bases.add(base);
    this.#depth = 0;
    this.#base = base;
    this.#growing = false;
  }

  up(by: number): void {
    this.#depth -= by;
    if (this.#depth < 0) this.left.add(this.#base ?? '');
  }

  down(by = 1): void {
    this.#depth += by;
  }

  text(text: string, place: TextPlace): void {
    const isRoot = place !== 'behind' && isAbsolute(text, place);
    if (isRoot && (place === 'joined' || this.#base === undefined)) {
      this.absolute ??= text;
      this.root(text);
      this.#growing = this.absolute === text;
      return;
    }
    if (text.includes('{')) this.#growing = false;
    if (this.#growing && this.absolute !== undefined && this.absolute.length < maxAbsolute)
      this.absolute += `${/[\\/]$/.test(this.absolute) || text.startsWith('/') ? '' : '/'}${text}`;
    for (const [index, part] of text.split(/[\\/]/).entries()) {
      if (part === '..') this.up(1);
      else if (part === '' || part === '.') continue;
      // What stands in braces is a path of its own: `{dir}/x`.
      else if (index > 0 || !part.startsWith('{')) this.down();
    }
    if (text.startsWith('{')) this.#base ??= '';
  }
}

/** Values that stand for each other: what comes after them goes on from the one that is furthest up. */
export class Lowest {
  readonly #trail: Trail;
  readonly #start: Mark;
  #lowest: Mark | undefined;
  #isOpen = false;

  constructor(trail: Trail) {
    this.#trail = trail;
    this.#start = trail.mark();
  }

  /** The next of them begins. */
  next(): void {
    this.#close();
    this.#isOpen = true;
    this.#trail.back(this.#start);
  }

  end(): void {
    this.#close();
    this.#trail.back(this.#lowest ?? this.#start);
  }

  #close(): void {
    if (!this.#isOpen) return;
    if (this.#lowest === undefined || this.#trail.depth < this.#lowest.depth)
      this.#lowest = this.#trail.mark();
  }
}

/**
 * `/etc`, `C:\`, `~/x`, but not `\\?\{path}`, which another path is put behind; a `/` alone only where a path surely
 * begins with it.
 */
function isAbsolute(text: string, place: TextPlace): boolean {
  if (/^(?:\/[\w.]|~\/|[A-Za-z]:[\\/]|\\\\(?![?.]\\\{))/.test(text)) return true;
  return text === '/' && place === 'first';
}
