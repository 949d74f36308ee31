import type { ArtefactRecord } from '../../store/inventory/records.ts';
import type { StoreWriter } from '../../store/store.ts';
import { type Said, saidOf } from '../vex/holds.ts';
import { readStatements } from '../vex/statement-index.ts';

/** A release of a program that runs. */
interface Running {
  readonly artefactId: number | null;
  readonly digest: string | null;
  readonly componentId: number;
}

/** Says what is said of a release of a program, by the ids of an advisory. */
export type Saying = (one: Running, ids: readonly string[], now: number) => Said | undefined;

/**
 * Reads what is said of the releases of some programs, and of which artefacts those are. Where nothing is said, nothing
 * more is read.
 */
export async function sayingOf(tx: StoreWriter, running: readonly Running[]): Promise<Saying> {
  const stated = await tx.stating((writer) =>
    readStatements(writer, [...new Set(running.map(({ componentId }) => componentId))]),
  );
  if (stated.statements.length === 0) return () => undefined;
  const said = new Set(stated.statements.map(({ componentId }) => componentId));
  const asked = running.filter(({ componentId }) => said.has(componentId));
  return await tx.stating(async (writer): Promise<Saying> => {
    const artefacts = await writer.artefactsAt(
      [...new Set(asked.flatMap(({ artefactId }) => artefactId ?? []))],
      // A library is in a program that somebody may have built here.
      [...new Set(asked.flatMap(({ artefactId, digest }) => (artefactId === null ? (digest ?? []) : [])))],
    );
    const byId = new Map(artefacts.map((one) => [one.id, one]));
    const byDigest = new Map(artefacts.map((one) => [one.digest, one]));
    const members = await writer.membersOf(
      artefacts.map(({ setId }) => setId),
      said,
    );
    const features = new Map(
      [...members].map(([id, list]) => [
        id,
        new Map(list.map(({ member }) => [member.component, member.features ?? null])),
      ]),
    );
    const artefactOf = ({ artefactId, digest }: Running): ArtefactRecord | undefined =>
      artefactId === null ? byDigest.get(digest) : byId.get(artefactId);
    return (one, ids, now) => {
      const artefact = artefactOf(one);
      if (artefact === undefined) return undefined;
      const lower = new Set(ids.map((id) => id.toLowerCase()));
      const { componentId } = one;
      const about = {
        artefact,
        componentId,
        features: features.get(artefact.setId)?.get(componentId) ?? null,
      };
      return saidOf(stated, { ...about, ids: lower }, now);
    };
  });
}
