import type { HostReport, SeenProcess } from '../agent/report.ts';
import type { SightingStore } from '../store/sightings/store.ts';

/** How long ended processes are kept: milliseconds. */
const kept = 30 * 24 * 60 * 60 * 1000;

/** Takes over what a host says that it runs: all of it, so that what is not in it has ended. Times are the server's. */
export async function takeReport(
  store: SightingStore,
  { host, bootId, environment, team, service, processes, unread }: HostReport,
  { by, now }: { readonly by: string; readonly now: number },
): Promise<{ readonly begun: number; readonly ended: number }> {
  return await store.replace(
    {
      name: host,
      bootId,
      environment: environment ?? null,
      team: team ?? null,
      service: service ?? null,
      unread,
      seenAt: now,
      by,
    },
    processes.map((process) => ({
      bootId,
      pid: process.pid,
      started: process.started,
      path: process.path,
      digest: process.sha256 ?? null,
      buildId: process.buildId ?? null,
      state: process.state,
      stale: JSON.stringify({ stale: process.stale }),
      restart: needsRestart(process),
    })),
    now - kept,
  );
}

/** Whether it runs code that was replaced or removed on disk. What a program unpacked itself was never there to be upgraded. */
function needsRestart({ state, stale }: SeenProcess): boolean {
  return [state, ...stale.map((object) => object.state)].some(
    (one) => one === 'replaced' || one === 'deleted',
  );
}
