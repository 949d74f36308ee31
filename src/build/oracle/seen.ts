import type { BuiltPackage } from '../../cargo/resolve/resolve.ts';
import { packageOfId, sourceOfId } from '../run/messages.ts';

/** A package as one witness has it: with one set of features, for one side where it tells them apart. */
export interface SeenPackage {
  readonly name: string;
  readonly version: string;
  /** The address of its source, without what of it is locked; `undefined` for a package of the project. */
  readonly source: string | undefined;
  /** `host`, `target`, a triple that a dependency names; `undefined` where that is not told. */
  readonly side: string | undefined;
  readonly features: readonly string[];
}

/** Packages of a resolution; `sides`: whether the other witness tells them apart. */
export function resolvedPackages(packages: readonly BuiltPackage[], sides: boolean): readonly SeenPackage[] {
  return packages.map(({ name, version, source, builtFor, named, features }) => ({
    name,
    version,
    source: addressOf(source),
    side: sides ? (named ?? builtFor) : undefined,
    features,
  }));
}

/** A package by the id that cargo prints; `undefined` for what is none. */
export function packageById(
  id: string,
  side: string | undefined,
  features: readonly string[],
): SeenPackage | undefined {
  const found = packageOfId(id);
  if (found === undefined) return undefined;
  const { name, version } = found;
  const address = sourceOfId(id);
  const source = address.startsWith('path+') ? undefined : addressOf(address);
  return { name, version, source, side, features };
}

/**
 * Where a witness and the resolution differ, as sorted sentences; none: they agree. Packages are held against each
 * other by name, version, source and side, and by each set of features that they are built with.
 */
export function disagreements(
  witness: string,
  seen: readonly SeenPackage[],
  resolved: readonly SeenPackage[],
): readonly string[] {
  const [theirs, ours] = [byPackage(seen), byPackage(resolved)];
  const sentences: string[] = [];
  for (const [key, { said, sets }] of theirs) {
    const own = ours.get(key)?.sets;
    if (own === undefined) sentences.push(`${witness} has ${said}, which was not resolved`);
    else sentences.push(...differing(sets, own).map((what) => `${witness} has ${said} ${what}`));
  }
  for (const [key, { said }] of ours)
    if (!theirs.has(key)) sentences.push(`${witness} does not have ${said}, which was resolved`);
  return sentences.sort();
}

type Sets = ReadonlyMap<string, readonly string[]>;

function byPackage(
  packages: readonly SeenPackage[],
): ReadonlyMap<string, { readonly said: string; readonly sets: Sets }> {
  const found = new Map<string, { said: string; sets: Map<string, readonly string[]> }>();
  for (const { name, version, source, side, features } of packages) {
    const key = JSON.stringify([name, version, source, side]);
    const said = `${name} ${version}${side === undefined ? '' : ` for ${side === 'host' || side === 'target' ? `the ${side}` : side}`}`;
    const one = found.get(key) ?? { said, sets: new Map<string, readonly string[]>() };
    const sorted = features.toSorted();
    one.sets.set(sorted.join(' '), sorted);
    found.set(key, one);
  }
  return found;
}

function differing(theirs: Sets, ours: Sets): readonly string[] {
  const more = [...theirs].filter(([key]) => !ours.has(key)).map(([, set]) => set);
  const fewer = [...ours].filter(([key]) => !theirs.has(key)).map(([, set]) => set);
  const [set, own] = [more[0], fewer[0]];
  if (set !== undefined && own !== undefined && more.length === 1 && fewer.length === 1) {
    const odd = set.filter((one) => !own.includes(one));
    const absent = own.filter((one) => !set.includes(one));
    return [
      ...(odd.length > 0 ? [`with ${odd.join(', ')} as well`] : []),
      ...(absent.length > 0 ? [`without ${absent.join(', ')}`] : []),
    ];
  }
  return [
    ...more.map((one) => `with [${one.join(', ')}], which was not resolved`),
    ...fewer.map((one) => `not with [${one.join(', ')}], which was resolved`),
  ];
}

/** Without the branch that is meant, and the commit that it is at. */
function addressOf(source: string | undefined): string | undefined {
  return source?.replace(/[?#].*$/s, '');
}
