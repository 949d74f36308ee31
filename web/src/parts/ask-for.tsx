import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import type { ActedJson, ReleaseJson } from '../../../src/server/contract.ts';
import { ask } from '../api/client.ts';
import { Dialog } from './dialog.tsx';
import { Trouble } from './trouble.tsx';

/** Says that one needs a release, and what for: several people share one request, and others decide. */
export function AskFor({
  release: { registry, crate, version },
  onClose,
}: {
  readonly release: Pick<ReleaseJson, 'registry' | 'crate' | 'version'>;
  readonly onClose: () => void;
}) {
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const id = useId();
  const { mutate, isPending, error, data } = useMutation({
    mutationFn: () =>
      ask<ActedJson>('/api/v1/requests', 'POST', { registry, crate, version, reason: reason.trim() }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['requests'] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    mutate();
  };
  if (data !== undefined)
    return (
      <Dialog title="Asked for" onClose={onClose}>
        <p role="status">{data.message}</p>
        <button type="button" onClick={onClose}>
          Done
        </button>
      </Dialog>
    );
  return (
    <Dialog title={`I need ${crate} ${version}`} onClose={onClose}>
      <form onSubmit={submit}>
        <label htmlFor={id}>What for</label>
        <textarea
          id={id}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          required
          maxLength={2000}
          rows={3}
          placeholder="Whoever decides reads it."
        />
        {error !== null && <Trouble error={error} />}
        <div className="acts">
          <button type="submit" disabled={isPending || reason.trim() === ''}>
            {isPending ? 'One moment…' : 'Ask for it'}
          </button>
          <button type="button" className="plain" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}
