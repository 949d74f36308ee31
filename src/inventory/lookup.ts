import type { ArtefactRecord, ComponentRecord, Member, SetRecord } from '../store/inventory/records.ts';
import { mostInRow, type Placed } from '../store/inventory/set-blocks.ts';
import type { InventoryReader } from '../store/inventory/store.ts';
import { wayTo } from '../store/inventory/ways.ts';
import { InventoryError } from './error.ts';

/** A component of an artefact, with how it is known. */
export interface Contained {
  readonly component: ComponentRecord;
  readonly member: Member;
}

/** An artefact and all that it is made of, by name and version. */
export interface Contents {
  readonly artefact: ArtefactRecord;
  readonly set: SetRecord;
  readonly contained: readonly Contained[];
}

/** Digits of an id that are enough to name an artefact by. */
const shortest = 8;

/** The artefact whose id begins with some hex digits. Throws `InventoryError`. */
export async function artefactAt(store: InventoryReader, id: string): Promise<ArtefactRecord> {
  const prefix = id.toLowerCase().replace(/^sha256:/, '');
  if (!/^[0-9a-f]{1,64}$/.test(prefix) || prefix.length < shortest)
    throw new InventoryError(
      'inventory/no-artefact',
      `\`${id.slice(0, 80)}\` names no artefact.`,
      `Give its id, or ${shortest} digits of it or more, as \`safeguard inventory list\` shows it.`,
    );
  const [found, other] = await store.artefactsByIdentity(prefix);
  if (found === undefined)
    throw new InventoryError(
      'inventory/no-artefact',
      `No artefact has an id that begins with ${prefix}.`,
      'See `safeguard inventory list`, or add it with `safeguard inventory add`.',
    );
  if (other !== undefined)
    throw new InventoryError('inventory/ambiguous', `Several ids begin with ${prefix}.`, 'Give more digits.');
  return found;
}

/** All components of an artefact, sorted by name and identity. Throws `InventoryError` of one that is too large to be held. */
export async function contentsOf(store: InventoryReader, artefact: ArtefactRecord): Promise<Contents> {
  const set = await setOf(store, artefact);
  if (set.size !== null)
    throw new InventoryError(
      'inventory/too-many',
      `It has ${set.size} components; ${mostInRow} are shown as a whole.`,
      'See `safeguard inventory show`, which gives them page by page.',
    );
  const members = new Map(set.members.map((member) => [member.component, member]));
  const contained = (await store.components([...members.keys()])).flatMap((component) => {
    const member = members.get(component.id);
    return member === undefined ? [] : [{ component, member }];
  });
  return { artefact, set, contained: contained.toSorted((a, b) => byName(a.component, b.component)) };
}

/** Some of an artefact's components, each with how it comes to be there. */
export interface ContentsPage {
  readonly contained: readonly { readonly component: ComponentRecord; readonly placed: Placed }[];
  /** How many it has in all. */
  readonly count: number;
}

/**
 * A page of an artefact's components: sorted by name and identity; of one that is kept in blocks, in the order in which
 * they became known.
 */
export async function contentsPage(
  store: InventoryReader,
  artefact: ArtefactRecord,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<ContentsPage> {
  const set = await setOf(store, artefact);
  if (set.size === null) {
    const { contained } = await contentsOf(store, artefact);
    const page = contained.slice(after, after + limit).map(({ component, member }) => ({
      component,
      placed: { member, way: wayTo(set, component.id) },
    }));
    return { contained: page, count: contained.length };
  }
  const placed = await store.membersAt(artefact.setId, { after, limit });
  const found = await store.components(placed.map(({ member }) => member.component));
  const byId = new Map(found.map((one) => [one.id, one]));
  const page = placed.flatMap((one) => {
    const component = byId.get(one.member.component);
    return component === undefined ? [] : [{ component, placed: one }];
  });
  return { contained: page, count: set.size };
}

async function setOf(store: InventoryReader, artefact: ArtefactRecord): Promise<SetRecord> {
  const set = await store.set(artefact.setId);
  if (set === undefined) throw new Error(`artefact ${artefact.id} has no set ${artefact.setId}`);
  return set;
}

export function byName(a: ComponentRecord, b: ComponentRecord): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : a.identity < b.identity ? -1 : 1;
}
