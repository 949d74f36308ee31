import type { AuditEntryJson } from '../../../../src/server/audit/contract.ts';

const words: Readonly<Partial<Record<AuditEntryJson['action'], string>>> = {
  'release.blocked': 'blocked a release',
  'release.unblocked': 'lifted a block',
  'release.break-glass': 'asked to end a cool-down',
  'release.approved': 'approved of a release',
  'release.rejected': 'rejected a release',
  'release.taken-back': 'took decisions back',
  'release.requested': 'asked for a release',
  'token.created': 'made a token',
  'token.revoked': 'ended a token',
  'person.signed-in': 'signed in',
  'link.created': 'made a link to sign in by',
  'clock.trusted': 'said that the clock is right',
  'policy.activated': 'put a policy in force',
  'policy.proposed': 'wants another policy in force',
  'settings.changed': 'changed settings',
  'exploited.marked': 'said that a vulnerability is exploited',
  'exploited.withdrawn': 'took it back that one is exploited',
  'exploited.measure': 'said that a measure is available',
  'exploited.submitted': 'said that a report was submitted',
  'exploited.unsubmitted': 'said that a report was not submitted',
};

/** What somebody did, as people say it. */
export function wordsOf(action: AuditEntryJson['action']): string {
  return words[action] ?? action;
}
