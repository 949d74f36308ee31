import type { Upstream } from '../upstream/upstream.ts';
import { Crew } from './crew.ts';
import type { Duty } from './duty.ts';

/** How long one replica may take over a crate or a release before another one tries: milliseconds. */
export const lease = 2 * 60_000;
/** Crates and releases taken at a time. */
const batch = 32;
/** Pieces under way at a time. */
const parallel = 8;

/** Pieces of work that wait in the store until this replica claims them. */
export interface Claims<T> {
  readonly name: string;
  /** Takes up to so many pieces that are due, for this replica. */
  readonly claim: (limit: number) => Promise<readonly T[]>;
  /** When the next one falls due, epoch milliseconds; `null`: none. */
  readonly next: () => Promise<number | null>;
  readonly now: () => number;
  /** Pieces of the same name are one. */
  readonly nameOf: (item: T) => string;
  /** The upstream that is asked, if one is. */
  readonly upstream?: Upstream | undefined;
  /** Does one. Never throws. */
  readonly work: (item: T) => Promise<void>;
}

/** A duty that claims pieces of work and does them a few at a time, beside its turns. */
export class ClaimedDuty<T> implements Duty {
  readonly name: string;
  readonly #claims: Claims<T>;
  readonly #crew: Crew<T>;
  hasMore = false;
  behind = 0;

  constructor(claims: Claims<T>) {
    this.name = claims.name;
    this.#claims = claims;
    this.#crew = new Crew(parallel, claims.nameOf, claims.work);
  }

  async turn(): Promise<void> {
    this.hasMore = true;
    while (this.#crew.hasRoom) {
      const claimed = await this.#claims.claim(batch);
      this.#crew.take(claimed);
      this.hasMore = claimed.length === batch;
      if (!this.hasMore) return;
    }
  }

  async untilDue(): Promise<number> {
    const next = await this.#claims.next();
    const left = (next ?? Number.POSITIVE_INFINITY) - this.#claims.now();
    this.behind = Math.max(0, -left);
    // Without room nothing could be begun: the end of what is under way says when.
    return this.#crew.hasRoom ? Math.max(0, left) : Number.POSITIVE_INFINITY;
  }

  /** A piece that somebody else came upon. */
  take(item: T): void {
    this.#crew.take([item]);
  }

  excuse = (): string | undefined => {
    const { upstream } = this.#claims;
    return upstream?.health.reachable === false ? `${upstream.name} cannot be reached` : undefined;
  };

  idle(): Promise<void> {
    return this.#crew.idle();
  }

  stop(): void {
    this.#crew.stop();
  }

  get onRoom(): () => void {
    return this.#crew.onRoom;
  }

  set onRoom(act: () => void) {
    this.#crew.onRoom = act;
  }
}
