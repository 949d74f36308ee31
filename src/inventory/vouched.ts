import type { ArtefactRecord, Attempt } from '../store/inventory/records.ts';
import type { ArtefactStatement, StatementHead } from './statement.ts';
import { weightier } from './verdict.ts';

/** Who says it, and when (epoch milliseconds). */
export interface Sent {
  readonly by: string;
  readonly now: number;
  /** Where what is said is signed: by whom, in words, and what is known of the session that fetched. */
  readonly signed?:
    | { readonly by: readonly string[]; readonly session: ArtefactRecord['session'] }
    | undefined;
  /** Why signatures that came with it do not count. */
  readonly refused?: string | undefined;
}

/** What is kept of an artefact beside its components and its source: who stands for it, and what was said of letting it in. */
export type Standing = Pick<
  ArtefactRecord,
  | 'trust'
  | 'verdict'
  | 'verdictPolicy'
  | 'verdictAt'
  | 'builder'
  | 'lockfile'
  | 'signedBy'
  | 'session'
  | 'attempts'
>;

/** Attempts that are kept of one artefact, and letters of a reason. */
const [mostAttempts, longest] = [10, 500];

/** Of what is said now. */
export function standingOf(statement: StatementHead, { by, now, signed, refused }: Sent): Standing {
  const { knownBy, builder, lockfile, verdict } = statement;
  return {
    trust: signed !== undefined ? 'signed' : knownBy === 'traces' ? 'recovered' : 'unsigned',
    ...verdictFields(verdict),
    builder: builder ?? null,
    lockfile: lockfile ?? null,
    signedBy: signed?.by ?? null,
    session: signed?.session ?? null,
    attempts:
      refused === undefined
        ? null
        : [{ reason: refused.slice(0, longest), by, first: now, last: now, times: 1 }],
  };
}

/**
 * Of two, the first being the one that counts for more, or that was there before. What one signed is not changed by the
 * other's word; of verdicts that count alike the later one holds. Attempts of both are kept.
 */
export function standingOfBoth(first: Standing, second: Standing): Standing {
  const isSigned = first.trust === 'signed';
  const areAlike = isSigned === (second.trust === 'signed');
  const verdicts = [first, second].map(statedVerdict);
  return {
    trust: first.trust,
    ...verdictFields(areAlike ? weightier(verdicts[0], verdicts[1]) : verdicts[0]),
    builder: isSigned ? first.builder : (first.builder ?? second.builder),
    lockfile: isSigned ? first.lockfile : (first.lockfile ?? second.lockfile),
    signedBy: isSigned ? [...new Set([...(first.signedBy ?? []), ...(second.signedBy ?? [])])] : null,
    session: isSigned ? first.session : null,
    attempts: attemptsOf([...(first.attempts ?? []), ...(second.attempts ?? [])]),
  };
}

function attemptsOf(all: readonly Attempt[]): readonly Attempt[] | null {
  const alike = Map.groupBy(all, ({ reason, by }) => JSON.stringify([reason, by]));
  const merged = [...alike.values()].map((list): Attempt => {
    const [one] = list;
    if (one === undefined) throw new Error('a group of none');
    return {
      ...one,
      first: Math.min(...list.map(({ first }) => first)),
      last: Math.max(...list.map(({ last }) => last)),
      times: list.reduce((sum, { times }) => sum + times, 0),
    };
  });
  return merged.length === 0 ? null : merged.toSorted((a, b) => b.last - a.last).slice(0, mostAttempts);
}

function statedVerdict({ verdict, verdictPolicy, verdictAt }: Standing): ArtefactStatement['verdict'] {
  if (verdict === null) return undefined;
  return {
    word: verdict,
    policy: verdictPolicy ?? undefined,
    at: verdictAt === null ? undefined : new Date(verdictAt).toISOString(),
  };
}

function verdictFields(
  verdict: ArtefactStatement['verdict'],
): Pick<Standing, 'verdict' | 'verdictPolicy' | 'verdictAt'> {
  const at = verdict?.at === undefined ? Number.NaN : Date.parse(verdict.at);
  return {
    verdict: verdict?.word ?? null,
    verdictPolicy: verdict?.policy ?? null,
    verdictAt: Number.isFinite(at) ? at : null,
  };
}
