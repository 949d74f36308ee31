import { canonicalName } from '../../cargo/index-path.ts';
import type { DumpedName } from '../dump/port.ts';
import { shippedNames } from '../popularity/shipped.ts';
import { usesOfNamed, usesOfRank } from '../popularity/usage.ts';
import { type KnownName, Namespace, strongestFirst } from './namespace.ts';
import type { Resemblance } from './resemblance.ts';

/** Where names come from. */
export interface NameSources {
  /** The names of a registry's dump; without it the shipped list is used. */
  readonly dumped?: readonly Omit<DumpedName, 'id'>[] | undefined;
  /** Names that advisories, audits and reviews speak of; not those of malicious crates. */
  readonly named?: readonly string[] | undefined;
}

/** Every name to compare with, each once. */
export function knownNames({ dumped, named = [] }: NameSources): readonly KnownName[] {
  if (dumped !== undefined)
    return dumped.map(({ name, downloads, createdAt }) => ({ name, uses: downloads, created: createdAt }));
  const names = new Map<string, KnownName>();
  const add = (known: KnownName) => {
    const key = canonicalName(known.name);
    if (!names.has(key)) names.set(key, known);
  };
  for (const [i, name] of shippedNames.entries()) add({ name, uses: usesOfRank(i + 1) });
  for (const name of named) add({ name, uses: usesOfNamed });
  return [...names.values()];
}

/** What a name is compared with. */
export type Compared = Pick<Namespace, 'size' | 'hasOwn' | 'resemblances'>;

/**
 * All names and the organisation's own, which another policy may change: all need not be indexed anew for it. The
 * organisation's crates may resemble each other.
 */
export function withOwn(all: Namespace, own: readonly string[]): Compared {
  if (own.length === 0) return all;
  const keys = new Set(own.map(canonicalName));
  const ours = new Namespace(own.map((name) => ({ name, uses: 0, own: true })));
  const isOurs = ({ crate }: Resemblance) => keys.has(canonicalName(crate));
  return {
    size: all.size + own.length,
    hasOwn: true,
    resemblances: (suspect) =>
      keys.has(canonicalName(suspect.name))
        ? all.resemblances(suspect).filter((hit) => !isOurs(hit))
        : strongestFirst([
            ...ours.resemblances(suspect),
            ...all.resemblances(suspect).filter((hit) => !isOurs(hit)),
          ]),
  };
}
