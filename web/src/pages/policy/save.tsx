import type { PolicyJson, SavedPolicyJson } from '../../../../src/server/policy-contract.ts';
import { ask } from '../../api/client.ts';
import { ReasonDialog } from '../../parts/reason-dialog.tsx';

/** Questions to the API that another policy gives another answer to. */
const touches = ['policy', 'status', 'quarantine', 'release', 'explain', 'requests', 'approvals', 'audit'];

/** Asks why, and has the server write the policy to its file and put it in force. */
export function SavePolicy({
  policy: { digest: base, saving },
  text,
  onClose,
}: {
  readonly policy: PolicyJson;
  readonly text: string;
  readonly onClose: () => void;
}) {
  const perform = async (reason: string) => {
    const body = { text, reason, base };
    return [(await ask<SavedPolicyJson>('/api/v1/policy', 'POST', body)).message];
  };
  return (
    <ReasonDialog
      title="Put this policy in force"
      doneTitle="Saved"
      label="Why"
      placeholder="Stays in the audit log, with both texts."
      act={saving.people > 1 ? 'Want it in force' : 'Put it in force'}
      about={
        <p>
          It is written to <code>{saving.file}</code>, and everything is judged by it.
          {saving.people > 1 && ` It takes ${saving.people} different people who want this very text.`}
        </p>
      }
      touches={touches}
      perform={perform}
      onClose={onClose}
    />
  );
}
