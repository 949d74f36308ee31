import { useId, useState } from 'react';
import type { ActedJson, ReleaseJson } from '../../../src/server/contract.ts';
import { ApiProblem, ask } from '../api/client.ts';
import { ReasonDialog } from './reason-dialog.tsx';
import { Says } from './says.tsx';

/** What a person can do at the desk. */
export type Act = 'approve' | 'reject' | 'take-back' | 'block' | 'unblock' | 'break-glass';

/** What each is called. */
export const actWords: Readonly<Record<Act, string>> = {
  approve: 'Approve',
  reject: 'Reject',
  'take-back': 'Take decisions back',
  block: 'Block',
  unblock: 'Lift the block',
  'break-glass': 'End its wait',
};

/** The acts that a release is open to, where it stands now. */
export function actsFor({ state }: Pick<ReleaseJson, 'state'>): readonly Act[] {
  switch (state) {
    case 'review':
      return ['approve', 'reject', 'block'];
    case 'blocked':
      return ['unblock', 'take-back'];
    case 'held':
    case 'promoted':
      return ['block', 'take-back'];
    case 'withdrawn':
      return [];
  }
}

/** Questions to the API that an act gives another answer to. */
const touches = ['quarantine', 'release', 'explain', 'status', 'requests', 'approvals', 'audit'];

/** What the act is about: what was asked of a person, and what goes on after the answer. */
function About({ act, release }: { readonly act: Act; readonly release: ReleaseJson | undefined }) {
  const asked = (release?.verdict.findings ?? []).filter(
    ({ effect, waived, answered }) => effect === 'review' && waived === undefined && answered === undefined,
  );
  if (act === 'break-glass')
    return (
      <p>
        It takes two different people: after you, another one has to do the same. It stays marked in the
        verdict and in the log.
      </p>
    );
  if ((act !== 'approve' && act !== 'reject') || asked.length === 0) return null;
  return (
    <>
      <p>{act === 'approve' ? 'You say yes to this, and to nothing else:' : 'You say no to this:'}</p>
      <ul className="few">
        {asked.map(({ rule, message }) => (
          <li key={`${rule} ${message}`}>
            <Says text={message} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** Asks why, then acts on each of the releases; what failed of several is said one by one. */
export function Decide({
  act,
  releases,
  onClose,
}: {
  readonly act: Act;
  readonly releases: readonly ReleaseJson[];
  readonly onClose: (done: boolean) => void;
}) {
  const [until, setUntil] = useState('');
  const id = useId();
  const decides = act === 'approve' || act === 'reject';
  const perform = async (reason: string) => {
    const said: string[] = [];
    for (const { crate, version, registry } of releases) {
      const body = { crate, version, registry, reason, ...(decides && until !== '' ? { until } : {}) };
      try {
        said.push((await ask<ActedJson>(`/api/v1/quarantine/${act}`, 'POST', body)).message);
      } catch (error) {
        // Of several, what is refused keeps none of the others.
        if (releases.length === 1 || !(error instanceof ApiProblem)) throw error;
        said.push(`${crate} ${version}, refused: ${error.message}`);
      }
    }
    return said;
  };
  const what =
    releases.length === 1 ? `${releases[0]?.crate} ${releases[0]?.version}` : `${releases.length} releases`;
  return (
    <ReasonDialog
      title={`${actWords[act]}: ${what}`}
      doneTitle={actWords[act]}
      label="Why"
      placeholder="Stays in the log, with your name."
      act={actWords[act]}
      about={
        releases.length === 1 ? (
          <About act={act} release={releases[0]} />
        ) : (
          <ul className="few">
            {releases.map(({ registry, crate, version }) => (
              <li key={`${registry} ${crate} ${version}`}>
                {crate} {version}
              </li>
            ))}
          </ul>
        )
      }
      more={
        decides && (
          <>
            <label htmlFor={id}>
              Until <span className="quiet">(may be left open)</span>
            </label>
            <input id={id} type="date" value={until} onChange={(event) => setUntil(event.target.value)} />
          </>
        )
      }
      touches={touches}
      perform={perform}
      onClose={onClose}
    />
  );
}
