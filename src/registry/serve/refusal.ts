import { sayDuration } from '../../policy/duration.ts';
import { leadingFinding } from '../../policy/verdict.ts';
import type { ReleaseRecord, ReleaseState } from '../../store/records.ts';
import type { Instead } from './instead.ts';

/** Why a release is not handed out, for the person who meets it in cargo's output. */
export interface Refusal {
  /** A few short lines. */
  readonly text: string;
  readonly instead: Instead | undefined;
}

const headings: Readonly<Record<ReleaseState, string>> = {
  held: 'is held by Safeguard',
  review: 'waits for a review in Safeguard',
  blocked: 'is blocked by Safeguard',
  withdrawn: 'was withdrawn from its registry',
  promoted: 'is available',
};

/**
 * The refusal of a release. Cargo prints it as it stands below its own error, so it is plain text: what, why, until
 * when, what to use, where to read more. `showUrl` is where the release can be looked up.
 */
export function refuse(
  name: string,
  record: ReleaseRecord,
  instead: Instead | undefined,
  showUrl: string,
  now: number,
): Refusal {
  const lines = [
    `${name} ${record.version} ${headings[record.state]}.`,
    ...reasons(record),
    ...ending(record, now),
  ];
  if (instead !== undefined) {
    const yanked = instead.yanked ? ' (yanked by its registry, still served here)' : '';
    lines.push(`Newest release that is allowed: ${instead.version}${yanked}`, `  ${instead.command}`);
  } else {
    lines.push('No other release of it is allowed.');
  }
  lines.push(`More: ${showUrl}`);
  return { text: `${lines.join('\n')}\n`, instead };
}

function reasons(record: ReleaseRecord): string[] {
  if (record.state === 'withdrawn')
    return ['Reason: its registry deleted it, which is also how it answers malice.'];
  const leading = leadingFinding(record.verdict);
  return leading === undefined ? [] : [`Rule ${leading.rule}: ${leading.message}`];
}

function ending(record: ReleaseRecord, now: number): string[] {
  switch (record.state) {
    case 'held': {
      if (record.until === null) return ['Ends: when it has been judged.'];
      const when = new Date(record.until).toISOString().slice(0, 16).replace('T', ' ');
      return [
        `Ends: ${when} UTC, in ${sayDuration(record.until - now)}, unless something is found before then.`,
      ];
    }
    case 'review':
      return ['Ends: when a person decides.'];
    case 'blocked':
    case 'withdrawn':
    case 'promoted':
      return [];
  }
}
