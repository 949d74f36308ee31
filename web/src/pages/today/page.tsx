import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { ReleaseJson } from '../../../../src/server/contract.ts';
import { fewReleasesQuery, type QuarantineFilter, sessionQuery, statusQuery } from '../../api/queries.ts';
import { countOf } from '../../parts/count.ts';
import { ReleaseLink } from '../../parts/release-link.tsx';
import { Says } from '../../parts/says.tsx';
import { Trouble } from '../../parts/trouble.tsx';
import { When } from '../../parts/when.tsx';
import { ExploitedNow } from './exploited.tsx';
import { Exposed } from './exposed.tsx';
import { Health } from './health.tsx';
import { useLastVisit } from './last-visit.ts';
import { OwnRequests } from './own-requests.tsx';

/** Releases that each list shows. */
const few = 8;

/** What a reviewer looks at in the morning: what waits, what comes next, what was refused, and whether the mirror is well. */
export function Today() {
  const { data: status, error } = useQuery(statusQuery);
  const { data: session } = useQuery(sessionQuery);
  const lastVisit = useLastVisit();
  // Whoever was never here, or is here still, has nothing that is new to them.
  const [wasAway] = useState(() => Date.now() - lastVisit > 60_000);
  if (error !== null) return <Trouble error={error} />;
  const counts = status?.releases;
  return (
    <>
      <h1>Today</h1>
      {wasAway && (
        <p className="quiet">
          What came since you were here <When at={new Date(lastVisit).toISOString()} /> is marked
          <span className="new">new</span>.
        </p>
      )}
      <div className="columns">
        <Few
          title="Waits for a review"
          count={counts?.review}
          filter={{ state: 'review' }}
          lastVisit={lastVisit}
          empty="Nothing waits. Releases come here when a rule asks for a person, most wanted first."
          beside={({ waiting, since }) => (
            <>
              {waiting !== undefined && waiting > 0 && (
                <strong>{countOf(waiting, 'download')} refused, </strong>
              )}
              <When at={since} />
            </>
          )}
        />
        <Few
          title="Handed out next"
          count={counts?.held}
          filter={{ state: 'held', order: 'until' }}
          lastVisit={lastVisit}
          empty="Nothing is held. New releases wait here until their cool-down is over."
          beside={({ until }) => (until === undefined ? 'no end yet' : <When at={until} />)}
        />
        <Few
          title="Refused"
          count={counts?.blocked}
          filter={{ state: 'blocked' }}
          lastVisit={lastVisit}
          empty="Nothing is refused. What a policy denies or a person blocks comes here."
          beside={({ since }) => <When at={since} />}
        />
        {session?.may.includes('sightings:read') === true && <ExploitedNow />}
        {session?.may.includes('sightings:read') === true && <Exposed lastVisit={lastVisit} />}
        {session?.who != null && <OwnRequests name={session.who.name} lastVisit={lastVisit} />}
        {status !== undefined && <Health status={status} />}
      </div>
    </>
  );
}

function Few({
  title,
  count,
  filter,
  lastVisit,
  empty,
  beside,
}: {
  readonly title: string;
  readonly count: number | undefined;
  readonly filter: QuarantineFilter;
  /** Epoch milliseconds. */
  readonly lastVisit: number;
  readonly empty: string;
  readonly beside: (release: ReleaseJson) => ReactNode;
}) {
  const { data, error } = useQuery(fewReleasesQuery(filter, few));
  return (
    <section aria-busy={data === undefined && error === null}>
      <h2>
        {title}
        {count !== undefined && count > 0 && (
          <>
            {' '}
            <Link to="/quarantine" search={filter} aria-label={`${title}: all ${count}`}>
              {count}
            </Link>
          </>
        )}
      </h2>
      {error !== null && <Trouble error={error} />}
      {data?.releases.length === 0 && <p className="empty">{empty}</p>}
      <ul className="releases">
        {data?.releases.map((release) => (
          <li key={`${release.registry} ${release.crate} ${release.version}`}>
            <ReleaseLink {...release} />
            {Date.parse(release.since) > lastVisit && <span className="new">new</span>}
            <span className="quiet"> {beside(release)}</span>
            <p className="why">
              <Says text={release.verdict.findings[0]?.message ?? ''} />
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
