import { crateKey } from '../cargo/index-path.ts';
import type { Lockfile } from '../cargo/lockfile.ts';
import type { Contents } from '../inventory/lookup.ts';
import { upstreamOfSource } from '../registry/locked/source.ts';
import type { ReleaseRecord } from '../store/records.ts';
import type { GraphJson } from './graph-contract.ts';
import type { ServerParts } from './parts.ts';

type Node = GraphJson['nodes'][number];
/** A node without what the mirror knows of it. */
type Bare = Omit<Node, 'state' | 'yanked' | 'advisories'>;

/** Releases that are read in one go. */
const together = 400;

/** The graph of a lockfile. `own` are addresses that stand for upstreams of this server. */
export async function lockfileGraph(
  parts: ServerParts,
  { packages }: Pick<Lockfile, 'packages'>,
  own: ReadonlyMap<string, string>,
): Promise<readonly Node[]> {
  const upstreams = [...parts.mirror.context.upstreams.values()];
  return await known(
    parts,
    packages.map(({ name, version, source, dependencies }) => ({
      name,
      version,
      source: source?.text ?? null,
      isOwn: source === undefined,
      registry: source === undefined ? null : (upstreamOfSource(source.text, upstreams, own) ?? null),
      uses: [...dependencies],
    })),
  );
}

/** The graph of what an artefact is made of, by the edges that its list has. */
export async function artefactGraph(parts: ServerParts, contents: Contents): Promise<readonly Node[]> {
  const { set, contained } = contents;
  const places = new Map(contained.map(({ component }, place) => [component.id, place]));
  const placeOf = (position: number) => places.get(set.members[position]?.component ?? -1);
  const roots = new Set(set.roots?.map(placeOf));
  return await known(
    parts,
    contained.map(({ component, member }, place) => ({
      name: component.name,
      version: component.version ?? '',
      source: component.source,
      isOwn: roots.has(place) || component.kind === 'local',
      registry: component.kind === 'cargo' && component.source === 'crates.io' ? parts.defaultRegistry : null,
      uses: (member.uses ?? []).flatMap((position) => placeOf(position) ?? []),
    })),
  );
}

/** Adds where each release stands with this server, as its store has it: nothing is fetched and nothing judged for it. */
async function known({ store }: ServerParts, nodes: readonly Bare[]): Promise<readonly Node[]> {
  const found: Node[] = [];
  for (let from = 0; from < nodes.length; from += together) {
    const part = nodes.slice(from, from + together);
    const ahead = store.readAhead();
    const keyOf = ({ registry, name, version }: Bare) =>
      registry === null ? [] : [{ registry, key: crateKey(name), version }];
    await ahead.bring(part.flatMap(keyOf));
    for (const node of part) {
      const [key] = keyOf(node);
      const record = key && (await ahead.release(key.registry, key.key, key.version));
      found.push({ ...node, ...standing(record) });
    }
  }
  return found;
}

function standing(record: ReleaseRecord | undefined): Pick<Node, 'state' | 'yanked' | 'advisories'> {
  const ids = record?.verdict.findings.flatMap(({ evidence }) => evidence.advisory ?? []) ?? [];
  return { state: record?.state ?? null, yanked: record?.yanked === true, advisories: [...new Set(ids)] };
}
