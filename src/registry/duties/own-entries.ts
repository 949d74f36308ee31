/** So many are remembered; of one that is forgotten its crate leaves the memory, and is loaded again. */
const most = 100_000;

/** Entries of the log that this replica wrote, and whose changes its memory has: what it need not follow. */
export class OwnEntries {
  readonly #seqs = new Set<number>();

  /** Entries from `first` on, `count` of them. */
  note(first: number, count: number): void {
    if (this.#seqs.size > most) this.#seqs.clear();
    for (let seq = first; seq < first + count; seq++) this.#seqs.add(seq);
  }

  /** Whether the entry is one of them. It is asked about once. */
  take(seq: number): boolean {
    return this.#seqs.delete(seq);
  }
}
