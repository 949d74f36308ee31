import { crateKey } from '../../cargo/index-path.ts';
import type { ExactNeedRecord, LogEntry, ReleaseRecord } from '../../store/records.ts';
import type { StoreWriter } from '../../store/store.ts';
import { tellAskers } from '../notify/askers.ts';
import { tellFindings } from '../notify/tell.ts';
import { exactDependenciesOf } from '../way-out/choice.ts';
import type { Change } from './reconcile.ts';
import type { Settled, SettleInput } from './update.ts';

/** What came of judging releases. */
export interface Judged {
  /** What was seen to change at the upstream. */
  readonly changes: readonly Change[];
  /** As they were recorded, by version. */
  readonly previous: ReadonlyMap<string, ReleaseRecord>;
  readonly after: readonly ReleaseRecord[];
}

/** Writes what differs from what was recorded, with its log entries and whom it is told to. */
export async function write(
  tx: StoreWriter,
  input: SettleInput,
  judged: Judged,
): Promise<Pick<Settled, 'changed' | 'entries' | 'firstSeq'>> {
  const { previous, after } = judged;
  const entries = logEntries(input, judged);
  const changed = after.filter((record) => differs(previous.get(record.version), record));
  await tx.putReleases(changed);
  const firstSeq = await tx.append(entries);
  await tx.putExactNeeds(newExactNeeds(changed, previous));
  await tellFindings(tx, input.targets, previous, changed, input.now);
  await tellAskers(tx, input.targets, previous, changed, input.now);
  return { changed, entries, firstSeq };
}

/** What lines that are new say of releases that are required in exactly one version. */
function newExactNeeds(
  changed: readonly ReleaseRecord[],
  previous: ReadonlyMap<string, ReleaseRecord>,
): readonly ExactNeedRecord[] {
  const fresh = changed.filter((record) => previous.get(record.version)?.line !== record.line);
  const needs = fresh.flatMap(({ registry, key: by, line }) =>
    exactDependenciesOf(line).map(({ crate }) => ({ registry, key: crateKey(crate), by })),
  );
  return [...new Map(needs.map((need) => [need.key, need])).values()];
}

function logEntries(
  { registry, key, actor, policy, now }: SettleInput,
  { changes, previous, after }: Judged,
): Omit<LogEntry, 'seq'>[] {
  const byVersion = Map.groupBy(changes, (change) => change.version);
  return after.flatMap((record) => {
    const before = previous.get(record.version);
    const own: readonly Omit<Change, 'version'>[] = byVersion.get(record.version) ?? [];
    const moved = before?.state !== record.state || before.judged !== record.judged;
    const events = own.length > 0 || !moved ? own : [{ event: 'judged' as const, details: null }];
    // Where several things changed at once, the first entry tells of the other state: one chain of states.
    return events.map(({ event, details }, i) => ({
      at: now,
      event,
      registry,
      key,
      version: record.version,
      from: i > 0 ? record.state : (before?.state ?? null),
      to: record.state,
      actor,
      policy: policy.digest,
      verdict: record.verdict,
      details,
    }));
  });
}

function differs(before: ReleaseRecord | undefined, after: ReleaseRecord): boolean {
  if (before === undefined) return true;
  const keys = Object.keys(after) as (keyof ReleaseRecord)[];
  return keys.some((name) =>
    name === 'verdict' || name === 'unread'
      ? JSON.stringify(before[name]) !== JSON.stringify(after[name])
      : before[name] !== after[name],
  );
}
