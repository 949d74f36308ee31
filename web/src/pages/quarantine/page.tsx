import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo, useRef, useState } from 'react';
import type { ReleaseJson } from '../../../../src/server/contract.ts';
import { quarantineQuery, sessionQuery } from '../../api/queries.ts';
import { requestsQuery } from '../../api/requests.ts';
import { CsvButton } from '../../parts/csv-button.tsx';
import { type Act, actsFor, Decide } from '../../parts/decide.tsx';
import { useKeys } from '../../parts/keys.ts';
import { Trouble } from '../../parts/trouble.tsx';
import { everyState, Filters } from './filters.tsx';
import { idOf, Rows } from './rows.tsx';

const route = getRouteApi('/quarantine');

/** Every release that is not handed out, or those of some states; decided on in the list, by keyboard, many at once. */
export function Quarantine() {
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const { data: session } = useQuery(sessionQuery);
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage, isPending } = useInfiniteQuery(
    quarantineQuery(filter),
  );
  const releases = useMemo(() => data?.pages.flatMap(({ releases }) => releases) ?? [], [data]);
  const [at, setAt] = useState(0);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [act, setAct] = useState<Act>();
  const search = useRef<HTMLInputElement>(null);

  const current = releases[Math.min(at, releases.length - 1)];
  const chosen = releases.filter((release) => selected.has(idOf(release)));
  const meant = chosen.length > 0 ? chosen : current === undefined ? [] : [current];
  const mayDecide = session?.may.includes('releases:decide') === true;
  const name = session?.who?.name;
  const { data: own } = useQuery({
    ...requestsQuery({ by: name }),
    enabled: mayDecide && name !== undefined,
  });
  const asked = new Set(own?.requests.map(({ release }) => idOf(release)));
  const isOwn = (one: ReleaseJson) => asked.has(idOf(one));
  const can = (wanted: Act) =>
    mayDecide &&
    meant.length > 0 &&
    meant.every((one) => actsFor(one).includes(wanted) && !(wanted === 'approve' && isOwn(one)));
  const begin = (wanted: Act) => {
    if (can(wanted)) setAct(wanted);
  };
  const toggle = (release: ReleaseJson) =>
    setSelected((before) => {
      const id = idOf(release);
      return before.has(id) ? new Set([...before].filter((one) => one !== id)) : new Set([...before, id]);
    });
  const open = ({ crate, version, registry }: ReleaseJson) =>
    void navigate({ to: '/releases/$crate/$version', params: { crate, version }, search: { registry } });

  useKeys({
    j: () => setAt((now) => Math.min(now + 1, Math.max(0, releases.length - 1))),
    k: () => setAt((now) => Math.max(0, now - 1)),
    x: () => current && toggle(current),
    enter: () => current && open(current),
    a: () => begin('approve'),
    r: () => begin('reject'),
    '/': () => search.current?.focus(),
  });

  return (
    <>
      <h1>Quarantine</h1>
      <Filters
        filter={filter}
        field={search}
        onChange={(changed) => {
          setAt(0);
          setSelected(new Set());
          void navigate({ search: changed, replace: true });
        }}
      />
      {error !== null && <Trouble error={error} />}
      <div className="toolbar">
        <span role="status">
          {chosen.length > 0
            ? `${chosen.length} selected`
            : isPending
              ? 'Reading…'
              : `${releases.length}${hasNextPage ? '+' : ''} releases`}
        </span>
        {mayDecide && (
          <>
            <button type="button" disabled={!can('approve')} onClick={() => begin('approve')}>
              Approve
            </button>
            <button type="button" disabled={!can('reject')} onClick={() => begin('reject')}>
              Reject
            </button>
            <button type="button" disabled={!can('block')} onClick={() => begin('block')}>
              Block
            </button>
          </>
        )}
        {mayDecide && meant.some((one) => one.state === 'review' && isOwn(one)) && (
          <span className="quiet">You asked for it: somebody else approves of it.</span>
        )}
        <CsvButton name="quarantine" rows={() => csvRows(releases)} />
      </div>
      {!isPending && error === null && releases.length === 0 ? (
        <>
          <p className="empty">
            Nothing is like that. A release comes here when it is new, when a rule asks for a person, or when
            something speaks against it.
          </p>
          {filter.crate !== undefined && filter.state !== everyState && (
            <Link to="/quarantine" search={{ ...filter, state: everyState }} className="button">
              Look for {filter.crate} among all releases, those that are handed out too
            </Link>
          )}
        </>
      ) : (
        <Rows releases={releases} at={at} selected={selected} onAt={setAt} onToggle={toggle} />
      )}
      {hasNextPage && (
        <button type="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {isFetchingNextPage ? 'Reading…' : 'More'}
        </button>
      )}
      {act !== undefined && (
        <Decide
          act={act}
          releases={meant}
          onClose={(done) => {
            setAct(undefined);
            if (done) setSelected(new Set());
          }}
        />
      )}
    </>
  );
}

function csvRows(releases: readonly ReleaseJson[]): readonly (readonly string[])[] {
  return [
    ['registry', 'crate', 'version', 'state', 'since', 'until', 'finding', 'next'],
    ...releases.map(({ registry, crate, version, state, since, until, verdict }) => [
      registry,
      crate,
      version,
      state,
      since,
      until ?? '',
      verdict.findings[0]?.message ?? '',
      verdict.findings[0]?.next ?? '',
    ]),
  ];
}
