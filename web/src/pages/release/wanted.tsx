import { useState } from 'react';
import type { ReleaseJson } from '../../../../src/server/contract.ts';
import type { RequestJson } from '../../../../src/server/requests-contract.ts';
import { AskFor } from '../../parts/ask-for.tsx';
import { When } from '../../parts/when.tsx';

/** Who needs the release, and the way to ask for it, where it is not handed out. */
export function Wanted({
  release,
  asked,
  isOwn,
  mayAsk,
}: {
  readonly release: ReleaseJson;
  readonly asked: RequestJson['asked'];
  /** Whether who is signed in is among them. */
  readonly isOwn: boolean;
  readonly mayAsk: boolean;
}) {
  const { state } = release;
  const [asking, setAsking] = useState(false);
  const isOpen = !isOwn && (state === 'held' || state === 'review' || state === 'blocked');
  if (asked.length === 0 && !(mayAsk && isOpen)) return null;
  return (
    <section className="wanted" aria-label="Who needs it">
      {asked.length > 0 && (
        <ul className="askers">
          {asked.map(({ by, reason, at }) => (
            <li key={by}>
              <strong>{by}</strong> asked for it <When at={at} />: {reason}
            </li>
          ))}
        </ul>
      )}
      {mayAsk && isOpen && (
        <button type="button" onClick={() => setAsking(true)}>
          {asked.length === 0 ? 'I need it' : 'I need it, too'}
        </button>
      )}
      {asking && <AskFor release={release} onClose={() => setAsking(false)} />}
    </section>
  );
}
