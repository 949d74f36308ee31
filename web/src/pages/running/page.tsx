import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type RunningFilter, runningQuery } from '../../api/inventory.ts';
import { statusQuery } from '../../api/queries.ts';
import { Copyable } from '../../parts/copyable.tsx';
import { countOf } from '../../parts/count.ts';
import { Toolbar } from '../../parts/toolbar.tsx';
import { Trouble } from '../../parts/trouble.tsx';
import { Exposures } from './exposures.tsx';
import { HostProcesses } from './host.tsx';
import { hostsOf } from './hosts.ts';
import { standings } from './words.ts';

const route = getRouteApi('/running');

/** What hosts run, as their agents told: what is exposed, what wants a restart, what is from no package, what was changed. */
export function Running() {
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, isPending, ...pages } = useInfiniteQuery(runningQuery(filter));
  const change = (search: RunningFilter) => void navigate({ to: '/running', search, replace: true });
  const processes = data?.pages.flatMap(({ processes }) => processes) ?? [];
  const hosts = hostsOf(processes);
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const rows = () => [
    ['host', 'pid', 'path', 'sha256', 'standing', 'state', 'restart', 'stale', 'since'],
    ...processes.map(({ host, pid, path, digest, standing, state, restart, stale, since }) => [
      host,
      String(pid),
      path,
      digest ?? '',
      standing,
      state,
      String(restart),
      stale.map((one) => `${one.path} ${one.state}`).join('; '),
      since,
    ]),
  ];
  if (error !== null)
    return (
      <>
        <h1>Running</h1>
        <Trouble error={error} />
      </>
    );
  return (
    <>
      <h1>Running</h1>
      <Exposures />
      <h2>On hosts</h2>
      <NewerAgents />
      <search>
        <form className="filters" onSubmit={(event) => event.preventDefault()}>
          <label>
            Standing{' '}
            <select
              value={filter.standing ?? ''}
              onChange={({ target }) =>
                change({ ...filter, standing: (target.value || undefined) as RunningFilter['standing'] })
              }
            >
              <option value="">any</option>
              {Object.entries(standings).map(([standing, word]) => (
                <option key={standing} value={standing}>
                  {word}
                </option>
              ))}
            </select>
          </label>
          <label>
            <input
              type="checkbox"
              checked={filter.restart === 'yes'}
              onChange={({ target }) => change({ ...filter, restart: target.checked ? 'yes' : undefined })}
            />{' '}
            only what wants a restart
          </label>
          {filter.host !== undefined && (
            <button type="button" onClick={() => change({ ...filter, host: undefined })}>
              Only {filter.host}: show every host
            </button>
          )}
        </form>
      </search>
      <Toolbar
        says={
          isPending
            ? 'Reading…'
            : `${countOf(processes.length, 'process', 'processes')} on ${countOf(hosts.length, 'host')}`
        }
        name="running"
        rows={rows}
        pages={pages}
      />
      {data !== undefined && processes.length === 0 && (
        <p className="empty">
          {isFiltered ? (
            'Nothing that runs is like that.'
          ) : (
            <>
              No host has reported. An agent on each tells what runs there:{' '}
              <Copyable text="safeguard agent" />
            </>
          )}
        </p>
      )}
      {hosts.map((host) => (
        <HostProcesses key={host.name} host={host} isOnly={hosts.length === 1} />
      ))}
    </>
  );
}

/** What hosts told may be more than is shown, where their agents are newer than the server. */
function NewerAgents() {
  const { data: status } = useQuery(statusQuery);
  const newer = status?.agents?.newer ?? 0;
  if (newer === 0) return null;
  return (
    <p className="why">
      {newer === 1 ? 'The agent of 1 host is' : `The agents of ${newer} hosts are`} of a newer version than
      this server, which leaves out what it does not know of their reports. Which they are says{' '}
      <Copyable text="safeguard inventory hosts" />
    </p>
  );
}
