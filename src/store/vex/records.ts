import type { VexJustification, VexStatus } from '../../bom/vex/statement.ts';

/** What somebody says of an advisory and a release, in some artefacts. */
export interface StatementRecord {
  readonly id: number;
  /** As said, and other ids of the same. */
  readonly advisory: string;
  readonly aliases: readonly string[];
  readonly componentId: number;
  readonly status: VexStatus;
  readonly justification: VexJustification | null;
  readonly impact: string | null;
  readonly action: string | null;
  /** Who says so. */
  readonly author: string;
  /** Id of the document that it was in. */
  readonly document: string | null;
  /** When it was said, and until when it holds: epoch milliseconds. */
  readonly statedAt: number;
  readonly until: number;
  /** Name of the token that brought it. */
  readonly by: string;
  readonly takenAt: number;
  /** Its time is over, or it was withdrawn, and what it stopped was looked at again. */
  readonly ended: boolean;
  readonly withdrawnAt: number | null;
  readonly withdrawnBy: string | null;
  readonly withdrawnWhy: string | null;
}

/** What a statement is about: builds of one binary of a project for a target, or one artefact alone. */
export interface CoverRecord {
  readonly statementId: number;
  /** Its position. */
  readonly place: number;
  readonly componentId: number;
  /** Both are there, or `artefact` is. */
  readonly project: string | null;
  readonly target: string | null;
  /** Of the binary. */
  readonly name: string;
  /** Identity of the one artefact. */
  readonly artefact: string | null;
  /** What the release was compiled with then; `null`: nobody says. */
  readonly features: string | null;
}
