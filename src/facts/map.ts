import type { AdvisoriesFact } from './advisories/fact.ts';
import type { AgeFact } from './age.ts';
import type { ArchiveFact } from './archive.ts';
import type { BlocksFact } from './blocks.ts';
import type { BreakGlassFact } from './break-glass.ts';
import type { Fact } from './fact.ts';
import type { LineFact } from './line.ts';
import type { YanksFact } from './yanks.ts';

/** Every fact that a rule can ask for, by name. A new source adds its line here. */
export interface FactTypes {
  readonly advisories: AdvisoriesFact;
  readonly age: AgeFact;
  readonly archive: ArchiveFact;
  readonly blocks: BlocksFact;
  readonly breakGlass: BreakGlassFact;
  readonly line: LineFact;
  readonly yanks: YanksFact;
}

export type FactName = keyof FactTypes;

/** The facts gathered for one release. A name that is absent was not asked for. */
export type Facts = { readonly [Name in FactName]?: Fact<FactTypes[Name]> };
