import { isAllowed } from '../../inventory/verdict.ts';
import type { ArtefactJson, ArtefactReportJson } from '../../server/artefact-contract.ts';
import type { Cell } from '../shared/table.ts';
import { sayTime } from '../shared/when.ts';

/** How far it is known, in a column: with how often signatures came that do not count. */
export function trustCell({ trust, refused }: ArtefactJson): Cell {
  if (refused.length > 0) return { text: `${trust}, ${refused.length} refused`, style: 'yellow' };
  return trust === 'recovered' ? { text: trust, style: 'yellow' } : trust;
}

/** Its verdict in a column: one that nobody signed is somebody's word. */
export function verdictCell({ verdict }: ArtefactJson): Cell {
  if (verdict === null) return '-';
  const text = verdict.signed ? verdict.word : `${verdict.word} (unsigned)`;
  return isAllowed(verdict.word) ? text : { text, style: verdict.word === 'hold' ? 'yellow' : 'red' };
}

/** Who stands for an artefact and what was said of letting it in, a fact each, in the order in which it came about. */
export function vouchedFacts({
  artefact,
  changes,
  changesUnknown,
}: ArtefactReportJson): readonly (readonly [what: string, text: string])[] {
  const { verdict, builder, lockfile, signedBy, session, refused } = artefact;
  return [
    ...facts('Cargo.lock', lockfile),
    ...changes.map((one) => {
      const { name, file, verdict: word, at, by, samePolicy } = one;
      const policy = verdict === null || samePolicy ? '' : ', by another policy than its verdict';
      return [
        'change',
        `${name}: ${word}, ${sayTime(at)} by ${by}; ${tieText(one)} (${file})${policy}`,
      ] as const;
    }),
    ...facts('change', changesUnknown === null ? null : `unknown: ${changesUnknown}`),
    ...facts('builder', builder),
    ...facts('session', session === null ? null : sessions[session]),
    ...facts('verdict', verdict === null ? null : verdictText(verdict)),
    ...facts('signed by', signedBy.length === 0 ? null : signedBy.join(', ')),
    ...refused.map(({ reason, by, last, times }) => {
      const often = times === 1 ? '' : `, ${times} times`;
      return ['refused', `signatures that ${by} sent (${sayTime(last)}${often}): ${reason}`] as const;
    }),
  ];
}

function tieText({ tie, sameLockfile }: ArtefactReportJson['changes'][number]): string {
  if (tie === 'lockfile') return 'this Cargo.lock is the one that was judged';
  return `this commit is the one that was judged${sameLockfile === false ? ', with another Cargo.lock than this' : ''}`;
}

const sessions = {
  known: 'it fetched by a session that this server opened for it',
  elsewhere: 'it fetched by a session of another server, which is not known here',
  forgotten: 'it fetched by a session that is too old to be known',
} as const;

function verdictText({ word, policy, at, signed }: NonNullable<ArtefactJson['verdict']>): string {
  const by = policy === null ? '' : ` by policy ${policy.slice(0, 12)}`;
  const when = at === null ? '' : `, ${sayTime(at)}`;
  return `${word}${by}${when}${signed ? '' : ' (unsigned: the word of whoever added it)'}`;
}

function facts(what: string, text: string | null): readonly (readonly [string, string])[] {
  return text === null ? [] : [[what, text]];
}
