import type { ArtefactRecord } from '../../store/inventory/records.ts';
import type { StatementRecord } from '../../store/vex/records.ts';
import type { StatementIndex } from './statement-index.ts';

/** A release in an artefact, as an advisory is about it. */
export interface About {
  readonly artefact: Pick<ArtefactRecord, 'identity' | 'project' | 'target' | 'name'>;
  readonly componentId: number;
  /** What it was compiled with, as it is kept; `null`: nobody says. */
  readonly features: string | null;
  /** All ids of the advisory, in lower case. */
  readonly ids: ReadonlySet<string>;
}

/** What is said of a release in an artefact, and whether it holds of this one. */
export interface Said {
  readonly statement: StatementRecord;
  /** `features`: it was said of other features than this build has. */
  readonly holds: 'yes' | 'expired' | 'features';
}

/**
 * What is said of a release in an artefact: the newest that holds, else the newest. A statement is about all builds of
 * a binary of one project for one target, as long as the release and its features are the same.
 */
export function saidOf(
  index: StatementIndex,
  { artefact, componentId, features, ids }: About,
  now: number,
): Said | undefined {
  const found = index
    .of(componentId, artefact)
    .filter(({ statement }) => isAbout(statement, ids))
    .toSorted((a, b) => newestFirst(a.statement, b.statement))
    .map(({ statement, cover }): Said => {
      if (cover.features !== features) return { statement, holds: 'features' };
      return { statement, holds: statement.until > now ? 'yes' : 'expired' };
    });
  return found.find(({ holds }) => holds === 'yes') ?? found[0];
}

/** The order in which statements count. */
export function newestFirst(one: StatementRecord, other: StatementRecord): number {
  return other.statedAt - one.statedAt || other.id - one.id;
}

/** Whether what is said ends it: that it does not strike here, or is mended. */
export function isSettled(said: Said | undefined): said is Said {
  if (said?.holds !== 'yes') return false;
  const { status } = said.statement;
  return status === 'not_affected' || status === 'fixed';
}

/** Whether a statement is about one of some ids of an advisory, in lower case. */
export function isAbout({ advisory, aliases }: StatementRecord, ids: ReadonlySet<string>): boolean {
  return [advisory, ...aliases].some((id) => ids.has(id.toLowerCase()));
}

/** Why it does not strike, or what else is said, in a line. */
export function saidText({ statement }: Said): string {
  const { id, status, justification, author, until } = statement;
  const why = justification === null ? '' : ` (${justification})`;
  return `${status}${why}, by ${author} until ${new Date(until).toISOString().slice(0, 10)} (statement ${id})`;
}
