import { StoreError } from '../../store/error.ts';
import type { DeliveryRecord } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import type { Duty } from '../duties/duty.ts';
import type { Journal } from '../journal.ts';
import { DeliveryError } from './error.ts';
import { type PageOf, payloadOf, testPayload } from './payload.ts';
import type { Message, Target } from './target.ts';

const second = 1000;
const hour = 3600 * second;
/** How long one replica may take over a delivery before another one tries. */
const lease = 120 * second;
/** How long a target may take. */
const deadline = 15 * second;
/** Deliveries taken at a time. */
const batch = 16;
/** Wait after the first try that failed; doubled with every further one, up to the longest. */
const firstRetry = 30 * second;
const longestRetry = hour;
/** How long it is tried in all. */
const tryFor = 24 * hour;
/** How long what ended is kept. */
const keep = 30 * 24 * hour;

export interface NotifierParts {
  readonly store: Store;
  readonly journal: Journal;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** By name. */
  readonly targets: ReadonlyMap<string, Target>;
  readonly pageOf: PageOf;
}

/** What came of a test. */
export interface Tested {
  readonly target: Target;
  /** Why it failed; absent: it was delivered. */
  readonly error?: string;
}

/**
 * Delivers what waits in the store. It runs beside the watch: a target that is slow or dead delays neither judgement
 * nor serving. A try that a crash interrupts is made again, with the same id.
 */
export class Notifier implements Duty {
  readonly name = 'notifications';
  readonly hasMore = false;
  readonly behind = 0;
  onRoom = (): void => {};
  readonly #parts: NotifierParts;
  readonly #stopped = new AbortController();

  constructor(parts: NotifierParts) {
    this.#parts = parts;
  }

  get targets(): readonly Target[] {
    return [...this.#parts.targets.values()];
  }

  /** Tries all deliveries that are due. What fails is noted and tried again; a failing store throws. */
  async turn(): Promise<void> {
    const { store, now, journal } = this.#parts;
    const note = (error: Error) => journal.trouble(error.message, {});
    while (!this.#stopped.signal.aborted) {
      // Most of the time nothing is: then nobody waits for a write.
      const next = await store.nextDelivery();
      if (next === null || next > now()) return;
      const due = await store.write(async (tx) => {
        await tx.forgetNotifications(now() - keep);
        return await tx.claimDeliveries(now(), now() + lease, batch, note);
      });
      await Promise.all(due.map((delivery) => this.#deliver(delivery)));
      if (due.length < batch) return;
    }
  }

  /** Nothing goes on beside a turn. */
  async idle(): Promise<void> {}

  excuse(): undefined {
    return undefined;
  }

  /** Milliseconds until a delivery falls due. */
  async untilDue(): Promise<number> {
    const next = await this.#parts.store.nextDelivery();
    return Math.max(0, (next ?? Number.POSITIVE_INFINITY) - this.#parts.now());
  }

  /** Sends a message that is marked as a test, at once and once. */
  async test(targets: readonly Target[]): Promise<readonly Tested[]> {
    const now = this.#parts.now();
    const message = { id: `msg_test_${now}`, payload: testPayload(now), now };
    const tests = targets.map(async (target): Promise<Tested> => {
      const error = await this.#send(target, message);
      return error === undefined ? { target } : { target, error: error.message };
    });
    return await Promise.all(tests);
  }

  /** Cuts what is under way short; it is tried again when its lease has run out. */
  stop(): void {
    this.#stopped.abort();
  }

  async #deliver(delivery: DeliveryRecord): Promise<void> {
    const { store, now } = this.#parts;
    const error = await this.#try(delivery);
    if (this.#stopped.signal.aborted && error !== undefined) return;
    const after = afterTry(delivery, error, now());
    await store.write((tx) => tx.putDeliveries([after]));
    if (error !== undefined) this.#complain(after);
  }

  /** Why a try failed; `undefined` where it did not. */
  async #try({ notification, target: name }: DeliveryRecord): Promise<DeliveryError | undefined> {
    const { store, now, targets, pageOf } = this.#parts;
    const target = targets.get(name);
    if (target === undefined) return new DeliveryError('no [[notify]] of that name is configured here');
    try {
      const payload = payloadOf(await store.notification(notification), pageOf);
      return await this.#send(target, { id: notification, payload, now: now() });
    } catch (error) {
      // A damaged row holds up no other notification, and is not tried for ever.
      if (!(error instanceof StoreError) || error.code !== 'store/damaged') throw error;
      return new DeliveryError(error.message);
    }
  }

  #complain({ target, notification, outcome, attempts, error }: DeliveryRecord): void {
    const { journal } = this.#parts;
    const fields = { target, notification, attempts };
    if (outcome === 'given-up') {
      journal.alarm(`${target} could not be told for 24 hours, and is not any more: ${error}`, fields);
    } else {
      journal.trouble(`${target} could not be told: ${error}; it is tried again`, fields);
    }
  }

  /** Why it failed, without secrets; `undefined` where it did not. */
  async #send(target: Target, message: Message): Promise<DeliveryError | undefined> {
    const late = AbortSignal.timeout(deadline);
    try {
      await target.send(message, AbortSignal.any([late, this.#stopped.signal]));
      return undefined;
    } catch (error) {
      const said = late.aborted ? `it did not answer within ${deadline / second} s` : sentence(error);
      const clean = target.secrets.reduce((text, secret) => text.replaceAll(secret, '…'), said);
      return new DeliveryError(clean, error instanceof DeliveryError ? error.patience : undefined);
    }
  }
}

/** A delivery after a try. */
export function afterTry(
  delivery: DeliveryRecord,
  error: DeliveryError | undefined,
  now: number,
): DeliveryRecord {
  if (error === undefined)
    return { ...delivery, dueAt: null, error: null, outcome: 'delivered', endedAt: now };
  const end = delivery.at + tryFor;
  if (now >= end)
    return { ...delivery, dueAt: null, error: error.message, outcome: 'given-up', endedAt: now };
  const wait = Math.min(firstRetry * 2 ** Math.min(delivery.attempts - 1, 16), longestRetry);
  const asked = Math.min(error.patience ?? 0, longestRetry);
  return { ...delivery, dueAt: Math.min(now + Math.max(wait, asked), end), error: error.message };
}

function sentence(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return sentence(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
