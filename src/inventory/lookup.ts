import type { ArtefactRecord, ComponentRecord, Member, SetRecord } from '../store/inventory/records.ts';
import type { InventoryReader } from '../store/inventory/store.ts';
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

/** All components of an artefact, sorted by name and identity. */
export async function contentsOf(store: InventoryReader, artefact: ArtefactRecord): Promise<Contents> {
  const set = await store.set(artefact.setId);
  if (set === undefined) throw new Error(`artefact ${artefact.id} has no set ${artefact.setId}`);
  const members = new Map(set.members.map((member) => [member.component, member]));
  const contained = (await store.components([...members.keys()])).flatMap((component) => {
    const member = members.get(component.id);
    return member === undefined ? [] : [{ component, member }];
  });
  return { artefact, set, contained: contained.toSorted((a, b) => byName(a.component, b.component)) };
}

/** What one artefact has and the other has not; a name with one other version is changed. */
export interface ContentsDiff {
  readonly added: readonly ComponentRecord[];
  readonly removed: readonly ComponentRecord[];
  readonly changed: readonly { readonly old: ComponentRecord; readonly new: ComponentRecord }[];
  readonly same: number;
}

/** Compares two artefacts by what they are made of, wherever it is linked. */
export function diffContents(old: Contents, current: Contents): ContentsDiff {
  const before = new Set(old.contained.map(({ component }) => component.id));
  const after = new Set(current.contained.map(({ component }) => component.id));
  const removed = old.contained.map(({ component }) => component).filter(({ id }) => !after.has(id));
  const added = current.contained.map(({ component }) => component).filter(({ id }) => !before.has(id));
  const byKey = Map.groupBy(removed, nameKey);
  const newByKey = Map.groupBy(added, nameKey);
  const changed = added.flatMap((component) => {
    const olds = byKey.get(nameKey(component)) ?? [];
    const [was] = olds;
    const isOne = olds.length === 1 && newByKey.get(nameKey(component))?.length === 1;
    return was !== undefined && isOne ? [{ old: was, new: component }] : [];
  });
  const moved = new Set(changed.flatMap(({ old: was, new: is }) => [was.id, is.id]));
  return {
    added: added.filter(({ id }) => !moved.has(id)),
    removed: removed.filter(({ id }) => !moved.has(id)),
    changed,
    same: before.size - removed.length,
  };
}

function nameKey({ kind, key, source }: ComponentRecord): string {
  return JSON.stringify([kind, key, source]);
}

function byName(a: ComponentRecord, b: ComponentRecord): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : a.identity < b.identity ? -1 : 1;
}
