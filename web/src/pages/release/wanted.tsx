import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReleaseJson } from '../../../../src/server/contract.ts';
import { requestsQuery } from '../../api/requests.ts';
import { AskFor } from '../../parts/ask-for.tsx';
import { hasAsked } from '../../parts/has-asked.ts';
import { When } from '../../parts/when.tsx';

/** Who needs the release, and the way to ask for it, where it is not handed out. */
export function Wanted({
  release,
  name,
  mayAsk,
}: {
  readonly release: ReleaseJson;
  /** Who is signed in. */
  readonly name: string | undefined;
  readonly mayAsk: boolean;
}) {
  const { crate, version, registry, state } = release;
  const { data } = useQuery(requestsQuery({ crate, version, registry }));
  const [asking, setAsking] = useState(false);
  const asked = data?.requests[0]?.asked ?? [];
  const isOwn = hasAsked(name, asked);
  const isOpen = !isOwn && (state === 'held' || state === 'review' || state === 'blocked');
  if (asked.length === 0 && !(mayAsk && isOpen)) return null;
  return (
    <section className="wanted" aria-label="Who needs it">
      {asked.length > 0 && (
        <ul className="askers">
          {asked.map(({ by, reason, at }) => (
            <li key={by}>
              <strong>{by}</strong> needs it <When at={at} />: {reason}
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
