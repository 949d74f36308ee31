import type { ReleaseRecord, ToldRecord } from '../../store/records.ts';
import type { StoreWriter } from '../../store/store.ts';
import { isAdmitted } from '../serve/served.ts';
import { newlyFound } from './found.ts';
import { gather } from './gather.ts';

/**
 * Writes what the targets are to be told of a settlement, in its transaction. All that is found within a short time goes
 * into one notification: an advisory on a crate of 200 releases, or a policy over 2,000, is one message and no storm.
 */
export async function tellFindings(
  tx: StoreWriter,
  targets: readonly string[],
  previous: ReadonlyMap<string, ReleaseRecord>,
  changed: readonly ReleaseRecord[],
  now: number,
): Promise<void> {
  const [first] = changed;
  if (targets.length === 0 || first === undefined) return;
  const { registry, key } = first;
  const known = Map.groupBy(await tx.toldFindings(registry, key), ({ version }) => version);
  const ended: ToldRecord[] = [];
  const fresh: Omit<ToldRecord, 'notification'>[] = [];
  for (const after of changed) {
    const before = previous.get(after.version);
    const told = known.get(after.version) ?? [];
    if (isAdmitted(after)) ended.push(...told.map((one) => ({ ...one, endedAt: now })));
    for (const { version, finding, told: said } of newlyFound(before, after, told)) {
      fresh.push({ registry, key, version, finding, body: JSON.stringify(said), at: now, endedAt: null });
    }
  }
  await tx.putToldFindings(ended);
  if (fresh.length === 0) return;
  const notification = await gather(tx, targets, now);
  await tx.putToldFindings(fresh.map((one) => ({ ...one, notification })));
}
