import type { FeedState, FileProblem } from '../feed/reading.ts';
import type { AdvisoryFeed } from './load.ts';

/** What a judgement went by, of one advisory database. */
export interface AdvisorySource {
  readonly source: string;
  /** Absent where the files are those of no commit. */
  readonly commit?: string;
  /** RFC 3339; absent where it could not be read at all. */
  readonly readAt?: string;
  /** `YYYY-MM-DD`: the date of the newest advisory. */
  readonly newest?: string;
  readonly count: number;
  /** Files that were not read, and why. */
  readonly problems: readonly FileProblem[];
  /** Why it was not read, or not read anew. */
  readonly alarm?: string;
}

/** Says it of each configured database. */
export function advisorySources(
  names: readonly string[],
  states: readonly FeedState<AdvisoryFeed>[],
): readonly AdvisorySource[] {
  return states.map(({ feed, alarm }, i) => {
    const late = alarm === undefined ? {} : { alarm };
    if (feed === undefined) return { source: names[i] ?? '', count: 0, problems: [], ...late };
    const { source, commit, readAt } = feed.provenance;
    let newest = '';
    for (const { date } of feed.database.advisories) if (date > newest) newest = date;
    return {
      source,
      ...(commit === undefined ? {} : { commit }),
      readAt,
      ...(newest === '' ? {} : { newest }),
      count: feed.database.advisories.length,
      problems: feed.problems,
      ...late,
    };
  });
}
