import { tellAlarm } from '../../registry/notify/alarm.ts';
import type { StoreWriter } from '../../store/store.ts';
import { listed, remedy } from './alarm-text.ts';
import { type Strike, strikeKey } from './strikes.ts';

// An advisory may strike what ten thousand hosts run. They are looked at some at a time, and whoever is to be told
// would wait for the last of them, or hear two hundred times: so it is told at once, by what is kept of where releases
// run, and no more as the hosts are looked at.

/** Of more hosts than this, who are looked at together, it is told before. */
const most = 50;

/**
 * Tells at once of advisories that strike, as of now, what many hosts run. Returns the keys of those strikes; not of
 * what is about some targets alone, or of which something is said: that is known when a host is looked at.
 */
export async function tellWave(
  tx: StoreWriter,
  fresh: readonly Strike[],
  { targets, now }: { readonly targets: readonly string[]; readonly now: number },
): Promise<ReadonlySet<string>> {
  const told = new Set<string>();
  if (targets.length === 0) return told;
  const plain = fresh.filter(({ body }) => body.platforms === undefined);
  const stated = await tx.stating((writer) => writer.standing(plain.map(({ componentId }) => componentId)));
  const said = new Set(stated.map(({ componentId }) => componentId));
  for (const [advisory, list] of Map.groupBy(plain, (one) => one.advisory)) {
    const [first] = list;
    if (first === undefined || list.some(({ componentId }) => said.has(componentId))) continue;
    const ids = list.map(({ componentId }) => componentId);
    const names = await tx.exposing(async (writer) => {
      const hosts = await writer.hostsWith(ids);
      return hosts.length > most ? [...(await writer.hostNames(hosts)).values()] : [];
    });
    if (names.length === 0) continue;
    for (const one of list) told.add(strikeKey(one));
    const { id, title, release } = first.body;
    const others = list.length - 1;
    const more = others === 0 ? '' : ` or ${others === 1 ? '1 other release' : `${others} other releases`}`;
    const alarm = {
      alarm: 'exposure-began',
      message: `${release}${more} with ${id} (${title}) runs on ${listed(names.sort())}.`,
      next: remedy(first.body),
    };
    await tellAlarm(tx, targets, alarm, `wave ${advisory} ${now}`, now, { atOnce: true });
  }
  return told;
}
