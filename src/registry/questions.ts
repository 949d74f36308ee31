import { isApprovable } from '../policy/decisions.ts';
import { counts } from '../policy/excepted.ts';
import type { Finding } from '../policy/finding.ts';
import { isWaivableUnder } from '../policy/judge.ts';
import type { Policy } from '../policy/policy.ts';
import type { ReleaseRecord } from '../store/records.ts';

/** The findings on a release that wait for a person, and those that people, or an audit, answered. */
export function questionsIn({ verdict }: ReleaseRecord, policy: Policy): readonly Finding[] {
  return verdict.findings.filter(
    (finding) =>
      isApprovable(finding, (rule) => isWaivableUnder(policy, rule)) && finding.waived === undefined,
  );
}

/** Whether a person's yes could end what keeps a release from being handed out, or bring it nearer. */
export function waitsForPerson(release: ReleaseRecord, policy: Policy): boolean {
  return release.state === 'review' && questionsIn(release, policy).some(counts);
}

/** What a person types to approve of a release. `isDefault`: commands mean its registry without being told. */
export function approvalLine(
  name: string,
  { version, registry }: Pick<ReleaseRecord, 'version' | 'registry'>,
  isDefault: boolean,
): string {
  const from = isDefault ? '' : ` --registry ${registry}`;
  return `safeguard quarantine approve ${name}@${version}${from} --reason "…"`;
}
