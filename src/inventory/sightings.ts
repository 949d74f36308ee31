import { most } from '../agent/bounds.ts';
import type { HostMessage, LoadedObject, ToldProcess, ToldProgram } from '../agent/report.ts';
import { shortPath } from '../agent/short-path.ts';
import type { InventoryStore } from '../store/inventory/store.ts';
import type { SeenMember, SeenObject } from '../store/sightings/loaded.ts';
import type { SeenProgram, SeenRecord, Taken } from '../store/sightings/store.ts';
import type { Store } from '../store/store.ts';
import { identifyPackage } from './component.ts';

/** How long ended processes are kept: milliseconds. */
const kept = 30 * 24 * 60 * 60 * 1000;

/** Longer ago than this nothing is believed to have been: milliseconds. */
const maxAge = kept;

/**
 * Takes over what a host says that it runs: all of it, so that what is not in it has ended, or what is otherwise than
 * by its agent's message before. Times are the server's, less how long ago it was seen. `undefined`: what it is a
 * change of is not known, and all is to be told again.
 */
export async function takeReport(
  { inventory, sightings }: Pick<Store, 'inventory' | 'sightings'>,
  message: HostMessage,
  { by, now }: { readonly by: string; readonly now: number },
): Promise<Taken | undefined> {
  const { host, bootId, environment, team, service, unread, sequence = 0, age = 0, version = 1 } = message;
  const of = {
    name: host,
    bootId,
    environment: environment ?? null,
    team: team ?? null,
    service: service ?? null,
    sequence,
    version,
    unread,
    seenAt: now - Math.min(age, maxAge),
    by,
  };
  const when = { now, forgetBefore: now - kept };
  const objects = await objectsOf(inventory, message.objects ?? []);
  const recordOf = (process: ToldProcess): SeenRecord => ({
    bootId,
    pid: process.pid,
    started: process.started,
    // Agents of before told them whole.
    path: shortPath(process.path),
    digest: process.sha256 ?? null,
    buildId: process.buildId ?? null,
    segments: process.segments ?? null,
    state: process.state,
    stale: JSON.stringify({ stale: process.stale }),
    restart: needsRestart(process),
    loaded:
      process.loaded === undefined
        ? null
        : [...as('loaded', process.loaded), ...as('possible', process.possible)],
  });
  const installed = message.installed?.map(programOf);
  if (!('kind' in message)) {
    const report = { seen: message.processes.map(recordOf), objects, installed };
    return await sightings.replace({ ...of, session: message.session ?? null }, report, when);
  }
  const change = { begun: message.begun.map(recordOf), ended: message.ended, objects, installed };
  return await sightings.change({ ...of, session: message.session }, change, when);
}

/** Whether every position in a message is that of a file of it, and there are no more than any host has. */
export function positionsHold(message: HostMessage): boolean {
  const count = message.objects?.length ?? 0;
  const processes = 'kind' in message ? message.begun : message.processes;
  const lists = [
    ...processes.flatMap(({ loaded = [], possible = [] }) => [loaded, possible]),
    ...(message.installed ?? []).flatMap(({ needed, possible }) => [needed, possible]),
  ];
  const all = lists.reduce((sum, list) => sum + list.length, 0);
  return all <= most.positions && lists.every((list) => list.every((position) => position < count));
}

/** Files with the ids of their packages, which are taken in where they are new. */
async function objectsOf(
  inventory: InventoryStore,
  told: readonly LoadedObject[],
): Promise<readonly SeenObject[]> {
  const purls = [...new Set(told.flatMap((object) => object.package ?? []))];
  const packages = purls.map((purl) => identifyPackage(purl));
  const ids =
    packages.length === 0
      ? []
      : await inventory.write((tx) => tx.putComponents(packages.filter((one) => one !== undefined)));
  const known = new Map<string, number>();
  let next = 0;
  for (const [i, purl] of purls.entries()) if (packages[i] !== undefined) known.set(purl, ids[next++] ?? 0);
  return told.map((object) => {
    const componentId = object.package === undefined ? undefined : known.get(object.package);
    return {
      path: object.path,
      digest: object.sha256 ?? null,
      buildId: object.buildId ?? null,
      state: object.state,
      class: object.class,
      componentId: componentId ?? null,
      knownBy: componentId === undefined ? null : (object.by ?? null),
      why: componentId === undefined ? (object.why ?? 'its agent does not say') : null,
    };
  });
}

function programOf({
  path,
  sha256,
  buildId,
  segments,
  named,
  by,
  needed,
  possible,
}: ToldProgram): SeenProgram {
  return {
    path: shortPath(path),
    named,
    by: shortPath(by),
    digest: sha256 ?? null,
    buildId: buildId ?? null,
    segments: segments ?? null,
    loaded: [...as('needed', needed), ...as('possible', possible)],
  };
}

function as(how: SeenMember[1], positions: readonly number[] = []): readonly SeenMember[] {
  return positions.map((position) => [position, how] as const);
}

/** Whether it runs code that was replaced or removed on disk. What a program unpacked itself was never there to be upgraded. */
function needsRestart({ state, stale }: ToldProcess): boolean {
  return [state, ...stale.map((object) => object.state)].some(
    (one) => one === 'replaced' || one === 'deleted',
  );
}
