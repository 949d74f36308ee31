import type { OnDamage } from './error.ts';
import type { DeliveryOutcome, DeliveryRecord, ToldRecord } from './records.ts';

/** Notifications on their way: reads. */
export interface OutboxReader {
  /** What was told of a crate's releases and still stands. */
  toldFindings(registry: string, key: string): Promise<readonly ToldRecord[]>;
  /** All that one notification tells, in the order of registry, crate, version and finding. */
  notification(id: string): Promise<readonly ToldRecord[]>;
  /** How deliveries stand, by target and outcome. */
  deliveryCounts(): Promise<readonly DeliveryCount[]>;
  /** When the next delivery is to be tried; `null`: none. */
  nextDelivery(): Promise<number | null>;
}

/** Notifications on their way: writes, in the transaction that also changes the state which they tell of. */
export interface OutboxWriter {
  /** Inserts or replaces by notification, release and finding. */
  putToldFindings(told: readonly ToldRecord[]): Promise<void>;
  /** Inserts or replaces by notification and target. */
  putDeliveries(deliveries: readonly DeliveryRecord[]): Promise<void>;
  /** The deliveries of the newest notification to which more may be added: nobody has tried to deliver it yet. */
  gatheringDeliveries(now: number): Promise<readonly DeliveryRecord[]>;
  /** Takes up to `limit` deliveries that are due, with one more try counted, as `claimPolls` takes crates. */
  claimDeliveries(
    now: number,
    leaseUntil: number,
    limit: number,
    onDamage?: OnDamage,
  ): Promise<readonly DeliveryRecord[]>;
  /** Forgets what ended before a time: deliveries, and told findings that none of those left speaks of. */
  forgetNotifications(before: number): Promise<void>;
}

/** Deliveries of one target with one outcome. */
export interface DeliveryCount {
  readonly target: string;
  readonly outcome: DeliveryOutcome;
  readonly count: number;
  /** When the last of them ended. */
  readonly lastEnd: number | null;
  /** Why one of them failed, where one did. */
  readonly error: string | null;
}
