import type { LogEntryJson } from '../../../../src/server/contract.ts';
import { Table } from '../../parts/table.tsx';
import { Toolbar } from '../../parts/toolbar.tsx';
import { When } from '../../parts/when.tsx';

/** All that happened to the release here. */
export function History({ log }: { readonly log: readonly LogEntryJson[] }) {
  const rows = () => [
    ['at', 'event', 'from', 'to', 'by', 'policy'],
    ...log.map(({ at, event, from, to, actor, policy }) => [at, event, from ?? '', to ?? '', actor, policy]),
  ];
  return (
    <>
      <Toolbar says={`${log.length} entries`} name="history" rows={rows} />
      <Table name="Entries" heads={['When', 'What', 'From', 'To', 'By']}>
        {log.toReversed().map(({ seq, at, event, from, to, actor, details }) => (
          <tr key={seq}>
            <td>
              <When at={at} />
            </td>
            <td>
              {event}
              {details !== null && typeof details.reason === 'string' && (
                <div className="quiet">{details.reason}</div>
              )}
            </td>
            <td>{from}</td>
            <td>{to}</td>
            <td>{actor}</td>
          </tr>
        ))}
      </Table>
    </>
  );
}
