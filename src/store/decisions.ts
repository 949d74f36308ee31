import type { DecisionRecord, RefusalRecord, ReleaseRecord, ReleaseState } from './records.ts';

/** What people decided, and how many wait for them. */
export interface DecisionReader {
  /** Decisions on releases of a crate that were not taken back, oldest first. */
  standingDecisions(registry: string, key: string): Promise<readonly DecisionRecord[]>;
  /** All decisions, also those that ended, newest first. */
  findDecisions(query: DecisionQuery): Promise<readonly DecisionRecord[]>;
  /** Crates on whose releases somebody of that name acted with a token that lives at that time. */
  cratesActedOn(
    by: string,
    at: number,
  ): Promise<readonly { readonly registry: string; readonly key: string }[]>;
  /** When releases began to wait for a review, or ended to, since that time; oldest first. */
  reviewMoves(since: number): Promise<readonly ReviewMove[]>;
  /** Releases in some states, those first whose downloads were refused most often since. */
  mostWanted(query: WantedQuery): Promise<readonly WantedRelease[]>;
}

export interface DecisionWriter {
  putDecision(decision: NewDecision): Promise<void>;
  /** Takes the decisions on one release back that stand; returns how many. */
  takeBackDecisions(
    release: Pick<DecisionRecord, 'registry' | 'key' | 'version'>,
    how: { readonly by: string; readonly at: number; readonly reason: string },
  ): Promise<number>;
  /** Adds to the counts; a release whose state began at another time is counted anew. */
  addRefusals(refused: readonly RefusalRecord[]): Promise<void>;
}

export type NewDecision = Omit<DecisionRecord, 'id' | 'takenBackBy' | 'takenBackAt' | 'takenBackReason'>;

/** That a release began to wait for a review (`into`), or ended to. */
export interface ReviewMove {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly into: boolean;
}

export interface DecisionQuery {
  readonly registry?: string | undefined;
  readonly key?: string | undefined;
  readonly version?: string | undefined;
  readonly limit: number;
  /** Only those with a smaller id. */
  readonly before?: number | undefined;
}

export interface WantedQuery {
  readonly registry?: string | undefined;
  readonly key?: string | undefined;
  readonly states: readonly ReleaseState[];
  readonly limit: number;
  /** The last one of the page before, as it was then. */
  readonly after?: WantedPlace | undefined;
}

/** What lists of releases are ordered by. */
export type ReleasePlace = Pick<
  ReleaseRecord,
  'stateSince' | 'until' | 'registry' | 'key' | 'position' | 'version'
>;

/** What a list of those that most wait for is ordered by. */
export interface WantedPlace {
  readonly release: ReleasePlace;
  readonly waiting: number;
}

export interface WantedRelease {
  readonly release: ReleaseRecord;
  /** Refused downloads since its state began. */
  readonly waiting: number;
}
