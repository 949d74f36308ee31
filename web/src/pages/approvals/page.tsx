import { useQuery } from '@tanstack/react-query';
import type { ApprovalsJson } from '../../../../src/server/approvals-contract.ts';
import { approvalsQuery } from '../../api/requests.ts';
import { Copyable } from '../../parts/copyable.tsx';
import { countOf } from '../../parts/count.ts';
import { ReleaseLink } from '../../parts/release-link.tsx';
import { Table } from '../../parts/table.tsx';
import { Toolbar } from '../../parts/toolbar.tsx';
import { Trouble } from '../../parts/trouble.tsx';
import { Debt } from './debt.tsx';
import { Decisions } from './decisions.tsx';
import { Signed } from './signed.tsx';
import { Waiting } from './waiting.tsx';

type Approved = ApprovalsJson['approved'][number];

const kinds: Readonly<Record<Approved['kind'], string>> = {
  'build-script': 'build script',
  'proc-macro': 'macros',
  helper: 'library of one',
};

const standings: Readonly<Record<Approved['standing'], string>> = {
  stands: 'stands',
  lapsed: 'its day is over',
  unread: 'nobody read it',
};

/** What runs at build time: what waits for somebody's yes, how that grew, and who approved what. */
export function Approvals() {
  const { data, error } = useQuery(approvalsQuery);
  if (error !== null) return <Trouble error={error} />;
  if (data === undefined) return <p aria-busy="true">Reading…</p>;
  const { approved, kept, unreadable, waiting, debt } = data;
  const rows = () => [
    ['crate', 'kind', 'version', 'by', 'at', 'reason', 'expires', 'standing', 'capabilities'],
    ...approved.map(({ crate, kind, version, by, at, reason, expires, standing, capabilities }) => [
      crate,
      kind,
      version,
      by,
      at,
      reason,
      expires ?? '',
      standing,
      capabilities.join('; '),
    ]),
  ];
  return (
    <>
      <h1>Approvals</h1>
      <div className="columns">
        <Waiting groups={waiting} />
        <Debt weeks={debt} />
      </div>
      <Decisions />
      <h2>Approved for all projects: build scripts, macros, libraries</h2>
      {unreadable !== null && <p className="trouble">{unreadable}</p>}
      {approved.length === 0 && unreadable === null && (
        <p className="empty">
          {kept
            ? 'The organisation’s list is empty. '
            : 'The organisation keeps no list: name one as approvals in server.toml. '}
          A project writes its own with <Copyable text="safeguard review --approve" />
        </p>
      )}
      {approved.length > 0 && (
        <>
          <Toolbar says={countOf(approved.length, 'approval')} name="approvals" rows={rows} />
          <Table name="Approvals" heads={['Crate', 'What', 'By', 'Why', 'Standing', 'It can']}>
            {approved.map(({ crate, kind, version, by, at, reason, expires, standing, capabilities }) => (
              <tr key={`${crate} ${kind} ${version}`}>
                <td>
                  <ReleaseLink crate={crate} version={version} />
                </td>
                <td>{kinds[kind]}</td>
                <td>
                  <Signed by={by} at={at} />
                </td>
                <td className="wide">{reason}</td>
                <td className={standing === 'stands' ? undefined : 'bad'}>
                  {standings[standing]}
                  {expires !== null && <div className="quiet">until {expires}</div>}
                </td>
                <td>
                  {capabilities.length === 0 ? (
                    <span className="quiet">nothing of note</span>
                  ) : (
                    <details>
                      <summary>{countOf(capabilities.length, 'thing')}</summary>
                      <ul>
                        {capabilities.map((one) => (
                          <li key={one}>
                            <code>{one}</code>
                          </li>
                        ))}
                      </ul>
                    </details>
                  )}
                </td>
              </tr>
            ))}
          </Table>
        </>
      )}
    </>
  );
}
