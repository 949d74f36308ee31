import type { OutboxReader, OutboxWriter } from '../../src/store/outbox.ts';
import type { DeliveryRecord, ToldRecord } from '../../src/store/records.ts';

/** The notifications' part of a store, as lists in memory. */
export class OutboxModel implements OutboxReader, OutboxWriter {
  told: ToldRecord[] = [];
  deliveries: DeliveryRecord[] = [];

  async toldFindings(registry: string, key: string) {
    return inOrder(
      this.told.filter((one) => one.registry === registry && one.key === key && one.endedAt === null),
      ({ version, finding, notification }) => [version, finding, notification],
    );
  }
  async notification(id: string) {
    return inOrder(
      this.told.filter(({ notification }) => notification === id),
      ({ registry, key, version, finding }) => [registry, key, version, finding],
    );
  }
  async deliveryCounts() {
    const groups = Map.groupBy(this.deliveries, ({ target, outcome }) => JSON.stringify([target, outcome]));
    const counted = [...groups.values()].map((all) => {
      const [{ target, outcome } = { target: '', outcome: 'pending' as const }] = all;
      const ends = all.map(({ endedAt }) => endedAt).filter((end) => end !== null);
      const errors = all.map(({ error }) => error).filter((error) => error !== null);
      return {
        target,
        outcome,
        count: all.length,
        lastEnd: ends.length === 0 ? null : Math.max(...ends),
        error: errors.sort().at(-1) ?? null,
      };
    });
    return inOrder(counted, ({ target, outcome }) => [target, outcome]);
  }
  async nextDelivery() {
    const due = this.deliveries.map(({ dueAt }) => dueAt).filter((time) => time !== null);
    return due.length === 0 ? null : Math.min(...due);
  }
  async putToldFindings(told: readonly ToldRecord[]) {
    const id = ({ notification, registry, key, version, finding }: ToldRecord) =>
      JSON.stringify([notification, registry, key, version, finding]);
    this.told = replaced(this.told, told, id);
  }
  async putDeliveries(deliveries: readonly DeliveryRecord[]) {
    const id = ({ notification, target }: DeliveryRecord) => JSON.stringify([notification, target]);
    this.deliveries = replaced(this.deliveries, deliveries, id);
  }
  async gatheringDeliveries(now: number) {
    const waiting = this.deliveries.filter(({ dueAt }) => dueAt !== null && dueAt > now);
    const untried = [...Map.groupBy(waiting, ({ notification }) => notification)]
      .filter(([, all]) => all.every(({ attempts }) => attempts === 0))
      .map(([id, all]) => ({ id, at: Math.max(...all.map(({ at }) => at)) }));
    const newest = inOrder(untried, ({ id, at }) => [-at, id])[0];
    return inOrder(
      this.deliveries.filter(({ notification }) => notification === newest?.id),
      ({ target }) => [target],
    );
  }
  async claimDeliveries(now: number, leaseUntil: number, limit: number) {
    const due = this.deliveries.filter(({ dueAt }) => dueAt !== null && dueAt <= now);
    const taken = inOrder(due, ({ dueAt, notification, target }) => [dueAt ?? 0, notification, target])
      .slice(0, limit)
      .map((one) => ({ ...one, dueAt: leaseUntil, attempts: one.attempts + 1 }));
    await this.putDeliveries(taken);
    return taken;
  }
  async forgetNotifications(before: number) {
    const isOver = ({ endedAt }: { endedAt: number | null }) => endedAt !== null && endedAt < before;
    this.deliveries = this.deliveries.filter((one) => !isOver(one));
    const left = new Set(this.deliveries.map(({ notification }) => notification));
    this.told = this.told.filter((one) => !isOver(one) || left.has(one.notification));
  }
}

function replaced<T>(old: readonly T[], fresh: readonly T[], id: (one: T) => string): T[] {
  return [...new Map([...old, ...fresh].map((one) => [id(one), one])).values()];
}

function inOrder<T>(list: readonly T[], by: (one: T) => readonly (string | number)[]): T[] {
  return list.toSorted((a, b) => {
    const [left, right] = [by(a), by(b)];
    const place = left.findIndex((value, i) => value !== right[i]);
    if (place === -1) return 0;
    return (left[place] ?? 0) < (right[place] ?? 0) ? -1 : 1;
  });
}
