/**
 * Facts that wait for their line in map.ts; this file goes when they have it.
 */
import type { CrevFact } from './crev/fact.ts';
import type { VetFact } from './vet/fact.ts';

declare module './map.ts' {
  interface FactTypes {
    readonly crev: CrevFact;
    readonly vet: VetFact;
  }
}
