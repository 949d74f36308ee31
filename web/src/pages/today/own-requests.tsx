import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { requestsQuery } from '../../api/requests.ts';
import { ReleaseLink } from '../../parts/release-link.tsx';
import { State } from '../../parts/state.tsx';
import { When } from '../../parts/when.tsx';

/** What became of the releases that a person asked for. */
export function OwnRequests({ name, lastVisit }: { readonly name: string; readonly lastVisit: number }) {
  const { data } = useQuery(requestsQuery({ by: name }, 8));
  if (data === undefined || data.requests.length === 0) return null;
  return (
    <section aria-label="You asked for">
      <h2>
        You asked for <Link to="/requests">all requests</Link>
      </h2>
      <ul className="releases">
        {data.requests.map(({ release }) => (
          <li key={`${release.registry} ${release.crate} ${release.version}`}>
            <ReleaseLink {...release} /> <State state={release.state} />
            {Date.parse(release.since) > lastVisit && <span className="new">new</span>}{' '}
            <span className="quiet">
              <When at={release.since} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
