import type { HostMessage, SeenProcess } from '../agent/report.ts';
import type { SeenRecord, SightingStore, Taken } from '../store/sightings/store.ts';

/** How long ended processes are kept: milliseconds. */
const kept = 30 * 24 * 60 * 60 * 1000;

/** Longer ago than this nothing is believed to have been: milliseconds. */
const maxAge = kept;

/**
 * Takes over what a host says that it runs: all of it, so that what is not in it has ended, or what is otherwise than by its agent's message before. Times
 * are the server's, less how long ago it was seen. `undefined`: what it is a change of is not known, and all is to be told again.
 */
export async function takeReport(
  store: SightingStore,
  message: HostMessage,
  { by, now }: { readonly by: string; readonly now: number },
): Promise<Taken | undefined> {
  const { host, bootId, environment, team, service, unread, sequence = 0, age = 0 } = message;
  const of = {
    name: host,
    bootId,
    environment: environment ?? null,
    team: team ?? null,
    service: service ?? null,
    sequence,
    unread,
    seenAt: now - Math.min(age, maxAge),
    by,
  };
  const recordOf = (process: SeenProcess): SeenRecord => ({
    bootId,
    pid: process.pid,
    started: process.started,
    path: process.path,
    digest: process.sha256 ?? null,
    buildId: process.buildId ?? null,
    state: process.state,
    stale: JSON.stringify({ stale: process.stale }),
    restart: needsRestart(process),
  });
  if (!('kind' in message))
    return await store.replace(
      { ...of, session: message.session ?? null },
      message.processes.map(recordOf),
      now - kept,
    );
  const change = { begun: message.begun.map(recordOf), ended: message.ended };
  return await store.change({ ...of, session: message.session }, change, now - kept);
}

/** Whether it runs code that was replaced or removed on disk. What a program unpacked itself was never there to be upgraded. */
function needsRestart({ state, stale }: SeenProcess): boolean {
  return [state, ...stale.map((object) => object.state)].some(
    (one) => one === 'replaced' || one === 'deleted',
  );
}
