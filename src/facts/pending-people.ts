/**
 * Facts that wait for their line in map.ts; this file goes when they have it.
 */
import type { FirstPartyFact } from './first-party.ts';
import type { HistoryFact } from './history.ts';
import type { MaintainersFact } from './maintainers/fact.ts';
import type { PopularityFact } from './popularity/fact.ts';
import type { TyposquatFact } from './typosquat/fact.ts';

declare module './map.ts' {
  interface FactTypes {
    readonly firstParty: FirstPartyFact;
    readonly history: HistoryFact;
    readonly maintainers: MaintainersFact;
    readonly popularity: PopularityFact;
    readonly typosquat: TyposquatFact;
  }
}
