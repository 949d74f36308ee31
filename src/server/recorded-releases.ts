import { crateKey } from '../cargo/index-path.ts';
import type { CrateOf, Recorded } from '../inventory/affected/upgrades.ts';
import { isAtCratesIo } from '../inventory/component.ts';
import { listReleases } from '../registry/locked/listing.ts';
import { upstreamOfSource } from '../registry/locked/source.ts';
import type { Mirror } from '../registry/serve/mirror.ts';
import { dependenciesOf } from '../registry/way-out/choice.ts';

/** Gives what the mirror has recorded of the crates that artefacts have: nothing is asked of the network. */
export function recordedReleases(mirror: Mirror): Recorded {
  return {
    listed: async (crate) => {
      const registry = registryOf(mirror, crate);
      return registry === undefined
        ? []
        : await listReleases(mirror, registry, crate.name, { reading: 'never' });
    },
    needs: async (releases) => {
      const asked = releases.map((one) => {
        const [registry, { version }] = [registryOf(mirror, one), one];
        return registry === undefined || version === null
          ? undefined
          : { registry, key: crateKey(one.name), version };
      });
      const store = mirror.context.store.readAhead();
      await store.bring(asked.filter((one) => one !== undefined));
      return await Promise.all(
        asked.map(async (one) => {
          const known = one && (await store.release(one.registry, one.key, one.version));
          return known && dependenciesOf(known.line);
        }),
      );
    },
  };
}

/** The registry of the mirror that a crate of an artefact is from; `undefined` where it has none of it. */
export function registryOf(mirror: Mirror, { kind, source }: CrateOf): string | undefined {
  if (kind !== 'cargo' || source === null) return undefined;
  const upstreams = [...mirror.context.upstreams.values()];
  return isAtCratesIo(source) ? upstreams[0]?.name : upstreamOfSource(addressOf(source), upstreams);
}

/** The inventory keeps addresses of registries as documents write them: with or without their kind. */
function addressOf(source: string): string {
  return /^(?:registry|sparse)\+/.test(source) ? source : `sparse+${source}`;
}
