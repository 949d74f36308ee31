import { type Fact, known } from '../fact.ts';
import { shippedRank } from '../popularity/shipped.ts';
import type { Compared } from './names.ts';
import type { Suspect } from './namespace.ts';
import type { Resemblance } from './resemblance.ts';

/** Which better-known crates a crate's name resembles. */
export interface TyposquatFact {
  /** The strongest first. Crates that share an owner with it are left out. */
  readonly resembles: readonly Resemblance[];
  /** Names that it was compared with. */
  readonly compared: number;
  /** How much the crate itself is used, in downloads or an estimate; absent: not known. */
  readonly uses?: number | undefined;
}

/** Compares a name with every name that is known. `source` says where those came from. */
export function typosquatFact(
  namespace: Compared,
  suspect: Suspect,
  source: string,
  at: number,
): Fact<TyposquatFact> {
  // What is as well known as what it resembles is no trap for those who mean the other; one's own may be meant all the same.
  const isWellKnown = shippedRank(suspect.name) !== undefined;
  const isAsked = !isWellKnown || namespace.hasOwn;
  const resembles = isAsked ? namespace.resemblances(suspect).filter(({ own }) => own || !isWellKnown) : [];
  return known({ resembles, compared: namespace.size, uses: suspect.uses }, source, at);
}
