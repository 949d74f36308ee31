import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { artefactsQuery } from '../../api/inventory.ts';
import { Copyable } from '../../parts/copyable.tsx';
import { countOf } from '../../parts/count.ts';
import { Table } from '../../parts/table.tsx';
import { Toolbar } from '../../parts/toolbar.tsx';
import { Trouble } from '../../parts/trouble.tsx';
import { When } from '../../parts/when.tsx';
import { Filters } from './filters.tsx';
import { completenesses, lets, trusts, verdicts } from './words.ts';

const route = getRouteApi('/artefacts');

/** What was built: each binary by its bytes, the newest first. */
export function Artefacts() {
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, isPending, ...pages } = useInfiniteQuery(artefactsQuery(filter));
  const artefacts = data?.pages.flatMap(({ artefacts }) => artefacts) ?? [];
  const count = data?.pages[0]?.count ?? 0;
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const rows = () => [
    ['id', 'name', 'version', 'target', 'project', 'commit', 'trust', 'verdict', 'completeness', 'added'],
    ...artefacts.map(
      ({ id, name, version, target, project, commit, trust, verdict, completeness, added }) => [
        id,
        name,
        version ?? '',
        target ?? '',
        project ?? '',
        commit ?? '',
        trust,
        verdict?.word ?? '',
        completeness,
        added,
      ],
    ),
  ];
  return (
    <>
      <h1>Artefacts</h1>
      <Filters
        filter={filter}
        onChange={(search) => void navigate({ to: '/artefacts', search, replace: true })}
      />
      {error !== null && <Trouble error={error} />}
      <Toolbar
        says={
          isPending
            ? error === null
              ? 'Reading…'
              : ''
            : `${artefacts.length} of ${countOf(count, 'artefact')}`
        }
        name="artefacts"
        rows={rows}
        pages={pages}
      />
      {data !== undefined && artefacts.length === 0 && (
        <p className="empty">
          {isFiltered ? (
            'Nothing is like that: take a filter away.'
          ) : (
            <>
              Nothing is known to be built. A build adds what it made with{' '}
              <Copyable text="safeguard inventory add target/release/app" />
            </>
          )}
        </p>
      )}
      {artefacts.length > 0 && (
        <Table name="Artefacts" heads={['Name', 'Target', 'Built of', 'Known', 'Added']}>
          {artefacts.map(
            ({
              id,
              name,
              version,
              target,
              project,
              commit,
              trust,
              verdict,
              refused,
              completeness,
              added,
            }) => (
              <tr key={id}>
                <td>
                  <Link to="/artefacts/$id" params={{ id }} className="release">
                    {name} <span className="version">{version}</span>
                  </Link>
                  <div className="quiet">
                    <code>{id.slice(0, 12)}</code>
                  </div>
                </td>
                <td>{target}</td>
                <td className="breaks">
                  {project}
                  {commit !== null && (
                    <div className="quiet">
                      <code>{commit.slice(0, 12)}</code>
                    </div>
                  )}
                </td>
                <td>
                  {trusts[trust]}
                  {verdict !== null && (
                    <div className={lets(verdict.word) ? 'quiet' : 'bad'}>
                      verdict: {verdicts[verdict.word]}
                      {!verdict.signed && ' (unsigned)'}
                    </div>
                  )}
                  {refused.length > 0 && (
                    <div className="bad">{countOf(refused.length, 'signature')} refused</div>
                  )}
                  {completeness !== 'complete' && <div className="quiet">{completenesses[completeness]}</div>}
                </td>
                <td>
                  <When at={added} />
                </td>
              </tr>
            ),
          )}
        </Table>
      )}
    </>
  );
}
