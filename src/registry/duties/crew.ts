/** Does pieces of work a few at a time; the same piece is never under way twice. */
export class Crew<T> {
  readonly #size: number;
  readonly #nameOf: (item: T) => string;
  readonly #work: (item: T) => Promise<void>;
  readonly #queue: T[] = [];
  readonly #running = new Map<string, Promise<void>>();
  #isStopped = false;
  /** Called whenever a piece has ended. */
  onRoom: () => void = () => {};

  /** `work` never throws. */
  constructor(size: number, nameOf: (item: T) => string, work: (item: T) => Promise<void>) {
    this.#size = size;
    this.#nameOf = nameOf;
    this.#work = work;
  }

  /** Whether another piece would begin at once. */
  get hasRoom(): boolean {
    return this.#running.size < this.#size && this.#queue.length === 0;
  }

  /** Begins these pieces as there is room; those that are under way already are left out. */
  take(items: readonly T[]): void {
    if (this.#isStopped) return;
    this.#queue.push(...items);
    this.#begin();
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  /** Begins nothing more; what is under way goes on. */
  stop(): void {
    this.#isStopped = true;
    this.#queue.length = 0;
  }

  #begin(): void {
    while (this.#running.size < this.#size) {
      const item = this.#queue.shift();
      if (item === undefined) return;
      const name = this.#nameOf(item);
      if (this.#running.has(name)) continue;
      const piece = this.#work(item).finally(() => {
        this.#running.delete(name);
        this.#begin();
        this.onRoom();
      });
      this.#running.set(name, piece);
    }
  }
}
