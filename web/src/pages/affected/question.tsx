import { type FormEvent, type RefObject, useEffect, useState } from 'react';
import { isWhole } from './whole.ts';

/** Milliseconds without a key after which what was typed is asked for. */
const typing = 400;

/** What is asked about: an advisory, a release or a library; asked as one types. */
export function Question({
  of,
  library,
  field,
  onAsk,
}: {
  readonly of: string;
  readonly library: boolean;
  readonly field: RefObject<HTMLInputElement | null>;
  readonly onAsk: (of: string, library: boolean) => void;
}) {
  const [typed, setTyped] = useState(of);
  // Another page, or a link on this one, asks as well.
  useEffect(() => {
    if (document.activeElement !== field.current) setTyped(of);
  }, [of, field]);
  useEffect(() => {
    if (typed.trim() === of || !isWhole(typed.trim(), library)) return;
    const timer = window.setTimeout(() => onAsk(typed.trim(), library), typing);
    return () => window.clearTimeout(timer);
  }, [typed, of, library, onAsk]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onAsk(typed.trim(), library);
  };
  return (
    <search>
      <form className="filters" onSubmit={submit}>
        <label>
          What is affected by{' '}
          <input
            ref={field}
            type="search"
            value={typed}
            placeholder={library ? 'openssl@<3.0.15' : 'RUSTSEC-2026-0001 or time@<0.3'}
            size={36}
            maxLength={300}
            spellCheck={false}
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
        <label>
          <input
            type="checkbox"
            checked={library}
            onChange={({ target }) => onAsk(typed.trim(), target.checked)}
          />{' '}
          a library of a distribution
        </label>
        <button type="submit">Ask</button>
      </form>
    </search>
  );
}
