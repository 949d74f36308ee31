import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { type ChangeFilter, changesQuery } from '../../api/changes.ts';
import { Copyable } from '../../parts/copyable.tsx';
import { countOf } from '../../parts/count.ts';
import { Table } from '../../parts/table.tsx';
import { Toolbar } from '../../parts/toolbar.tsx';
import { Trouble } from '../../parts/trouble.tsx';
import { When } from '../../parts/when.tsx';
import { looks, verdicts } from './words.ts';

const route = getRouteApi('/changes');

/** Milliseconds without a key after which a name counts. */
const typing = 250;

/** Verdicts on changes of lockfiles that were asked for, the newest first. */
export function Changes() {
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, isPending, ...pages } = useInfiniteQuery(changesQuery(filter));
  const changes = data?.pages.flatMap(({ changes }) => changes) ?? [];
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const rows = () => [
    ['id', 'name', 'file', 'at', 'by', 'judged', 'verdict', 'until', 'changes', 'findings', 'policy'],
    ...changes.map(({ id, name, file, at, by, judged, verdict, until, changes, findings, policy }) => [
      id,
      name,
      file,
      at,
      by,
      judged,
      verdict,
      until ?? '',
      String(changes),
      String(findings),
      policy,
    ]),
  ];
  return (
    <>
      <h1>Changes</h1>
      <Filters
        filter={filter}
        onChange={(search) => void navigate({ to: '/changes', search, replace: true })}
      />
      {error !== null && <Trouble error={error} />}
      <Toolbar
        says={isPending ? (error === null ? 'Reading…' : '') : countOf(changes.length, 'change')}
        name="changes"
        rows={rows}
        pages={pages}
      />
      {data !== undefined && changes.length === 0 && (
        <p className="empty">
          {isFiltered ? (
            'Nothing is like that: take a filter away.'
          ) : (
            <>
              No verdict on a change is kept yet. A build keeps one with a token in SAFEGUARD_TOKEN and{' '}
              <Copyable text={`safeguard check --base origin/main --server ${location.origin} --keep NAME`} />
            </>
          )}
        </p>
      )}
      {changes.length > 0 && (
        <Table name="Changes" heads={['Change', 'Verdict', 'Changes', 'Findings', 'Asked for']}>
          {changes.map(({ id, name, file, at, by, compared, verdict, until, changes, findings }) => (
            <tr key={id}>
              <td className="wide">
                <Link to="/changes/$id" params={{ id }} className="release">
                  {name.replace(/^https?:\/\//i, '')}
                </Link>
                {name !== file && <div className="quiet">{file}</div>}
              </td>
              <td>
                <span className={`state ${looks[verdict]}`}>{verdicts[verdict]}</span>
                {until !== null && (
                  <div className="quiet">
                    ends <When at={until} />
                  </div>
                )}
              </td>
              <td>
                {changes}
                {!compared && <div className="quiet">the whole lockfile</div>}
              </td>
              <td>{findings}</td>
              <td>
                <When at={at} />
                <div className="quiet">by {by}</div>
              </td>
            </tr>
          ))}
        </Table>
      )}
    </>
  );
}

function Filters({
  filter,
  onChange,
}: {
  readonly filter: ChangeFilter;
  readonly onChange: (filter: ChangeFilter) => void;
}) {
  const [name, setName] = useState(filter.name ?? '');
  useEffect(() => {
    if (name === (filter.name ?? '')) return;
    const timer = window.setTimeout(() => onChange({ ...filter, name: name || undefined }), typing);
    return () => window.clearTimeout(timer);
  }, [name, filter, onChange]);
  return (
    <search>
      <form className="filters" onSubmit={(event) => event.preventDefault()}>
        <label>
          Called{' '}
          <input type="search" value={name} onChange={(event) => setName(event.target.value.trimStart())} />
        </label>
        <label>
          Verdict{' '}
          <select
            value={filter.verdict ?? ''}
            onChange={({ target }) =>
              onChange({ ...filter, verdict: (target.value || undefined) as ChangeFilter['verdict'] })
            }
          >
            <option value="">any</option>
            {Object.entries(verdicts).map(([verdict, word]) => (
              <option key={verdict} value={verdict}>
                {word}
              </option>
            ))}
          </select>
        </label>
      </form>
    </search>
  );
}
