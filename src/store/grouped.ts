import { AsyncResource } from 'node:async_hooks';
import { StoreError } from './error.ts';

/** Works of one transaction at most: what waits behind it should not wait long. */
const most = 32;

/** What comes of no work. */
const hopeless: readonly string[] = ['store/unreachable', 'store/full'];

/** A piece of work on a group's transaction, and who waits for it. */
interface Waiting<Tx> {
  readonly work: (tx: Tx) => Promise<unknown>;
  readonly done: (result: unknown) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Small writes that came while another one was under way, in one transaction: each is answered when all are on disk, so
 * that many at once wait for the disk once. Where one of them throws, nothing was written, and each is done again by
 * itself: works must do the same a second time.
 */
export class GroupedWrites<Tx> {
  readonly #inTurn: (turn: () => Promise<void>) => Promise<void>;
  readonly #transact: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
  readonly #waiting: Waiting<Tx>[] = [];

  /** `inTurn` runs one turn after the other, and refuses whom it cannot give one; `transact` runs work in a transaction. */
  constructor(
    inTurn: (turn: () => Promise<void>) => Promise<void>,
    transact: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>,
  ) {
    this.#inTurn = inTurn;
    this.#transact = transact;
  }

  /** As `Store.write`. */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      // Sound: `done` is given what `work` gave.
      const one: Waiting<Tx> = {
        // It is done for whoever asked, whoever's turn it is.
        work: AsyncResource.bind(work),
        done: resolve as (result: unknown) => void,
        failed: reject,
      };
      this.#waiting.push(one);
      // One turn does what all that wait by then want; theirs find nothing left.
      this.#inTurn(() => this.#next()).catch((error: unknown) => {
        const at = this.#waiting.indexOf(one);
        // Another turn took it, and says what comes of it.
        if (at === -1) return;
        this.#waiting.splice(at, 1);
        reject(error);
      });
    });
  }

  async #next(): Promise<void> {
    const group = this.#waiting.splice(0, most);
    if (group.length > 1 && (await this.#together(group))) return;
    for (const { work, done, failed } of group) await this.#transact(work).then(done, failed);
  }

  async #together(group: readonly Waiting<Tx>[]): Promise<boolean> {
    try {
      const results = await this.#transact(async (tx) => {
        const list: unknown[] = [];
        for (const { work } of group) list.push(await work(tx));
        return list;
      });
      for (const [i, { done }] of group.entries()) done(results[i]);
      return true;
    } catch (error) {
      // A database that is away is away for each of them.
      if (!(error instanceof StoreError) || !hopeless.includes(error.code)) return false;
      for (const { failed } of group) failed(error);
      return true;
    }
  }
}
