import { type Fact, known } from './fact.ts';

/** What a registry's index has today of a release that somebody else's lockfile names. */
export interface StandingFact {
  /**
   * `withdrawn`: it was there and is gone; `unheard-of`: this mirror never saw it there; `elsewhere`: it comes from where
   * this mirror has no sight of.
   */
  readonly presence: 'here' | 'withdrawn' | 'unheard-of' | 'elsewhere';
  /** The registry's own flag. */
  readonly yanked: boolean;
  /** SHA-256 (hex) of its bytes as first recorded; absent for what is unheard of. */
  readonly checksum?: string | undefined;
}

/** The standing fact of one release; `at` is when its index file was last looked at. */
export function standingFact(standing: StandingFact, registry: string, at: number): Fact<StandingFact> {
  return known(standing, registry, at);
}
