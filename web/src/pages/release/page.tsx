import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useLocation } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { policyQuery } from '../../api/policy.ts';
import { releaseQuery, sessionQuery } from '../../api/queries.ts';
import { requestsQuery } from '../../api/requests.ts';
import { Copyable } from '../../parts/copyable.tsx';
import { type Act, actsFor, actWords, Decide } from '../../parts/decide.tsx';
import { hasAsked } from '../../parts/has-asked.ts';
import { useKeys } from '../../parts/keys.ts';
import { State } from '../../parts/state.tsx';
import { Trouble } from '../../parts/trouble.tsx';
import { For, When } from '../../parts/when.tsx';
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
  const may = (permission: string) => session?.may.includes(permission) === true;
  const mayDecide = may('releases:decide');
  const isHeld = report?.release.state === 'held';
  const { data: policy } = useQuery({ ...policyQuery, enabled: isHeld && mayDecide && may('policy:read') });
  // Asked of the registry that the release is from: without one, those of other registries would be meant as well.
  const { data } = useQuery({
    ...requestsQuery({ crate, version, registry: report?.release.registry }),
    enabled: report !== undefined,
  });
  const [act, setAct] = useState<Act>();
  const open = useRef<readonly Act[]>([]);
  const begin = (wanted: Act) => {
    if (open.current.includes(wanted)) setAct(wanted);
  };
  useKeys({ a: () => begin('approve'), r: () => begin('reject') });
  if (error !== null) return <Trouble error={error} />;
  if (report === undefined) return <p aria-busy="true">Reading…</p>;
  const { release, instead, decisions = [] } = report;
  const stands = decisions.some(({ standing }) => standing === 'stands');
  const name = session?.who?.name;
  const approved = decisions.filter(({ kind, standing }) => kind === 'approve' && standing === 'stands');
  const asked = data?.requests[0]?.asked ?? [];
  const isAsker = hasAsked(name, asked);
  const hasApproved = hasAsked(name, approved);
  const canBreakGlass =
    isHeld &&
    policy?.settings.some(
      ({ section, key, value }) => section === 'cooldown' && key === 'break-glass' && value === true,
    ) === true;
  const acts = [...actsFor(release), ...(canBreakGlass ? (['break-glass'] as const) : [])].filter(
    (one) => (one !== 'take-back' || stands) && (one !== 'approve' || !(isAsker || hasApproved)),
  );
  open.current = mayDecide ? acts : [];
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
          <For since={release.since} />
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
      <Wanted release={release} asked={asked} isOwn={isAsker} mayAsk={may('releases:ask')} />
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
      {tab === 'verdict' && (
        <Verdict id={id} release={release} decisions={decisions} maySeeWhere={may('inventory:read')} />
      )}
      {tab === 'code' && <Code id={id} release={release} file={file} line={line} />}
      {tab === 'facts' && <Facts id={id} />}
      {tab === 'history' && <History log={report.log} />}
      {tab === 'history' && may('audit:read') && (
        <p>
          <Link to="/audit" search={{ find: release.crate }}>
            What the audit log has of {release.crate}
          </Link>
          , with the addresses that people acted from
        </p>
      )}
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
