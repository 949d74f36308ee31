import { leadingFinding } from '../policy/verdict.ts';
import type { LogEntry } from '../store/records.ts';

/** Where the mirror says what it decides and what worries it. The server writes it to its log. */
export interface Journal {
  /** One committed decision; called once per line of the log. */
  decision(decision: Decision): void;
  /** Something that a person should look at. */
  alarm(message: string, fields: Readonly<Record<string, string | number>>): void;
  /** The same, where the store says so for as long as it lasts. */
  standing(message: string, fields: Readonly<Record<string, string | number>>): void;
  /** Something that went wrong and is tried again. */
  trouble(message: string, fields: Readonly<Record<string, string | number>>): void;
}

/** Says nothing: for a mirror that answers one question and is gone. */
export const silentJournal: Journal = {
  decision: () => undefined,
  alarm: () => undefined,
  standing: () => undefined,
  trouble: () => undefined,
};

/** A log entry in the words of a log line. */
export interface Decision {
  readonly event: LogEntry['event'];
  readonly registry: string;
  readonly crate: string;
  /** `''` for a whole crate. */
  readonly version: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly until: string | undefined;
  readonly rule: string | undefined;
  /** One sentence. */
  readonly message: string;
  readonly actor: string;
}

/** Writes the entries of one settlement: one line each, and one line for all that came with a crate's first file. */
export function writeDecisions(journal: Journal, entries: readonly Omit<LogEntry, 'seq'>[]): void {
  const first = entries.filter((entry) => entry.event === 'appeared' && entry.to === 'promoted');
  const sole = first.length === 1 ? first : [];
  if (first.length > 1) journal.decision(summary(first));
  for (const entry of entries) {
    if (!first.includes(entry) || sole.includes(entry)) journal.decision(decisionOf(entry));
    if (entry.event === 'altered' && entry.details?.what === 'checksum' && entry.details.isBack !== true) {
      journal.alarm(`${entry.key}@${entry.version}: the registry changed its checksum; it is blocked`, {
        registry: entry.registry,
      });
    }
  }
}

function decisionOf(entry: Omit<LogEntry, 'seq'>): Decision {
  const leading = entry.verdict === null ? undefined : leadingFinding(entry.verdict);
  return {
    event: entry.event,
    registry: entry.registry,
    crate: entry.key,
    version: entry.version,
    from: entry.from,
    to: entry.to,
    until: entry.to === 'held' ? entry.verdict?.until : undefined,
    rule: leading?.rule,
    message: leading?.message ?? '',
    actor: entry.actor,
  };
}

function summary(entries: readonly Omit<LogEntry, 'seq'>[]): Decision {
  const [first] = entries;
  return {
    event: 'appeared',
    registry: first?.registry ?? '',
    crate: first?.key ?? '',
    version: '',
    from: null,
    to: 'promoted',
    until: undefined,
    rule: undefined,
    message: `${entries.length} releases of its back catalogue pass by their index lines.`,
    actor: first?.actor ?? '',
  };
}
