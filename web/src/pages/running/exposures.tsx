import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { exposuresQuery } from '../../api/inventory.ts';
import { countOf } from '../../parts/count.ts';
import { Table } from '../../parts/table.tsx';
import { Toolbar } from '../../parts/toolbar.tsx';
import { Trouble } from '../../parts/trouble.tsx';
import { When } from '../../parts/when.tsx';

/** What runs of what advisories strike, now. */
export function Exposures() {
  const { data, error, isPending, ...pages } = useInfiniteQuery(exposuresQuery);
  if (error !== null) return <Trouble error={error} />;
  const exposures = data?.pages.flatMap(({ exposures }) => exposures) ?? [];
  const rows = () => [
    ['advisory', 'component', 'fixed', 'host', 'program', 'way', 'restart', 'opened', 'path'],
    ...exposures.map(({ advisory, component, fixed, host, program, way, restart, opened, path }) => [
      advisory,
      component ?? '',
      fixed ?? '',
      host ?? '',
      program,
      way,
      String(restart),
      opened,
      path.join(' > '),
    ]),
  ];
  return (
    <section aria-busy={isPending}>
      <h2>Exposed</h2>
      {!isPending && exposures.length === 0 && (
        <p className="empty">
          Nothing that runs or is installed is known to be struck by an advisory. One that comes is held
          against all that hosts reported.
        </p>
      )}
      {exposures.length > 0 && (
        <>
          <Toolbar says={countOf(exposures.length, 'exposure')} name="exposures" rows={rows} pages={pages} />
          <Table name="Exposures" heads={['Advisory', 'What', 'Where', 'Way', 'Since']}>
            {exposures.map(
              ({
                id,
                advisory,
                title,
                component,
                fixed,
                host,
                statedBy,
                way,
                program,
                restart,
                path,
                opened,
                ranked,
              }) => (
                <tr key={id}>
                  <td>
                    <Link to="/affected" search={{ of: advisory }}>
                      {advisory}
                    </Link>
                    <div className="quiet">{title}</div>
                  </td>
                  <td className="breaks">
                    {component}
                    {fixed !== null && <div className="quiet">fixed in {fixed}</div>}
                    {ranked != null && (
                      <div className="quiet">
                        ranks behind the others: {ranked.reason}; it is not said to be safe
                      </div>
                    )}
                  </td>
                  <td className="breaks">
                    {statedBy === null && host !== null ? (
                      <Link to="/running" search={{ host }}>
                        {host}
                      </Link>
                    ) : (
                      <>
                        {path[0]}
                        <div className="quiet">stated by {statedBy}, not seen</div>
                      </>
                    )}
                    <div className="quiet">
                      {program}
                      {way === 'installed' && ' (installed, not seen running)'}
                    </div>
                    {restart && <div className="bad">restart it: the upgrade is there</div>}
                  </td>
                  <td className="breaks">{path.join(' › ')}</td>
                  <td>
                    <When at={opened} exact />
                  </td>
                </tr>
              ),
            )}
          </Table>
        </>
      )}
    </section>
  );
}
