import { canonicalName } from '../../cargo/index-path.ts';
import type { DumpedName } from '../dump/port.ts';
import { shippedNames, shippedSource } from '../popularity/shipped.ts';
import { usesOfNamed, usesOfRank } from '../popularity/usage.ts';
import type { KnownName } from './namespace.ts';

/** Where names come from. */
export interface NameSources {
  /** Every name of a registry's dump; without it the shipped list is used. */
  readonly dumped?: readonly DumpedName[] | undefined;
  /** Names that advisories, audits and reviews speak of; not those of malicious crates. */
  readonly named?: readonly string[] | undefined;
  /** The organisation's own crates. */
  readonly own?: readonly string[] | undefined;
}

/** Every name to compare with, each once, and what facts name as their source. */
export function knownNames({ dumped, named = [], own = [] }: NameSources): {
  readonly names: readonly KnownName[];
  readonly source: string;
} {
  const names = new Map<string, KnownName>();
  const add = (known: KnownName) => {
    const key = canonicalName(known.name);
    if (!names.has(key)) names.set(key, known);
  };
  for (const name of own) add({ name, uses: 0, own: true });
  for (const { name, downloads, createdAt } of dumped ?? [])
    add({ name, uses: downloads, created: createdAt });
  if (dumped === undefined) {
    for (const [i, name] of shippedNames.entries()) add({ name, uses: usesOfRank(i + 1) });
    for (const name of named) add({ name, uses: usesOfNamed });
  }
  return { names: [...names.values()], source: dumped === undefined ? shippedSource : 'database dump' };
}
