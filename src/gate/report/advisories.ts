import type { AdvisorySource } from '../../facts/advisories/reading.ts';
import { many } from './plain.ts';

/** Files that are named of those that were not read. */
const maxNamed = 3;

/**
 * What the verdict goes by, of advisories: a line for each database with its age and commit, and one for what of it was not
 * read. `now` is in epoch milliseconds; absent: dates stand for ages.
 */
export function advisoryLines(
  advisories: readonly AdvisorySource[] | undefined,
  now: number | undefined,
): readonly string[] {
  if (advisories === undefined) return [];
  if (advisories.length === 0) return ['Advisories: none were asked (name a database with --advisory-db).'];
  return advisories.flatMap((each) => [databaseLine(each, now), ...problemLines(each)]);
}

function databaseLine(
  { source, commit, readAt, newest, count, alarm }: AdvisorySource,
  now?: number,
): string {
  if (readAt === undefined)
    return `Advisories of ${source}: not read${alarm === undefined ? '' : `: ${alarm}`}`;
  const at = commit === undefined ? '' : ` at ${commit.slice(0, 12)}`;
  const latest = newest === undefined ? '' : `, the newest of ${newest}`;
  const late = alarm === undefined ? '' : `; not read anew: ${alarm.replace(/\.$/, '')}`;
  return `Advisories: ${count} of ${source}${at}${latest}, read ${sayAge(readAt, now)}${late}.`;
}

function sayAge(readAt: string, now: number | undefined): string {
  const minutes = now === undefined ? undefined : Math.floor((now - Date.parse(readAt)) / 60_000);
  if (minutes === undefined || minutes < 0) return `on ${readAt.slice(0, 10)}`;
  if (minutes < 2) return 'just now';
  if (minutes < 120) return `${minutes} minutes ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} hours ago` : `${Math.floor(hours / 24)} days ago`;
}

function problemLines({ problems, source }: AdvisorySource): readonly string[] {
  if (problems.length === 0) return [];
  const named = problems
    .slice(0, maxNamed)
    .map(({ path, reason }) => `${path} (${reason.replace(/\.$/, '')})`);
  const more = problems.length - named.length;
  const rest = more > 0 ? ` and ${more} more` : '';
  return [
    `${many(problems.length, 'advisory', 'advisories')} of ${source} could not be read: ${named.join(', ')}${rest}.`,
  ];
}
