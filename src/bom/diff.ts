import { byText } from './document.ts';
import { purlText } from './purl.ts';
import type { ForeignBom, ForeignComponent } from './read/foreign.ts';

/** What one document has that the other has not, and what both have in another way. */
export interface BomDiff {
  readonly added: readonly ForeignComponent[];
  readonly removed: readonly ForeignComponent[];
  readonly changed: readonly ChangedComponent[];
  /** How many are the same in both. */
  readonly same: number;
}

export interface ChangedComponent {
  readonly old: ForeignComponent;
  readonly new: ForeignComponent;
  /** What differs, a word each: `version`, `scope`, `licence`, `checksum`, `features`. */
  readonly what: readonly string[];
}

/**
 * Compares two documents of whatever formats. Components are the same by their parsed purl without its version, or by their
 * name where they have none; of several versions equal ones are paired first, then the others in order.
 */
export function diffBoms(old: ForeignBom, current: ForeignBom): BomDiff {
  const [before, after] = [grouped(old), grouped(current)];
  const added: ForeignComponent[] = [];
  const removed: ForeignComponent[] = [];
  const changed: ChangedComponent[] = [];
  let same = 0;
  for (const key of [...new Set([...before.keys(), ...after.keys()])].toSorted(byText)) {
    for (const [one, other] of paired(before.get(key) ?? [], after.get(key) ?? [])) {
      if (one === undefined && other !== undefined) added.push(other);
      else if (other === undefined && one !== undefined) removed.push(one);
      else if (one !== undefined && other !== undefined) {
        const what = differences(one, other);
        if (what.length === 0) same++;
        else changed.push({ old: one, new: other, what });
      }
    }
  }
  return { added, removed, changed, same };
}

function grouped({ components }: ForeignBom): ReadonlyMap<string, readonly ForeignComponent[]> {
  return Map.groupBy(components, ({ purl, name }) => {
    if (purl === undefined) return `name:${name}`;
    const { version: _, ...rest } = purl;
    return purlText(rest);
  });
}

type Pair = readonly [old: ForeignComponent | undefined, current: ForeignComponent | undefined];

function paired(old: readonly ForeignComponent[], current: readonly ForeignComponent[]): readonly Pair[] {
  const pairs: Pair[] = [];
  const rest = [...current];
  const unpaired = old.filter((one) => {
    const at = rest.findIndex(({ version }) => version === one.version);
    if (at === -1) return true;
    pairs.push([one, ...rest.splice(at, 1)] as unknown as Pair);
    return false;
  });
  for (let i = 0; i < Math.max(unpaired.length, rest.length); i++) pairs.push([unpaired[i], rest[i]]);
  return pairs;
}

/** What only one of the two says is no difference: documents of two tools say different things. */
function differences(one: ForeignComponent, other: ForeignComponent): readonly string[] {
  const features = (component: ForeignComponent) =>
    component.properties
      .filter(({ name }) => name === 'safeguard:feature' || name === 'safeguard:host-feature')
      .map(({ name, value }) => `${name} ${value}`)
      .toSorted(byText)
      .join('\n');
  const bothSay = (a: string | undefined, b: string | undefined) =>
    a !== undefined && b !== undefined && a !== b;
  const isSameRelease = one.version === other.version;
  return [
    ...(isSameRelease ? [] : ['version']),
    ...(bothSay(one.scope, other.scope) ? ['scope'] : []),
    ...(bothSay(one.licenses[0], other.licenses[0]) ? ['licence'] : []),
    ...(isSameRelease && one.hashes.some((hash) => isOtherHash(hash, other)) ? ['checksum'] : []),
    ...(features(one) === features(other) ? [] : ['features']),
  ];
}

function isOtherHash(
  { algorithm, value }: ForeignComponent['hashes'][number],
  { hashes }: ForeignComponent,
): boolean {
  return hashes.some((hash) => hash.algorithm === algorithm && hash.value !== value);
}
