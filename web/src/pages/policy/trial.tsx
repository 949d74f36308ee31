import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useId, useRef, useState } from 'react';
import type { PolicyJson, SimulatedJson } from '../../../../src/server/policy-contract.ts';
import { ask } from '../../api/client.ts';
import { saveAs } from '../../parts/save.ts';
import { Trouble } from '../../parts/trouble.tsx';
import { When } from '../../parts/when.tsx';
import { Cost } from './cost.tsx';
import { SettingForm } from './form.tsx';
import { SavePolicy } from './save.tsx';

/** The policy as text, to be changed, tried on what came out lately, and then put in force. */
export function Trial({
  policy,
  from,
  setting,
  may,
}: {
  readonly policy: PolicyJson;
  /** The policy that it begins with: digest of one of the past, or `nameOf` one that somebody wants. */
  readonly from: string | undefined;
  /** The setting that is to be changed, as `section.key`. */
  readonly setting: string | undefined;
  readonly may: { readonly attempt: boolean; readonly save: boolean };
}) {
  const begun =
    policy.proposals.find((one) => nameOf(one) === from) ??
    policy.history.find(({ digest }) => digest === from);
  const [text, setText] = useState(begun?.text ?? policy.text);
  const [days, setDays] = useState(30);
  const [isSaving, setIsSaving] = useState(false);
  const id = useId();
  const buttons = useRef<HTMLDivElement>(null);
  const { mutate, isPending, error, data, variables } = useMutation({
    mutationFn: (tried: { readonly text: string; readonly days: number }) =>
      ask<SimulatedJson>('/api/v1/policy/simulate', 'POST', tried),
    // It stands below what was changed, mostly out of sight.
    onSettled: () => window.requestAnimationFrame(() => buttons.current?.scrollIntoView({ block: 'start' })),
  });
  const typed = useRef<((text: string) => string) | undefined>(undefined);
  const edit = (to: string) => {
    typed.current = undefined;
    setText(to);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // Whoever typed a value means to try it, whether it was put into the text or not.
    const tried = typed.current?.(text) ?? text;
    typed.current = undefined;
    setText(tried);
    mutate({ text: tried, days });
  };
  // What it costs is seen before it is paid.
  const isTried = data !== undefined && error === null && variables?.text === text && !data.isSame;
  return (
    <>
      <Proposals policy={policy} />
      <form onSubmit={submit} className="trial">
        <label htmlFor={`${id}-text`}>The policy, as TOML</label>
        <textarea
          id={`${id}-text`}
          className="toml"
          value={text}
          rows={14}
          spellCheck={false}
          placeholder={'[cooldown]\nrelease = "7d"'}
          onChange={(event) => edit(event.target.value)}
        />
        <SettingForm
          settings={policy.settings}
          text={text}
          begun={setting}
          typed={typed}
          onChange={setText}
        />
        <div className="acts" ref={buttons}>
          <label htmlFor={`${id}-days`}>Days of the past</label>
          <input
            id={`${id}-days`}
            type="number"
            min={1}
            max={365}
            value={days}
            onChange={(event) => setDays(Number(event.target.value))}
          />
          <button type="submit" disabled={isPending || !may.attempt}>
            {isPending ? 'Judging…' : 'Try it'}
          </button>
          {may.save && policy.saving.isPossible && (
            <button type="button" disabled={!isTried} onClick={() => setIsSaving(true)}>
              Put it in force…
            </button>
          )}
          <button type="button" onClick={() => saveAs('safeguard.toml', 'application/toml', text)}>
            Download the text
          </button>
          {text !== policy.text && (
            <button type="button" className="plain" onClick={() => edit(policy.text)}>
              Back to the one in force
            </button>
          )}
        </div>
        {!may.attempt && <p className="quiet">Trying one is for reviewers, auditors and admins.</p>}
      </form>
      <div>
        {begun !== undefined && data === undefined && error === null && (
          <p role="status">
            This is the text of <When at={begun.at} exact />. Try it, then put it in force.
          </p>
        )}
        {error !== null && <Trouble error={error} />}
        {data !== undefined && error === null && <Cost tried={data} days={days} />}
      </div>
      <HowSaved policy={policy} maySave={may.save} />
      {isSaving && <SavePolicy policy={policy} text={text} onClose={() => setIsSaving(false)} />}
    </>
  );
}

/** Two people may want texts that judge alike and are not the same. */
function nameOf({ digest, by }: Pick<PolicyJson['proposals'][number], 'digest' | 'by'>): string {
  return `${digest}.${by}`;
}

/** Policies that wait for another person. */
function Proposals({ policy: { proposals, saving } }: { readonly policy: PolicyJson }) {
  if (proposals.length === 0) return null;
  return (
    <section className="wanted" aria-label="Wanted in force">
      <ul className="askers">
        {proposals.map(({ digest, by, at, reason }) => (
          <li key={`${digest} ${by}`}>
            <strong>{by}</strong> wants <code>{digest.slice(0, 12)}</code> in force <When at={at} />: {reason}{' '}
            <Link to="/policy" search={{ tab: 'trial', from: nameOf({ digest, by }) }}>
              Look at it
            </Link>
          </li>
        ))}
      </ul>
      <p className="quiet">
        It takes {saving.people} different people: look at it, try it, and put it in force as well.
      </p>
    </section>
  );
}

function HowSaved({
  policy: { saving },
  maySave,
}: {
  readonly policy: PolicyJson;
  readonly maySave: boolean;
}) {
  if (saving.isPossible && maySave)
    return (
      <p className="quiet">
        Trying changes nothing. Once a text was tried it can be put in force: it is written to{' '}
        <code>{saving.file}</code>, and the audit log has both.
      </p>
    );
  return (
    <p className="quiet">
      Trying changes nothing.{' '}
      {saving.file === null ? (
        <>
          This server was started without a policy: download the text, and start it with{' '}
          <code>safeguard serve --policy safeguard.toml</code>.
        </>
      ) : saving.isPossible ? (
        'Admins put a policy in force from here.'
      ) : (
        <>
          The server cannot write <code>{saving.file}</code>: download the text, put it there where that is
          done, and start the server again.
        </>
      )}
    </p>
  );
}
