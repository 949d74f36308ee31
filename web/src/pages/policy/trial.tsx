import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import type { PolicyJson, SimulatedJson } from '../../../../src/server/policy-contract.ts';
import { ask } from '../../api/client.ts';
import { saveAs } from '../../parts/save.ts';
import { Trouble } from '../../parts/trouble.tsx';
import { Cost } from './cost.tsx';

/** The policy as text, to be changed and tried on what came out lately: nothing is put in force by it. */
export function Trial({ policy, mayTry }: { readonly policy: PolicyJson; readonly mayTry: boolean }) {
  const [text, setText] = useState(policy.text);
  const [days, setDays] = useState(30);
  const id = useId();
  const { mutate, isPending, error, data } = useMutation({
    mutationFn: () => ask<SimulatedJson>('/api/v1/policy/simulate', 'POST', { text, days }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    mutate();
  };
  return (
    <>
      <form onSubmit={submit} className="trial">
        <label htmlFor={`${id}-text`}>The policy, as TOML</label>
        <textarea
          id={`${id}-text`}
          className="toml"
          value={text}
          rows={14}
          spellCheck={false}
          placeholder={'[cooldown]\nrelease = "7d"'}
          onChange={(event) => setText(event.target.value)}
        />
        <div className="acts">
          <label htmlFor={`${id}-days`}>Days of the past</label>
          <input
            id={`${id}-days`}
            type="number"
            min={1}
            max={365}
            value={days}
            onChange={(event) => setDays(Number(event.target.value))}
          />
          <button type="submit" disabled={isPending || !mayTry}>
            {isPending ? 'Judging…' : 'Try it'}
          </button>
          <button type="button" onClick={() => saveAs('safeguard.toml', 'application/toml', text)}>
            Save the file
          </button>
          {text !== policy.text && (
            <button type="button" className="plain" onClick={() => setText(policy.text)}>
              Back to the one in force
            </button>
          )}
        </div>
        {!mayTry && <p className="quiet">Trying one is for reviewers, auditors and admins.</p>}
      </form>
      {error !== null && <Trouble error={error} />}
      {data !== undefined && error === null && <Cost tried={data} days={days} />}
      <p className="quiet">
        Trying changes nothing. A policy comes into force with the file that the server is started with (
        <code>safeguard serve --policy safeguard.toml</code>): put the saved one there, and start it again.
      </p>
    </>
  );
}
