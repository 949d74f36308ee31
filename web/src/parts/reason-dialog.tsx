import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { askAgain } from '../api/again.ts';
import { Dialog } from './dialog.tsx';
import { Trouble } from './trouble.tsx';

/** Asks for a reason, does what it is given for, and then says what came of it. */
export function ReasonDialog({
  title,
  doneTitle,
  label,
  placeholder,
  act,
  about,
  more,
  touches,
  perform,
  onClose,
}: {
  readonly title: string;
  /** What stands there instead once it is done. */
  readonly doneTitle: string;
  /** What is asked: why, what for. */
  readonly label: string;
  readonly placeholder: string;
  /** What the button says. */
  readonly act: string;
  /** What stands above the reason, and below it. */
  readonly about?: ReactNode;
  readonly more?: ReactNode;
  /** Questions to the API that it gives another answer to, by the first word of their key. */
  readonly touches: readonly string[];
  /** Does it; returns what the server said. */
  readonly perform: (reason: string) => Promise<readonly string[]>;
  readonly onClose: (done: boolean) => void;
}) {
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const id = useId();
  const { mutate, isPending, error, data } = useMutation({
    mutationFn: () => perform(reason.trim()),
    onSettled: () => askAgain(queries, touches),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    mutate();
  };
  if (data !== undefined)
    return (
      <Dialog key="done" title={doneTitle} onClose={() => onClose(true)}>
        <ul role="status">
          {data.map((message) => (
            <li key={message}>{message}</li>
          ))}
        </ul>
        <div className="acts">
          <button type="button" onClick={() => onClose(true)}>
            Done
          </button>
        </div>
      </Dialog>
    );
  return (
    <Dialog title={title} onClose={() => onClose(false)}>
      <form onSubmit={submit}>
        {about}
        <label htmlFor={id}>{label}</label>
        <textarea
          id={id}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          required
          maxLength={2000}
          rows={3}
          placeholder={placeholder}
        />
        {more}
        {error !== null && <Trouble error={error} />}
        <div className="acts">
          <button type="submit" disabled={isPending || reason.trim() === ''}>
            {isPending ? 'One moment…' : act}
          </button>
          <button type="button" className="plain" onClick={() => onClose(false)}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}
