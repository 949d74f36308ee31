import type { LogEntryJson } from '../../../../src/server/contract.ts';
import { CsvButton } from '../../parts/csv-button.tsx';
import { Scrolls } from '../../parts/scrolls.tsx';
import { When } from '../../parts/when.tsx';

/** All that happened to the release here. */
export function History({ log }: { readonly log: readonly LogEntryJson[] }) {
  const rows = () => [
    ['at', 'event', 'from', 'to', 'by', 'policy'],
    ...log.map(({ at, event, from, to, actor, policy }) => [at, event, from ?? '', to ?? '', actor, policy]),
  ];
  return (
    <>
      <div className="toolbar">
        <span>{log.length} entries</span>
        <CsvButton name="history" rows={rows} />
      </div>
      <Scrolls name="Entries">
        <table className="rows">
          <thead>
            <tr>
              {['When', 'What', 'From', 'To', 'By'].map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
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
          </tbody>
        </table>
      </Scrolls>
    </>
  );
}
