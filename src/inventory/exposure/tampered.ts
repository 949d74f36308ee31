import { type Alarm, tellAlarm } from '../../registry/notify/alarm.ts';
import type { ShownTampered } from '../../store/sightings/tampering.ts';
import type { StoreWriter } from '../../store/store.ts';
import { listed } from './alarm-text.ts';

/**
 * Keeps what some hosts run, or have installed, that has the build id of a signed artefact and other code or data, and
 * has it told when it begins and when it is over, in the transaction that is open.
 */
export async function keepTampered(
  tx: StoreWriter,
  hostIds: readonly number[],
  { targets, now }: { readonly targets: readonly string[]; readonly now: number },
): Promise<void> {
  const { begun, over } = await tx.exposing(async (writer) => {
    const before = await writer.tamperedOpen(hostIds);
    const found = await writer.tampered(hostIds);
    const [was, is] = [new Set(before.map(keyOf)), new Set(found.map(keyOf))];
    const over = before.filter((one) => !is.has(keyOf(one)));
    const fresh = found.filter((one) => !was.has(keyOf(one)));
    if (over.length + fresh.length === 0) return { begun: [], over };
    await writer.putTampered(
      fresh.map((one) => ({ ...one, openedAt: now })),
      over,
    );
    const names = new Set(fresh.map(keyOf));
    const shown = await writer.tamperedOpen(hostIds);
    return { begun: shown.filter((one) => names.has(keyOf(one))), over };
  });
  await tell(tx, begun, began, { targets, now });
  await tell(tx, over, ended, { targets, now });
}

/** One alarm for each changed binary, however many hosts run it. */
async function tell(
  tx: StoreWriter,
  list: readonly ShownTampered[],
  alarmOf: (first: ShownTampered, hosts: readonly string[]) => Alarm,
  { targets, now }: { readonly targets: readonly string[]; readonly now: number },
): Promise<void> {
  if (list.length === 0 || targets.length === 0) return;
  const names = await tx.exposing((writer) =>
    writer.hostNames([...new Set(list.map(({ hostId }) => hostId))]),
  );
  for (const [digest, group] of Map.groupBy(list, (one) => one.digest)) {
    const [first] = group;
    if (first === undefined) continue;
    const hosts = [...new Set(group.map(({ hostId, host }) => names.get(hostId) ?? host))].sort();
    const alarm = alarmOf(first, hosts);
    const id = `${alarm.alarm} ${digest} ${now} ${first.hostId}`;
    await tellAlarm(tx, targets, alarm, id, now, { atOnce: true });
  }
}

function began({ path, artefact, digest }: ShownTampered, hosts: readonly string[]): Alarm {
  return {
    alarm: 'tampered-began',
    message: `${path} on ${listed(hosts)} says that it is the signed build of ${artefact}, and has other code or data: it was changed after it was signed (SHA-256 ${digest.slice(0, 12)}…).`,
    next: 'Keep a copy of the file, take the host out of service and find out who wrote it; see `safeguard inventory running --standing tampered` and `safeguard inventory installed --standing tampered`.',
  };
}

function ended({ path, artefact }: ShownTampered, hosts: readonly string[]): Alarm {
  return {
    alarm: 'tampered-ended',
    message: `The changed ${path}, which says that it is ${artefact}, is not seen any more on ${listed(hosts)}.`,
    next: 'That it is gone does not say how it came there; see `safeguard inventory running --standing tampered` and `safeguard inventory installed --standing tampered`.',
  };
}

function keyOf({ hostId, digest }: Pick<ShownTampered, 'hostId' | 'digest'>): string {
  return `${hostId} ${digest}`;
}
