import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { RequestJson } from '../../../../src/server/requests-contract.ts';
import { sessionQuery } from '../../api/queries.ts';
import { requestPagesQuery } from '../../api/requests.ts';
import { AskFor } from '../../parts/ask-for.tsx';
import { Copyable } from '../../parts/copyable.tsx';
import { countOf } from '../../parts/count.ts';
import { type Act, actsFor, Decide } from '../../parts/decide.tsx';
import { hasAsked } from '../../parts/has-asked.ts';
import { useKeys } from '../../parts/keys.ts';
import { Toolbar } from '../../parts/toolbar.tsx';
import { Trouble } from '../../parts/trouble.tsx';
import { Card, type May } from './card.tsx';
import { type Standing, standings } from './standing.ts';

const route = getRouteApi('/requests');

/** Releases that people need and that are not handed out: those that most need first. */
export function Requests() {
  const { standing = 'waiting' } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: session } = useQuery(sessionQuery);
  const { data, error, isPending, ...pages } = useInfiniteQuery(
    requestPagesQuery({ state: standings[standing].states.join(',') }),
  );
  const [at, setAt] = useState(0);
  const [doing, setDoing] = useState<{ readonly act: Act | 'ask'; readonly request: RequestJson }>();
  const requests = data?.pages.flatMap((page) => page.requests) ?? [];
  const current = requests[Math.min(at, requests.length - 1)];
  const may: May = {
    ask: session?.may.includes('releases:ask') === true,
    decide: session?.may.includes('releases:decide') === true,
    name: session?.who?.name,
  };
  const begin = (act: Act) => {
    if (current === undefined || !may.decide || !actsFor(current.release).includes(act)) return;
    if (!hasAsked(may.name, current.asked)) setDoing({ act, request: current });
  };
  useKeys({
    j: () => setAt((now) => Math.min(now + 1, Math.max(0, requests.length - 1))),
    k: () => setAt((now) => Math.max(0, now - 1)),
    a: () => begin('approve'),
    r: () => begin('reject'),
    enter: () => {
      if (current === undefined) return;
      const { crate, version, registry } = current.release;
      void navigate({ to: '/releases/$crate/$version', params: { crate, version }, search: { registry } });
    },
  });
  const rows = () => [
    ['registry', 'crate', 'version', 'state', 'by', 'at', 'reason'],
    ...requests.flatMap(({ release: { registry, crate, version, state }, asked }) =>
      asked.map(({ by, at, reason }) => [registry, crate, version, state, by, at, reason]),
    ),
  ];
  return (
    <>
      <h1>Requests</h1>
      <nav className="tabs" aria-label="Requests that are">
        {(Object.keys(standings) as Standing[]).map((one) => (
          <Link
            key={one}
            to="/requests"
            search={{ standing: one === 'waiting' ? undefined : one }}
            aria-current={one === standing ? 'page' : undefined}
            activeOptions={{ includeSearch: true, exact: true }}
          >
            {standings[one].word}
          </Link>
        ))}
      </nav>
      {error !== null && <Trouble error={error} />}
      <Toolbar
        says={isPending ? 'Reading…' : countOf(requests.length, 'release')}
        name="requests"
        rows={rows}
        pages={pages}
      />
      {data !== undefined && requests.length === 0 && (
        <p className="empty">
          {standing === 'waiting'
            ? 'Nobody waits for an answer. Whoever needs a release that is held back opens its page (cargo prints the address) and asks for it, or types '
            : 'Nothing is like that. '}
          {standing === 'waiting' && (
            <Copyable text={'safeguard quarantine request CRATE@VERSION --reason "…"'} />
          )}
        </p>
      )}
      <ul className="cards">
        {requests.map((request) => (
          <Card
            key={`${request.release.registry} ${request.release.crate} ${request.release.version}`}
            request={request}
            may={may}
            isCurrent={request === current}
            onAct={(act) => setDoing({ act, request })}
            onAsk={() => setDoing({ act: 'ask', request })}
          />
        ))}
      </ul>
      {doing?.act === 'ask' && <AskFor release={doing.request.release} onClose={() => setDoing(undefined)} />}
      {doing !== undefined && doing.act !== 'ask' && (
        <Decide act={doing.act} releases={[doing.request.release]} onClose={() => setDoing(undefined)} />
      )}
    </>
  );
}
