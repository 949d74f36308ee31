import { isAtCratesIo } from '../inventory/component.ts';
import { listReleases } from '../registry/locked/listing.ts';
import { upstreamOfSource } from '../registry/locked/source.ts';
import type { Mirror } from '../registry/serve/mirror.ts';
import type { ListedRelease } from '../registry/way-out/choice.ts';
import type { ComponentRecord } from '../store/inventory/records.ts';

/** Gives the releases of a crate that an artefact has, as the mirror has them recorded: nothing is asked of the network. Empty where it has none. */
export function recordedReleases(
  mirror: Mirror,
): (component: ComponentRecord) => Promise<readonly ListedRelease[]> {
  const upstreams = [...mirror.context.upstreams.values()];
  return async ({ kind, name, source }) => {
    if (kind !== 'cargo' || source === null) return [];
    const registry = isAtCratesIo(source)
      ? upstreams[0]?.name
      : upstreamOfSource(addressOf(source), upstreams);
    return registry === undefined ? [] : await listReleases(mirror, registry, name, { reading: 'never' });
  };
}

/** The inventory keeps addresses of registries as documents write them: with or without their kind. */
function addressOf(source: string): string {
  return /^(?:registry|sparse)\+/.test(source) ? source : `sparse+${source}`;
}
