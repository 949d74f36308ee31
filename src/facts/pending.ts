/**
 * Facts that wait for their line in map.ts; this file goes when they have it.
 */
import type { ContentsFact } from './archive-contents/contents.ts';
import type { LicenseFact } from './license/release.ts';
import type { PlaceFact } from './place.ts';
import type { SourceFact } from './source.ts';

declare module './map.ts' {
  interface FactTypes {
    readonly contents: ContentsFact;
    readonly license: LicenseFact;
    readonly place: PlaceFact;
    readonly source: SourceFact;
  }
}
