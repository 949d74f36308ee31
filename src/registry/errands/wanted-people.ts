import type { Policy } from '../../policy/policy.ts';
import type { PeopleRecord, ReleaseRecord } from '../../store/records.ts';
import type { StoreWriter } from '../../store/store.ts';
import { answerOf } from './people.ts';

/** Shortest wait before a crate is asked about again whose newest release was not told of; doubled each time. */
const firstRetry = 10 * 60_000;
const longestRetry = 24 * 60 * 60_000;

/**
 * Notes, in the transaction that judged a crate, whether its people are to be asked for: where the rules look at a
 * release that the last answer does not have. Older releases are not worth a registry's time.
 */
export async function wantPeople(
  tx: StoreWriter,
  crate: Pick<PeopleRecord, 'registry' | 'key' | 'name'>,
  releases: readonly ReleaseRecord[],
  policy: Policy,
  now: number,
): Promise<void> {
  const looked = releases.filter(
    ({ state, published, firstSeen }) =>
      state !== 'withdrawn' && now < (published ?? firstSeen) + lookback(policy),
  );
  const record = await tx.people(crate.registry, crate.key);
  if (looked.length === 0 && record === undefined) return;
  const told = new Set(
    record?.answer == null ? [] : answerOf(record.answer).crate.versions.map(({ num }) => num),
  );
  const isWanted = looked.some(({ version }) => !told.has(version));
  if (!isWanted) {
    if (record === undefined || (record.askAt === null && record.failures === 0)) return;
    await tx.putPeople({ ...record, askAt: null, failures: 0 });
  } else if (record === undefined) {
    await tx.putPeople({ ...crate, askAt: now, at: null, answer: null, failures: 0, reason: null });
  } else if (record.askAt === null) {
    await tx.putPeople({ ...record, askAt: Math.max(now, (record.at ?? 0) + waitAfter(record.failures)) });
  }
}

/** Milliseconds until a crate is asked about again, after so many asks in a row that did not bring what was wanted. */
export function waitAfter(failures: number): number {
  return Math.min(longestRetry, firstRetry * 2 ** Math.min(failures, 8));
}

/** How old a release may be for the rules about people to look at it: milliseconds. */
function lookback({ settings }: Policy): number {
  const rules = ['maintainers-minimum', 'maintainer-trust', 'publisher-changed'];
  return Math.max(...rules.map((rule) => (settings[rule] as { 'younger-than': number })['younger-than']));
}
