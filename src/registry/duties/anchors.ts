import type { AuditHead } from '../../audit/entry.ts';
import type { StoreReader } from '../../store/store.ts';
import type { Journal } from '../journal.ts';
import { type Duty, promptDuty } from './duty.ts';

/**
 * Where the head of the audit log is kept beside its database, so that who can write the one cannot change what the
 * other proves.
 */
export interface AnchorPlace {
  /** What it is in the log. */
  readonly name: string;
  /** The head that was kept last; `undefined`: none, or it does not say. */
  last(): Promise<AuditHead | undefined>;
  keep(head: AuditHead, signal: AbortSignal): Promise<void>;
}

/** Milliseconds until a place that failed is tried again. */
const patience = 60_000;

interface Context {
  readonly store: Pick<StoreReader, 'auditHead' | 'auditEntries'>;
  readonly journal: Journal;
  readonly now: () => number;
}

/** Keeps each new head of the audit log in every place, and says once where the log is not the one whose heads are there. */
export function anchors(context: Context, places: readonly AnchorPlace[], signal: AbortSignal): Duty {
  const keepers = places.map((place) => new Keeper(context, place, signal));
  return promptDuty('audit anchors', async () => {
    const head = await context.store.auditHead();
    for (const keeper of keepers) await keeper.turn(head);
  });
}

class Keeper {
  readonly #context: Context;
  readonly #place: AnchorPlace;
  readonly #signal: AbortSignal;
  /** Entries that the newest kept head covers; `undefined` before the place was asked. */
  #count: number | undefined;
  #notBefore = Number.NEGATIVE_INFINITY;
  #failing = false;

  constructor(context: Context, place: AnchorPlace, signal: AbortSignal) {
    this.#context = context;
    this.#place = place;
    this.#signal = signal;
  }

  /** A place that fails holds nothing up: it is tried again later, and said once. */
  async turn(head: AuditHead | undefined): Promise<void> {
    const { now, journal } = this.#context;
    if (now() < this.#notBefore) return;
    try {
      this.#count ??= await this.#begin();
      if (head === undefined || head.count <= this.#count) return;
      await this.#place.keep(head, this.#signal);
      this.#count = head.count;
      this.#failing = false;
    } catch (error) {
      this.#notBefore = now() + patience;
      if (!this.#failing && !this.#signal.aborted)
        journal.alarm(
          `the head of the audit log is not kept in ${this.#place.name}: ${(error as Error).message}`,
          {},
        );
      this.#failing = true;
    }
  }

  /** Whether the log goes on from where it was when its head was kept last. */
  async #begin(): Promise<number> {
    const { store, journal } = this.#context;
    const last = await this.#place.last();
    if (last === undefined) return 0;
    const [entry] = await store.auditEntries({ after: last.count - 1, limit: 1 });
    if (entry?.seq !== last.count || entry.hash !== last.hash) {
      const what =
        'is not the one whose head was kept there: it was edited, or an older backup of the database was restored';
      journal.alarm(`the audit log ${what} (${this.#place.name}); see \`safeguard audit verify\``, {});
    }
    // Heads of a log that was restored are kept again from where it goes on.
    return entry === undefined ? 0 : last.count;
  }
}
