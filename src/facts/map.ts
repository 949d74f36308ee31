import type { AdvisoriesFact } from './advisories/fact.ts';
import type { AgeFact } from './age.ts';
import type { ApprovalFact } from './approval.ts';
import type { ArchiveFact } from './archive.ts';
import type { ContentsFact } from './archive-contents/contents.ts';
import type { BlocksFact } from './blocks.ts';
import type { BreakGlassFact } from './break-glass.ts';
import type { CodeFact } from './code.ts';
import type { CrevFact } from './crev/fact.ts';
import type { DecisionsFact } from './decisions.ts';
import type { EmbeddedFact } from './embedded.ts';
import type { Fact } from './fact.ts';
import type { FirstPartyFact } from './first-party.ts';
import type { GraphFact } from './graph.ts';
import type { HistoryFact } from './history.ts';
import type { LicenseFact } from './license/release.ts';
import type { LineFact } from './line.ts';
import type { LockedFact } from './locked.ts';
import type { MaintainersFact } from './maintainers/fact.ts';
import type { PartOfFact } from './part-of.ts';
import type { PlaceFact } from './place.ts';
import type { PopularityFact } from './popularity/fact.ts';
import type { SourceFact } from './source.ts';
import type { StandingFact } from './standing.ts';
import type { StdFact } from './std.ts';
import type { SurroundingsFact } from './surroundings.ts';
import type { TyposquatFact } from './typosquat/fact.ts';
import type { VendoredFact } from './vendored.ts';
import type { VetFact } from './vet/fact.ts';
import type { YanksFact } from './yanks.ts';

/** Every fact that a rule can ask for, by name. A new source adds its line here. */
export interface FactTypes {
  readonly advisories: AdvisoriesFact;
  readonly age: AgeFact;
  readonly approval: ApprovalFact;
  readonly archive: ArchiveFact;
  readonly blocks: BlocksFact;
  readonly breakGlass: BreakGlassFact;
  readonly code: CodeFact;
  readonly contents: ContentsFact;
  readonly crev: CrevFact;
  readonly decisions: DecisionsFact;
  readonly embedded: EmbeddedFact;
  readonly firstParty: FirstPartyFact;
  readonly graph: GraphFact;
  readonly history: HistoryFact;
  readonly license: LicenseFact;
  readonly line: LineFact;
  readonly locked: LockedFact;
  readonly maintainers: MaintainersFact;
  readonly partOf: PartOfFact;
  readonly place: PlaceFact;
  readonly popularity: PopularityFact;
  readonly source: SourceFact;
  readonly standing: StandingFact;
  readonly std: StdFact;
  readonly surroundings: SurroundingsFact;
  readonly typosquat: TyposquatFact;
  readonly vendored: VendoredFact;
  readonly vet: VetFact;
  readonly yanks: YanksFact;
}

export type FactName = keyof FactTypes;

/** The facts gathered for one release. A name that is absent was not asked for. */
export type Facts = { readonly [Name in FactName]?: Fact<FactTypes[Name]> };
