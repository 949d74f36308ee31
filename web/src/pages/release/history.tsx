import type { LogEntryJson } from '../../../../src/server/contract.ts';
import { stateWords } from '../../parts/state.tsx';
import { Table } from '../../parts/table.tsx';
import { Toolbar } from '../../parts/toolbar.tsx';
import { When } from '../../parts/when.tsx';

const events: Readonly<Record<string, string>> = {
  'break-glass': 'asked to end its wait',
  'taken-back': 'took decisions back',
  unblocked: 'lifted the block',
};

/** Who stands in the log for the server itself: what made it look. */
const own: ReadonlySet<string> = new Set([
  'clock',
  'dump',
  'feeds',
  'policy',
  'poll',
  'question',
  'registry-api',
  'request',
  'serve',
  'tokens',
  'watch',
]);

function sayState(state: string | null): string {
  return state === null ? '' : (stateWords[state as keyof typeof stateWords] ?? state);
}

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
        {log.toReversed().map(({ seq, at, event, version, from, to, actor, details }) => (
          <tr key={seq}>
            <td>
              <When at={at} exact />
            </td>
            <td>
              {events[event] ?? event}
              {version === '' && ' (the whole crate)'}
              {details !== null && typeof details.reason === 'string' && (
                <div className="quiet">{details.reason}</div>
              )}
            </td>
            <td>{sayState(from)}</td>
            <td>{sayState(to)}</td>
            <td>{own.has(actor) ? <span className="quiet">Safeguard ({actor})</span> : actor}</td>
          </tr>
        ))}
      </Table>
    </>
  );
}
