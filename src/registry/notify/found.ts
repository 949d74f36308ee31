import type { Finding } from '../../policy/finding.ts';
import { leadingFinding } from '../../policy/verdict.ts';
import type { ReleaseRecord, ToldRecord } from '../../store/records.ts';
import { crateName } from '../judgement/gather.ts';
import { isAdmitted } from '../serve/served.ts';

/** What is told of one release: why it is not handed out any more. Kept as JSON. */
export interface Told extends Pick<Finding, 'rule' | 'effect' | 'message' | 'next'> {
  /** As the index spells it. */
  readonly crate: string;
  readonly state: ReleaseRecord['state'];
  readonly advisory?: string;
  readonly url?: string;
  /** RFC 3339; when a hold ends by itself. */
  readonly until?: string;
}

/** A change that is worth a word, and which finding it is, whatever its words. */
export interface Found {
  readonly version: string;
  readonly finding: string;
  readonly told: Told;
}

/**
 * What a change of a release says that nobody was told yet; `known` is what was told of it and still stands. A release
 * whose own bytes are read for the first time was never handed out: whoever asked for it has the answer.
 */
export function newlyFound(
  before: ReleaseRecord | undefined,
  after: ReleaseRecord,
  known: readonly Pick<ToldRecord, 'finding'>[],
): readonly Found[] {
  if (before === undefined || isAdmitted(after)) return [];
  const wasHandedOut = isAdmitted(before) && !(before.judged === 'index' && after.judged === 'release');
  if (!wasHandedOut && known.length === 0) return [];
  const crate = crateName([after]);
  return reasons(after, wasHandedOut)
    .map(({ rule, effect, message, next, evidence: { advisory, url }, until }) => ({
      version: after.version,
      finding: [rule, effect, ...(advisory === undefined ? [] : [advisory])].join(' '),
      told: {
        crate,
        state: after.state,
        rule,
        effect,
        message,
        next,
        ...(advisory === undefined ? {} : { advisory }),
        ...(url === undefined ? {} : { url }),
        ...(until === undefined ? {} : { until }),
      },
    }))
    .filter(
      ({ finding }, i, all) =>
        all.findIndex((other) => other.finding === finding) === i &&
        !known.some((old) => old.finding === finding),
    );
}

/** The findings that keep a release back; a mere hold only where it took the release away. */
function reasons(after: ReleaseRecord, wasHandedOut: boolean): readonly Finding[] {
  if (after.state === 'withdrawn') return [withdrawn(after)];
  const strict = after.verdict.findings.filter(
    ({ effect, waived }) => waived === undefined && (effect === 'deny' || effect === 'review'),
  );
  if (strict.length > 0 || !wasHandedOut) return strict;
  const leading = leadingFinding(after.verdict);
  return leading === undefined ? [] : [leading];
}

function withdrawn({ version, line, key }: ReleaseRecord): Finding {
  return {
    rule: 'withdrawn',
    effect: 'deny',
    subject: `${crateName([{ line, key }])}@${version}`,
    message: 'Its registry deleted it, which is also how it answers malice.',
    evidence: {},
    next: 'Find out who has it, and why it was deleted.',
  };
}
