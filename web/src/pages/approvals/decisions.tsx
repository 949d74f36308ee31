import { useInfiniteQuery } from '@tanstack/react-query';
import type { DecisionJson } from '../../../../src/server/contract.ts';
import { allDecisionsQuery } from '../../api/requests.ts';
import { countOf } from '../../parts/count.ts';
import { ReleaseLink } from '../../parts/release-link.tsx';
import { Table } from '../../parts/table.tsx';
import { Toolbar } from '../../parts/toolbar.tsx';
import { Trouble } from '../../parts/trouble.tsx';
import { Signed } from './signed.tsx';

const standings: Readonly<Record<DecisionJson['standing'], string>> = {
  stands: 'stands',
  ended: 'its time is over',
  'taken-back': 'taken back',
};

/** What people decided on releases here, the newest first: who, when and why. */
export function Decisions() {
  const { data, error, isPending, ...pages } = useInfiniteQuery(allDecisionsQuery);
  const decisions = data?.pages.flatMap(({ decisions }) => decisions) ?? [];
  const rows = () => [
    ['registry', 'crate', 'version', 'kind', 'by', 'at', 'reason', 'standing'],
    ...decisions.map(({ registry, crate, version, kind, by, at, reason, standing }) => [
      registry,
      crate,
      version,
      kind,
      by,
      at,
      reason,
      standing,
    ]),
  ];
  return (
    <section aria-busy={isPending}>
      <h2>Who decided on which release</h2>
      {error !== null && <Trouble error={error} />}
      {!isPending && error === null && decisions.length === 0 && (
        <p className="empty">
          Nobody approved or rejected a release yet. It is done on the page of a release that waits, or in the
          quarantine.
        </p>
      )}
      {decisions.length > 0 && (
        <>
          <Toolbar says={countOf(decisions.length, 'decision')} name="decisions" rows={rows} pages={pages} />
          <Table name="Decisions" heads={['Release', 'Said', 'By', 'Why', 'Standing']}>
            {decisions.map(({ registry, crate, version, kind, by, at, reason, standing, takenBack }) => (
              <tr key={`${registry} ${crate} ${version} ${by} ${at}`}>
                <td>
                  <ReleaseLink crate={crate} version={version} registry={registry} />
                </td>
                <td>{kind === 'approve' ? 'yes' : 'no'}</td>
                <td>
                  <Signed by={by} at={at} />
                </td>
                <td className="wide">{reason}</td>
                <td>
                  {standings[standing]}
                  {takenBack !== undefined && (
                    <div className="quiet">
                      by {takenBack.by}: {takenBack.reason}
                    </div>
                  )}
                </td>
              </tr>
            ))}
          </Table>
        </>
      )}
    </section>
  );
}
