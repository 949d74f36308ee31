import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import type { ActedJson, ReleaseJson } from '../../../src/server/contract.ts';
import { ask } from '../api/client.ts';
import { Dialog } from './dialog.tsx';
import { Trouble } from './trouble.tsx';

/** What a person can do at the desk. */
export type Act = 'approve' | 'reject' | 'take-back' | 'block' | 'unblock';

/** What each is called. */
export const actWords: Readonly<Record<Act, string>> = {
  approve: 'Approve',
  reject: 'Reject',
  'take-back': 'Take decisions back',
  block: 'Block',
  unblock: 'Lift the block',
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
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const [until, setUntil] = useState('');
  const id = useId();
  const decides = act === 'approve' || act === 'reject';
  const { mutate, isPending, error, data } = useMutation({
    mutationFn: async () => {
      const said: string[] = [];
      for (const { crate, version, registry } of releases) {
        const body = {
          crate,
          version,
          registry,
          reason,
          ...(decides && until !== '' ? { until } : {}),
        };
        said.push((await ask<ActedJson>(`/api/v1/quarantine/${act}`, 'POST', body)).message);
      }
      return said;
    },
    onSettled: async () => {
      for (const queryKey of [
        ['quarantine'],
        ['release'],
        ['explain'],
        ['status'],
        ['requests'],
        ['approvals'],
        ['audit'],
      ])
        await queries.invalidateQueries({ queryKey });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    mutate();
  };
  const what =
    releases.length === 1 ? `${releases[0]?.crate} ${releases[0]?.version}` : `${releases.length} releases`;
  if (data !== undefined)
    return (
      <Dialog title={actWords[act]} onClose={() => onClose(true)}>
        <ul role="status">
          {data.map((message) => (
            <li key={message}>{message}</li>
          ))}
        </ul>
        <button type="button" onClick={() => onClose(true)}>
          Done
        </button>
      </Dialog>
    );
  return (
    <Dialog title={`${actWords[act]}: ${what}`} onClose={() => onClose(false)}>
      <form onSubmit={submit}>
        {releases.length > 1 && (
          <ul className="few">
            {releases.map(({ registry, crate, version }) => (
              <li key={`${registry} ${crate} ${version}`}>
                {crate} {version}
              </li>
            ))}
          </ul>
        )}
        <label htmlFor={`${id}-reason`}>Why</label>
        <textarea
          id={`${id}-reason`}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          required
          maxLength={2000}
          rows={3}
          placeholder="Stays in the log, with your name."
        />
        {decides && (
          <>
            <label htmlFor={`${id}-until`}>
              Until <span className="quiet">(may be left open)</span>
            </label>
            <input
              id={`${id}-until`}
              type="date"
              value={until}
              onChange={(event) => setUntil(event.target.value)}
            />
          </>
        )}
        {error !== null && <Trouble error={error} />}
        <div className="acts">
          <button type="submit" disabled={isPending || reason.trim() === ''}>
            {isPending ? 'One moment…' : actWords[act]}
          </button>
          <button type="button" className="plain" onClick={() => onClose(false)}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}
