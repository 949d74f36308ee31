import type { ListedRelease } from '../../registry/way-out/choice.ts';
import type { ArtefactRecord, ComponentRecord } from '../../store/inventory/records.ts';
import type { InventoryReader } from '../../store/inventory/store.ts';
import type { Asked } from './advisories.ts';
import { nextOf } from './next.ts';
import { judgeCrate } from './suspects.ts';
import { type CrateOf, type Recorded, type Upgrade, upgradeOf } from './upgrades.ts';
import type { Suspect } from './verdict.ts';

/** What to do about a release that strikes. */
export interface ReleaseNext {
  /** What to type, or to change; `undefined`: nothing is known that would do. */
  readonly next: string | undefined;
  /** Why no line of Cargo's does it, a sentence; `undefined`: one does, or it is not known. */
  readonly obstacle: string | undefined;
}

/** The upgrades of artefacts, by the id of what they are made of. */
export type SetUpgrades = ReadonlyMap<number, Upgrade>;

/** So many different lists are worked out for one answer: each is a search. */
const most = 20;
/** Components of the largest that is; more than the lockfile of any build has. */
const largest = 5_000;

/** Works out the upgrades of the first artefacts of a page. Without an advisory nobody says in which versions it is not. */
export async function upgradesIn(
  store: InventoryReader,
  artefacts: readonly ArtefactRecord[],
  struck: ReadonlySet<number>,
  { entries }: Asked,
  recorded: Recorded | undefined,
): Promise<SetUpgrades> {
  if (recorded === undefined || entries.length === 0 || artefacts.length === 0) return new Map();
  const targets = await store.components([...struck]);
  const lists = await Promise.all(targets.map((one) => recorded.listed(one)));
  if (lists.every((list) => list.length === 0)) return new Map();
  const ids = [...new Set(artefacts.map(({ setId }) => setId))].slice(0, most);
  const isMeant = isMeantBy(entries);
  const found = new Map<number, Upgrade>();
  // One at a time: a list may have thousands.
  for (const id of ids) {
    const set = await store.set(id);
    if (set === undefined || set.members.length > largest) continue;
    const all = await store.components(set.members.map(({ component }) => component));
    const components = new Map(all.map((one) => [one.id, one]));
    const upgrade = await upgradeOf({ set, components, struck, isMeant }, recorded);
    if (upgrade !== undefined) found.set(id, upgrade);
  }
  return found;
}

/**
 * With what to do about each release: the lines of most of the artefacts that were worked out; where none was, the line
 * for a lockfile in which nothing requires more of it than Cargo's default.
 */
export async function withNext<S extends Suspect>(
  releases: readonly S[],
  { entries }: Asked,
  recorded: Recorded | undefined,
  upgrades: SetUpgrades,
): Promise<readonly (S & ReleaseNext)[]> {
  const isMeant = isMeantBy(entries);
  return await Promise.all(
    releases.map(async (one) => {
      const { component } = one;
      const ways = [...upgrades.values()].flatMap(({ of }) => of.get(component.id) ?? []);
      const commands = mostOf(
        ways.flatMap((way) => (way.kind === 'commands' ? [way.commands.join(' && ')] : [])),
      );
      if (commands !== undefined) return { ...one, next: commands, obstacle: undefined };
      const obstacle = mostOf(ways.flatMap((way) => (way.kind === 'none' ? [way.reason] : [])));
      const listed = recorded === undefined || entries.length === 0 ? [] : await recorded.listed(component);
      const next = nextOf(one, { listed, isMeant: (version) => isMeant({ ...component, version }) });
      // Of a line that was tried and does not do it nothing is said; what a manifest has to say is no line.
      const isLine = next?.startsWith('cargo update ') === true;
      return { ...one, next: obstacle !== undefined && isLine ? undefined : next, obstacle };
    }),
  );
}

function isMeantBy(entries: Asked['entries']) {
  return (release: ComponentRecord) => entries.some((entry) => judgeCrate(release, entry).kind === 'meant');
}

/** The one that is there most often, of several the first. */
function mostOf(texts: readonly string[]): string | undefined {
  const counts = [...Map.groupBy(texts, (text) => text)].map(([text, { length }]) => ({ text, length }));
  return counts.toSorted((a, b) => b.length - a.length)[0]?.text;
}

/** What is recorded, each crate looked up once: for one answer. */
export function onceEach(recorded: Recorded): Recorded {
  const lists = new Map<string, Promise<readonly ListedRelease[]>>();
  return {
    ...recorded,
    listed: (crate: CrateOf) => {
      const key = `${crate.kind} ${crate.source} ${crate.name}`;
      const list = lists.get(key) ?? recorded.listed(crate);
      lists.set(key, list);
      return list;
    },
  };
}
