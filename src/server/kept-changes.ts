import { createHash } from 'node:crypto';
import type { GateVerdict } from '../gate/change.ts';
import type { ChangeBounds, ChangeOutline } from '../store/changes/records.ts';
import type { Store } from '../store/store.ts';
import type { ChangeOutlineJson } from './changes-contract.ts';
import { rfc3339 } from './shape.ts';

/** What is kept of a verdict on a change. */
export interface NewChange {
  readonly by: string;
  readonly name: string;
  readonly file: string;
  readonly judged: ChangeOutline['judged'];
  readonly compared: boolean;
  readonly lockfile: string;
  readonly base: string | undefined;
  /** Lower-case hex: the commit that was judged, and the pull request's own where that is a merge of it. */
  readonly commit?: string | undefined;
  readonly headCommit?: string | undefined;
  /** As `gateVerdictSchema` has it. */
  readonly report: Pick<GateVerdict, 'verdict' | 'policy'> & {
    readonly until?: string | undefined;
    readonly changes: readonly { readonly findings: readonly unknown[] }[];
  };
}

const day = 86_400_000;

/** Half a year, or what fits: a verdict is no archive, its lockfile is in the project's history. */
const bounds: Omit<ChangeBounds, 'since'> & { readonly time: number } = {
  time: 180 * day,
  count: 5_000,
  countOfOne: 200,
  bytes: 1024 * 1024 * 1024,
};

/** Keeps a verdict for the pages, `now` in epoch milliseconds; returns the id that it has from then on. */
export async function keepChange(store: Store, change: NewChange, now: number): Promise<string> {
  const { by, report, commit, headCommit } = change;
  const [name, file] = [oneLine(change.name), oneLine(change.file)];
  const lockfile = change.lockfile.toWellFormed();
  const base = change.base?.toWellFormed();
  const digest = (text: string) => createHash('sha256').update(text).digest('hex');
  const identity = digest(
    JSON.stringify([
      ...[by, name, file, digest(lockfile), base === undefined ? null : digest(base)],
      // Of another commit it is another verdict: more than the lockfile is judged.
      ...(commit === undefined && headCommit === undefined ? [] : [commit, headCommit]),
    ]),
  );
  const text = JSON.stringify(report);
  const record = {
    ...change,
    name,
    file,
    lockfile,
    lockfileDigest: digest(lockfile),
    identity,
    at: now,
    verdict: report.verdict,
    until: report.until === undefined ? null : Date.parse(report.until),
    policy: report.policy,
    changes: report.changes.length,
    findings: report.changes.reduce((sum, { findings }) => sum + findings.length, 0),
    size: text.length + lockfile.length + (base?.length ?? 0),
    report: text,
    base: base ?? null,
    commit: commit ?? null,
    headCommit: headCommit ?? null,
  };
  const { time, ...rest } = bounds;
  await store.write((tx) => tx.keepChange(record, { ...rest, since: now - time }));
  return identity;
}

/** What a project calls its files is shown and kept as one line. */
function oneLine(text: string): string {
  return text.toWellFormed().replaceAll(/\p{Cc}/gu, '\ufffd');
}

export function outlineJson(change: ChangeOutline): ChangeOutlineJson {
  const { identity: id, name, file, at, by, judged, compared, verdict, until } = change;
  const { policy, changes, findings, commit, headCommit } = change;
  return {
    id,
    name,
    file,
    at: rfc3339(at),
    by,
    judged,
    compared,
    verdict,
    until: until === null ? null : rfc3339(until),
    policy,
    changes,
    findings,
    commit,
    headCommit,
  };
}
