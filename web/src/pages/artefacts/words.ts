import type { ArtefactJson } from '../../../../src/server/artefact-contract.ts';

/** How far what is said of an artefact is to be believed. */
export const trusts: Readonly<Record<ArtefactJson['trust'], string>> = {
  signed: 'signed',
  unsigned: 'on somebody’s word',
  recovered: 'by traces in it',
};

/** What was said of letting an artefact in. */
export const verdicts: Readonly<Record<NonNullable<ArtefactJson['verdict']>['word'], string>> = {
  allow: 'allow',
  hold: 'hold',
  review: 'review',
  deny: 'deny',
  passed: 'passed, by another verifier',
  failed: 'failed, by a verifier',
};

/** What is known of the session that fetched what a signed artefact was built of. */
export const sessions: Readonly<Record<NonNullable<ArtefactJson['session']>, string>> = {
  known: 'fetched by a session that this server opened for it',
  elsewhere: 'fetched by a session of another server, which is not known here',
  forgotten: 'fetched by a session that is too old to be known',
};

/** Whether a verdict lets its program in. */
export function lets(word: keyof typeof verdicts): boolean {
  return word === 'allow' || word === 'passed';
}

export const completenesses: Readonly<Record<ArtefactJson['completeness'], string>> = {
  complete: 'all components are known',
  incomplete: 'some components are missing',
  unknown: 'it is not known whether those are all',
};
