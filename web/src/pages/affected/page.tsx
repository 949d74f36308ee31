import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useRef } from 'react';
import { affectedQuery } from '../../api/inventory.ts';
import { sessionQuery } from '../../api/queries.ts';
import { useKeys } from '../../parts/keys.ts';
import { Trouble } from '../../parts/trouble.tsx';
import { Exposed } from '../today/exposed.tsx';
import { Answer } from './answer.tsx';
import { Question } from './question.tsx';

const route = getRouteApi('/affected');

/** Where an advisory, a release or a library is: in which artefacts, by which way, on which hosts, and what to upgrade to. */
export function Affected() {
  const { of = '', library = false } = route.useSearch();
  const navigate = route.useNavigate();
  const field = useRef<HTMLInputElement>(null);
  const { data, error, isFetching } = useQuery(affectedQuery(of, library));
  const { data: session } = useQuery(sessionQuery);
  const ask = useCallback(
    (wanted: string, isLibrary: boolean) =>
      void navigate({
        to: '/affected',
        search: { of: wanted || undefined, library: isLibrary || undefined },
        replace: true,
      }),
    [navigate],
  );
  useKeys({ '/': () => field.current?.focus() });
  return (
    <>
      <h1>Affected</h1>
      <Question of={of} library={library} field={field} onAsk={ask} />
      {of === '' && (
        <p className="empty">
          Type the id of an advisory (RUSTSEC, CVE, GHSA), a crate with a requirement (time@&lt;0.3.20), or a
          library of a distribution with its bounds. The answer names the artefacts that have it, the way by
          which it came in, the hosts that run them, and the shortest upgrade.
        </p>
      )}
      {of === '' && session?.may.includes('sightings:read') === true && (
        <Exposed lastVisit={Number.POSITIVE_INFINITY} />
      )}
      {of !== '' && error !== null && <Trouble error={error} />}
      {of !== '' && error === null && data === undefined && <p aria-busy="true">Looking…</p>}
      {of !== '' && error === null && data !== undefined && <Answer found={data} isOld={isFetching} />}
    </>
  );
}
