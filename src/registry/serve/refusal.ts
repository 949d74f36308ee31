import type { DecisionSettings } from '../../policy/decisions.ts';
import { sayDuration } from '../../policy/duration.ts';
import { oneLine } from '../../policy/one-line.ts';
import type { Policy } from '../../policy/policy.ts';
import { leadingFinding } from '../../policy/verdict.ts';
import type { ReleaseRecord, ReleaseState } from '../../store/records.ts';
import { approvalLine, waitsForPerson } from '../questions.ts';
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

/** What a refusal says beside the release itself. */
export interface RefusalAbout {
  readonly instead: Instead | undefined;
  /** Where the release can be looked up. */
  readonly showUrl: string;
  readonly policy: Policy;
  /** Whether it is from the registry that commands mean without `--registry`. */
  readonly isDefault: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * The refusal of a release. Cargo prints it as it stands below its own error, so it is plain text: what, why, until
 * when, what to use, where to read more. What people typed is on one line of it, and does nothing there.
 */
export function refuse(name: string, record: ReleaseRecord, about: RefusalAbout): Refusal {
  const { instead, showUrl } = about;
  const lines = [
    `${name} ${record.version} ${headings[record.state]}.`,
    ...reasons(record),
    ...ending(name, record, about),
  ];
  if (instead !== undefined) {
    const yanked = instead.yanked ? ' (yanked by its registry, still served here)' : '';
    lines.push(`Newest release that is allowed: ${instead.version}${yanked}`, `  ${instead.command}`);
    if (instead.beside !== undefined) lines.push(sayBeside(name, instead.beside));
  } else {
    lines.push('No other release of it is allowed.');
  }
  lines.push(`More: ${showUrl}`);
  return { text: `${lines.map(oneLine).join('\n')}\n`, instead };
}

/** What a lockfile has is not known here. */
function sayBeside(name: string, { crates, alone }: NonNullable<Instead['beside']>): string {
  if (crates.length === 1)
    return `${crates[0]} requires ${name} exactly and moves with it; where it is not locked: ${alone}`;
  return `${crates.join(', ')} move with ${name}: name those of them that are locked, as \`safeguard check\` does; where none is: ${alone}`;
}

function reasons(record: ReleaseRecord): string[] {
  if (record.state === 'withdrawn')
    return ['Reason: its registry deleted it, which is also how it answers malice.'];
  const leading = leadingFinding(record.verdict);
  return leading === undefined ? [] : [`Rule ${leading.rule}: ${leading.message}`];
}

function ending(name: string, record: ReleaseRecord, { policy, isDefault, now }: RefusalAbout): string[] {
  switch (record.state) {
    case 'held': {
      if (record.until === null) return ['Ends: when it has been judged.'];
      const when = new Date(record.until).toISOString().slice(0, 16).replace('T', ' ');
      return [
        `Ends: ${when} UTC, in ${sayDuration(record.until - now)}, unless something is found before then.`,
      ];
    }
    case 'review':
      return waitsForPerson(record, policy)
        ? [`Ends: when ${deciders(policy)}:`, `  ${approvalLine(name, record, isDefault)}`]
        : ['Ends: when what it asks about is known.'];
    case 'blocked':
    case 'withdrawn':
    case 'promoted':
      return [];
  }
}

function deciders({ settings }: Policy): string {
  const { people } = settings.decisions as DecisionSettings;
  return people === 1
    ? 'a person approves of it, or rejects it'
    : `${people} different people approve of it, or one rejects it`;
}
