import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useLocation } from '@tanstack/react-router';
import { useState } from 'react';
import { releaseQuery, sessionQuery } from '../../api/queries.ts';
import { requestsQuery } from '../../api/requests.ts';
import { Copyable } from '../../parts/copyable.tsx';
import { type Act, actsFor, actWords, Decide } from '../../parts/decide.tsx';
import { hasAsked } from '../../parts/has-asked.ts';
import { State } from '../../parts/state.tsx';
import { Trouble } from '../../parts/trouble.tsx';
import { When } from '../../parts/when.tsx';
import { Code } from './code.tsx';
import { Facts } from './facts.tsx';
import { History } from './history.tsx';
import { releaseTabs } from './tabs.ts';
import { Verdict } from './verdict.tsx';
import { Wanted } from './wanted.tsx';

const route = getRouteApi('/releases/$crate/$version');

const tabWords = { verdict: 'Verdict', code: 'Code', facts: 'Facts and people', history: 'History' } as const;

/** One release: where it stands and why, the code that runs at build time, and what a person can do about it. */
export function Release() {
  const { crate, version } = route.useParams();
  const { registry, tab = 'verdict', file, line } = route.useSearch();
  const id = { crate, version, registry };
  const { data: report, error } = useQuery(releaseQuery(id));
  const { data: session } = useQuery(sessionQuery);
  // Asked of the registry that the release is from: without one, those of other registries would be meant as well.
  const { data } = useQuery({
    ...requestsQuery({ crate, version, registry: report?.release.registry }),
    enabled: report !== undefined,
  });
  const [act, setAct] = useState<Act>();
  if (error !== null) return <Trouble error={error} />;
  if (report === undefined) return <p aria-busy="true">Reading…</p>;
  const { release, instead, decisions = [] } = report;
  const mayDecide = session?.may.includes('releases:decide') === true;
  const stands = decisions.some(({ standing }) => standing === 'stands');
  const name = session?.who?.name;
  const approved = decisions.filter(({ kind, standing }) => kind === 'approve' && standing === 'stands');
  const asked = data?.requests[0]?.asked ?? [];
  const isAsker = hasAsked(name, asked);
  const hasApproved = hasAsked(name, approved);
  const acts = actsFor(release).filter(
    (one) => (one !== 'take-back' || stands) && (one !== 'approve' || !(isAsker || hasApproved)),
  );
  const why = isAsker
    ? 'You asked for it: somebody else approves of it.'
    : hasApproved
      ? 'You approved of it: another person has to, too.'
      : undefined;
  return (
    <>
      <header className="release-head">
        <h1>
          {release.crate} <span className="version">{release.version}</span>
        </h1>
        <State state={release.state} />
        <span className="quiet">
          since <When at={release.since} />
          {release.until !== undefined && (
            <>
              , ends <When at={release.until} />
            </>
          )}
          {release.yanked && ', yanked by its authors'}
        </span>
        {mayDecide ? (
          <div className="acts">
            {acts.map((one) => (
              <button key={one} type="button" onClick={() => setAct(one)}>
                {actWords[one]}
              </button>
            ))}
            {release.state === 'review' && why !== undefined && <span className="quiet">{why}</span>}
          </div>
        ) : (
          session?.who === null && <SignInToDecide />
        )}
      </header>
      {instead !== undefined && (
        <p>
          Until then use {instead.version}: <Copyable text={instead.command} />
        </p>
      )}
      <Wanted
        release={release}
        asked={asked}
        isOwn={isAsker}
        mayAsk={session?.may.includes('releases:ask') === true}
      />
      <nav className="tabs" aria-label="Of this release">
        {releaseTabs.map((one) => (
          <Link
            key={one}
            to="/releases/$crate/$version"
            params={{ crate, version }}
            search={{ registry, tab: one === 'verdict' ? undefined : one }}
            aria-current={one === tab ? 'page' : undefined}
            activeOptions={{ includeSearch: true, exact: true }}
          >
            {tabWords[one]}
          </Link>
        ))}
      </nav>
      {tab === 'verdict' && <Verdict id={id} release={release} decisions={decisions} />}
      {tab === 'code' && <Code id={id} file={file} line={line} />}
      {tab === 'facts' && <Facts id={id} />}
      {tab === 'history' && <History log={report.log} />}
      {act !== undefined && <Decide act={act} releases={[release]} onClose={() => setAct(undefined)} />}
    </>
  );
}

function SignInToDecide() {
  const { href } = useLocation();
  return (
    <p className="quiet">
      <Link to="/sign-in" search={{ back: href }}>
        Sign in
      </Link>{' '}
      to ask for it, or to decide.
    </p>
  );
}
