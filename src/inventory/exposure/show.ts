import type { ShownExposure } from '../../store/exposures/reader.ts';
import type { ArtefactRecord, ComponentRecord } from '../../store/inventory/records.ts';
import type { InventoryReader } from '../../store/inventory/store.ts';
import { type Defines, nobodyKnows, type Ranked, rankOf } from '../affected/functions.ts';
import { placeText } from '../place.ts';
import { type StruckBody, struckBody } from './strikes.ts';

/** An exposure with the way from the host to the release. */
export interface Exposure {
  readonly record: ShownExposure;
  readonly component: ComponentRecord | undefined;
  readonly artefact: ArtefactRecord | undefined;
  /** `undefined`: the advisory does not strike it any more. */
  readonly struck: StruckBody | undefined;
  /** Names from the host to the release: host, program, the artefact's own package, …, the release. */
  readonly path: readonly string[];
  /** Why it ranks behind others; it counts like them. */
  readonly ranked: Ranked | undefined;
}

/** Adds what a page of exposures is about. */
export async function shown(
  inventory: InventoryReader,
  records: readonly ShownExposure[],
  defines: Defines = nobodyKnows,
): Promise<readonly Exposure[]> {
  const artefacts = await inventory.artefactsOf([
    ...new Set(records.flatMap(({ artefactId }) => artefactId ?? [])),
  ]);
  const artefactOf = new Map(artefacts.map((one) => [one.id, one]));
  const members = await inventory.membersOf(
    artefacts.map(({ setId }) => setId),
    new Set(records.map(({ componentId }) => componentId)),
  );
  const ways = records.map(({ artefactId, componentId }) => {
    const own = members.get(artefactOf.get(artefactId ?? 0)?.setId ?? 0);
    const path = own?.find(({ member }) => member.component === componentId)?.way.path ?? [];
    return path.length === 0 ? [componentId] : path;
  });
  const components = new Map(
    (await inventory.components([...new Set(ways.flat())])).map((one) => [one.id, one]),
  );
  const read = records.map((record) => ({
    component: components.get(record.componentId),
    artefact: artefactOf.get(record.artefactId ?? 0),
    struck: record.body === null ? undefined : struckBody(record.body),
  }));
  const ranks = await rankOf(
    inventory,
    defines,
    read.map(({ component, artefact, struck }) =>
      component === undefined || artefact === undefined
        ? undefined
        : { artefactId: artefact.id, component, functions: struck?.functions ?? [] },
    ),
  );
  return records.map((record, i) => ({
    ...(read[i] ?? { component: undefined, artefact: undefined, struck: undefined }),
    record,
    ranked: ranks[i],
    path: [startOf(record), record.path, ...(ways[i] ?? []).map((id) => components.get(id)?.name ?? '')],
  }));
}

/** The host, or else the place to which it is stated to be deployed. */
function startOf({ host, environment, service, statedBy }: ShownExposure): string {
  if (statedBy === null) return host ?? '';
  return placeText({ environment: environment ?? '', service, host });
}
