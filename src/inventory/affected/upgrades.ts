import { cratesIo } from '../../cargo/source-id.ts';
import { tryParseVersion } from '../../cargo/version.ts';
import { type WayOut, waysOut } from '../../gate/way-out/ways-out.ts';
import {
  type GraphNode,
  type LineDependency,
  type ListedRelease,
  mayBeTried,
} from '../../registry/way-out/choice.ts';
import type { ComponentRecord, SetRecord } from '../../store/inventory/records.ts';
import { defaultRegistry, isAtCratesIo } from '../component.ts';
import { seriesOf } from './next.ts';

/** A crate as the inventory knows it. */
export type CrateOf = Pick<ComponentRecord, 'kind' | 'name' | 'source'>;

/** What a mirror has recorded, without asking anybody. */
export interface Recorded {
  /** The releases of a crate; empty where it has none. */
  readonly listed: (crate: CrateOf) => Promise<readonly ListedRelease[]>;
  /** What releases require by their index lines, in the order of the question; `undefined` where that is not known. */
  readonly needs: (
    releases: readonly (CrateOf & Pick<ComponentRecord, 'version'>)[],
  ) => Promise<readonly (readonly LineDependency[] | undefined)[]>;
}

/** What rids one artefact of what strikes it. */
export interface Upgrade {
  /** Command lines, to be run one after another; with them it is gone, but for what `of` has no commands for. */
  readonly commands: readonly string[];
  /** By the id of the component that is struck. */
  readonly of: ReadonlyMap<number, WayOut>;
}

/** What is asked of one artefact. */
export interface StruckSet {
  readonly set: SetRecord;
  readonly components: ReadonlyMap<number, ComponentRecord>;
  /** Ids of the components that are to go. */
  readonly struck: ReadonlySet<number>;
  /** Whether another release of a crate is struck, too. */
  readonly isMeant: (release: ComponentRecord) => boolean;
}

/**
 * The shortest upgrade of what an artefact is made of: the gate's own search, over the edges of its list and what index
 * lines require. What its own packages require is in no list: Cargo's default, the series of what was built in.
 * `undefined`: its list has no edges that lead there, or the mirror does not know the crate.
 */
export async function upgradeOf(
  { set, components, struck, isMeant }: StruckSet,
  recorded: Recorded,
): Promise<Upgrade | undefined> {
  const members = set.members.map(({ component }) => components.get(component));
  const order = inwards(set);
  const failing = order.filter((at) => struck.has(set.members[at]?.component ?? -1));
  const known = await Promise.all(
    failing.map(async (at) => members[at] !== undefined && (await recorded.listed(members[at])).length > 0),
  );
  if (failing.length === 0 || known.includes(false)) return undefined;
  const crates = members.map((one) => (one?.kind === 'cargo' && one.version !== null ? one : undefined));
  const lines = await recorded.needs(crates.filter((one) => one !== undefined));
  let next = 0;
  const found = set.members.map(({ uses }, at): GraphNode => {
    const one = members[at];
    const dependencies = uses ?? [];
    const needs = crates[at] === undefined ? undefined : lines[next++];
    const { name: crate = '', version } = one ?? {};
    const isOwn = one?.kind === 'local';
    return {
      crate,
      version: version ?? '',
      source: isOwn ? undefined : sourceText(one),
      needs: isOwn
        ? dependencies.flatMap((to) => defaultNeed(members[to]))
        : one?.kind === 'other'
          ? []
          : needs,
      dependencies,
    };
  });
  // A list may leave the project's own packages out: what the artefact itself needs is theirs.
  const direct = (set.roots ?? []).filter((at) => members[at]?.kind !== 'local');
  const needs = direct.flatMap((at) => defaultNeed(members[at]));
  const project = { crate: 'the project', version: '', source: undefined, needs, dependencies: direct };
  const nodes = [...found, project];
  /**
   * The releases of a crate with what each needs here: what its line names now and is not built in, as it is for other
   * targets or features, is not then either.
   */
  const listed = async (crate: string, source: string): Promise<readonly ListedRelease[]> => {
    const place = { kind: 'cargo', source: placeOf(source) } as const;
    const releases = await recorded.listed({ ...place, name: crate });
    const present = nodes.filter((node) => node.crate === crate);
    const named = new Set(present.flatMap(({ needs }) => (needs ?? []).map((need) => need.crate)));
    const built = new Set(present.flatMap(({ dependencies }) => dependencies.map((to) => nodes[to]?.crate)));
    const all = releases.flatMap(({ dependencies }) => dependencies.filter(({ optional }) => !optional));
    const elsewhere = new Set<string>();
    for (const name of new Set(all.map((need) => need.crate))) {
      const isElse = named.has(name)
        ? !built.has(name)
        : (await recorded.listed({ ...place, name })).length === 0;
      if (isElse) elsewhere.add(name);
    }
    if (elsewhere.size === 0) return releases;
    return releases.map((release) => ({
      ...release,
      dependencies: release.dependencies.map((need) =>
        elsewhere.has(need.crate) ? { ...need, optional: true } : need,
      ),
    }));
  };
  const { of, lines: commands } = await waysOut(nodes, order, new Set(failing), {
    releases: listed,
    allows: async (crate, version, source) => {
      const one = (await recorded.listed({ kind: 'cargo', name: crate, source: placeOf(source) })).find(
        (release) => release.version === version,
      );
      const model = members.find((other) => other?.kind === 'cargo' && other.name === crate);
      return one !== undefined && mayBeTried(one) && (model === undefined || !isMeant({ ...model, version }));
    },
  });
  return {
    commands,
    of: new Map([...of].map(([at, way]) => [set.members[at]?.component ?? -1, way] as const)),
  };
}

/** Positions of the members from the project's own packages inwards. */
function inwards({ members, roots }: SetRecord): readonly number[] {
  const found = new Set(roots ?? []);
  // A set can grow while it is walked.
  for (const at of found) for (const to of members[at]?.uses ?? []) found.add(to);
  return [...found];
}

/** What Cargo's default requirement on a crate takes, of which one version was built in. */
function defaultNeed(component: ComponentRecord | undefined): readonly LineDependency[] {
  const version = tryParseVersion(component?.version ?? '');
  if (component?.kind !== 'cargo' || version === undefined) return [];
  return [{ crate: component.name, requirement: seriesOf(version), optional: false }];
}

const cratesIoText = cratesIo.text;

/** How a lockfile writes where a component is from. */
function sourceText(component: ComponentRecord | undefined): string {
  const source = component?.source ?? '';
  return isAtCratesIo(source) ? cratesIoText : source;
}

/** As the inventory has it. */
function placeOf(source: string): string {
  return source === cratesIoText ? defaultRegistry : source;
}
