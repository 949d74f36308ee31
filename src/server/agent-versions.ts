import { reportVersion } from '../agent/report.ts';
import type { SightingStore } from '../store/sightings/store.ts';

/** Hosts in service by the version of reports that their agents tell by, beside the one that this server knows. */
export interface AgentVersions {
  older: number;
  same: number;
  newer: number;
}

/** Counts them. */
export async function agentVersions(
  sightings: Pick<SightingStore, 'hostsByVersion'>,
): Promise<AgentVersions> {
  const hosts = { older: 0, same: 0, newer: 0 };
  for (const [version, count] of await sightings.hostsByVersion())
    hosts[version < reportVersion ? 'older' : version > reportVersion ? 'newer' : 'same'] += count;
  return hosts;
}
