import { useInfiniteQuery } from '@tanstack/react-query';
import { auditQuery } from '../../api/queries.ts';
import { Copyable } from '../../parts/copyable.tsx';
import { Table } from '../../parts/table.tsx';
import { Toolbar } from '../../parts/toolbar.tsx';
import { Trouble } from '../../parts/trouble.tsx';
import { When } from '../../parts/when.tsx';
import { wordsOf } from './words.ts';

/** Who decided what, the newest first of what was read. */
export function Audit() {
  const { data, error, isPending, ...pages } = useInfiniteQuery(auditQuery);
  if (error !== null) return <Trouble error={error} />;
  const entries = (data?.pages.flatMap(({ entries }) => entries) ?? []).toReversed();
  const head = data?.pages.at(-1)?.head;
  const rows = () => [
    ['number', 'at', 'who', 'role', 'address', 'action', 'subject', 'before', 'after'],
    ...entries.map(({ seq, at, actor, role, address, action, subject, before, after }) => [
      String(seq),
      at,
      actor,
      role ?? '',
      address ?? '',
      action,
      subject,
      JSON.stringify(before),
      JSON.stringify(after),
    ]),
  ];
  return (
    <>
      <h1>Audit log</h1>
      <Toolbar
        says={isPending ? 'Reading…' : `${entries.length} of ${head?.count ?? 0} entries`}
        name="audit"
        rows={rows}
        pages={pages}
      />
      {!isPending && entries.length === 0 && (
        <p className="empty">
          Nobody decided anything yet. Each decision, token and change of policy is written down here.
        </p>
      )}
      <Table name="Entries" heads={['Number', 'When', 'Who', 'What', 'About']}>
        {entries.map(({ seq, at, actor, role, address, action, subject, before, after }) => (
          <tr key={seq}>
            <td className="number">{seq}</td>
            <td>
              <When at={at} />
            </td>
            <td>
              {actor}
              <div className="quiet">{[role, address].filter((one) => one !== null).join(', from ')}</div>
            </td>
            <td>{wordsOf(action)}</td>
            <td>
              {subject}
              {(before ?? after) !== null && (
                <details>
                  <summary>before and after</summary>
                  <pre>{JSON.stringify({ before, after }, null, 2)}</pre>
                </details>
              )}
            </td>
          </tr>
        ))}
      </Table>
      <p className="quiet">
        That nothing of it was edited is proved by <Copyable text="safeguard audit verify" />
      </p>
    </>
  );
}
