import { canonicalName } from '../cargo/index-path.ts';
import { type Fact, known } from './fact.ts';

/** What belongs to the organisation. */
export interface FirstParty {
  /** Crate names. */
  readonly names: readonly string[];
  /** Beginnings of crate names, such as `acme-`. */
  readonly prefixes: readonly string[];
  /** Names of the registries where such crates are at home. */
  readonly registries: readonly string[];
}

/** Whether a crate has a name of the organisation, and whether it comes from where those are at home. */
export interface FirstPartyFact {
  readonly claims: readonly FirstPartyClaim[];
  /** Whether its registry is one of the organisation's own. */
  readonly atHome: boolean;
}

/** Why a name is the organisation's. */
export interface FirstPartyClaim {
  readonly kind: 'name' | 'prefix';
  /** As it was set. */
  readonly value: string;
}

/** The first-party fact of one crate. */
export function firstPartyFact(
  subject: { readonly registry: string; readonly crate: string },
  firstParty: FirstParty,
  at: number,
): Fact<FirstPartyFact> {
  const fact = {
    claims: firstPartyClaims(subject.crate, firstParty),
    atHome: firstParty.registries.includes(subject.registry),
  };
  return known(fact, 'settings', at);
}

/** The organisation's claims on a name; `-` and `_` are the same, and so are cases. */
export function firstPartyClaims(
  crate: string,
  { names, prefixes }: Pick<FirstParty, 'names' | 'prefixes'>,
): readonly FirstPartyClaim[] {
  const name = canonicalName(crate);
  return [
    ...names
      .filter((own) => canonicalName(own) === name)
      .map((value): FirstPartyClaim => ({ kind: 'name', value })),
    ...prefixes
      .filter((prefix) => prefix !== '' && name.startsWith(canonicalName(prefix)))
      .map((value): FirstPartyClaim => ({ kind: 'prefix', value })),
  ];
}
