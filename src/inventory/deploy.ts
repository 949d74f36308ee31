import type { Deployed } from '../store/deployments/reader.ts';
import type { DeploymentRecord, Place } from '../store/deployments/records.ts';
import type { ArtefactRecord } from '../store/inventory/records.ts';
import type { StoreWriter } from '../store/store.ts';
import { InventoryError } from './error.ts';
import { placeText } from './place.ts';

/** That an artefact is deployed, as somebody states it. Times in epoch milliseconds. */
export interface StatedDeployment extends Place {
  readonly team: string | null;
  readonly since: number;
  readonly by: string;
  readonly now: number;
  /** It is there beside earlier builds of the same, and replaces none. */
  readonly isBeside: boolean;
}

/** What stating it came to. */
export interface Stated {
  /** `known`: it was stated before, and holds. */
  readonly outcome: 'stated' | 'known';
  readonly deployment: DeploymentRecord;
  /** Earlier builds that are there no more. */
  readonly replaced: readonly Deployed[];
}

/**
 * Keeps that an artefact is deployed to a place, until it is withdrawn or another build of the same takes its place: of
 * the same name, project and target. The same statement twice is one.
 */
export async function stateDeployment(
  tx: StoreWriter,
  artefact: ArtefactRecord,
  { environment, service, host, team, since, by, now, isBeside }: StatedDeployment,
): Promise<Stated> {
  return await tx.deploying(async (writer) => {
    const there = await writer.at({ environment, service, host });
    const replaced = isBeside
      ? []
      : there.filter((one) => one.artefact.id !== artefact.id && isBuildOfSame(one.artefact, artefact));
    for (const { deployment } of replaced)
      await writer.change(ended(deployment, by, now, `replaced by ${artefact.identity.slice(0, 12)}`), now);
    const known = there.find((one) => one.artefact.id === artefact.id)?.deployment;
    if (known !== undefined) {
      const deployment = { ...known, team: team ?? known.team };
      if (deployment.team !== known.team) await writer.change(deployment, now);
      return { outcome: 'known', deployment, replaced };
    }
    const record = {
      ...open,
      artefactId: artefact.id,
      environment,
      service,
      host,
      team,
      since,
      statedAt: now,
      by,
    };
    return { outcome: 'stated', deployment: { ...record, id: await writer.add(record) }, replaced };
  });
}

const open = { endedAt: null, endedBy: null, endedWhy: null } as const;

/** Says that an artefact is at a place no more. Throws `InventoryError` where nobody states that it is. */
export async function withdrawDeployment(
  tx: StoreWriter,
  artefact: ArtefactRecord,
  place: Place,
  { by, now, reason }: { readonly by: string; readonly now: number; readonly reason: string },
): Promise<DeploymentRecord> {
  return await tx.deploying(async (writer) => {
    const found = (await writer.at(place)).find((one) => one.artefact.id === artefact.id);
    if (found === undefined)
      throw new InventoryError(
        'inventory/no-deployment',
        `Nobody states that ${artefact.name} (${artefact.identity.slice(0, 12)}) is deployed to ${placeText(place)}.`,
        'See `safeguard inventory deploy --list`.',
      );
    const over = ended(found.deployment, by, now, `withdrawn by ${by}: ${reason}`);
    await writer.change(over, now);
    return over;
  });
}

function ended(deployment: DeploymentRecord, by: string, now: number, why: string): DeploymentRecord {
  return { ...deployment, endedAt: now, endedBy: by, endedWhy: why };
}

/** Whether one is another build of the same binary: what nobody says of both is no difference. */
function isBuildOfSame(one: ArtefactRecord, other: ArtefactRecord): boolean {
  return one.name === other.name && one.project === other.project && one.target === other.target;
}
