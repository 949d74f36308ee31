import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useDeferredValue, useEffect, useState } from 'react';
import type { AuditEntryJson } from '../../../../src/server/audit/contract.ts';
import { auditQuery } from '../../api/queries.ts';
import { Copyable } from '../../parts/copyable.tsx';
import { ReleaseLink } from '../../parts/release-link.tsx';
import { Table } from '../../parts/table.tsx';
import { Toolbar } from '../../parts/toolbar.tsx';
import { Trouble } from '../../parts/trouble.tsx';
import { When } from '../../parts/when.tsx';
import { wordsOf } from './words.ts';

const route = getRouteApi('/audit');

/** All that an entry says, as it is looked through. */
function textOf({ actor, role, action, subject, before, after }: AuditEntryJson): string {
  const states = [before, after].map((state) => (state === null ? '' : JSON.stringify(state)));
  return [actor, role, action, wordsOf(action), subject, ...states].join(' ').toLowerCase();
}

/** What an entry is about: a release, as a way to its page, or what else it is. */
function Subject({ subject }: { readonly subject: string }) {
  const [, registry, crate, version] = /^(\S+) ([\w-]+)@(\S+)$/.exec(subject) ?? [];
  if (crate === undefined || version === undefined) return subject;
  return <ReleaseLink crate={crate} version={version} registry={registry} />;
}

/** Who decided what, the newest first of what was read. */
export function Audit() {
  const { data, error, isPending, ...pages } = useInfiniteQuery(auditQuery);
  const { find = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const [typed, setTyped] = useState(find);
  const part = useDeferredValue(typed.trim().toLowerCase());
  // What is looked for may be anywhere: the log is read to its end.
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  useEffect(() => {
    if (part !== '' && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [part, hasNextPage, isFetchingNextPage, fetchNextPage]);
  useEffect(() => {
    if (part !== find) void navigate({ search: { find: part || undefined }, replace: true });
  }, [part, find, navigate]);
  if (error !== null) return <Trouble error={error} />;
  const read = (data?.pages.flatMap(({ entries }) => entries) ?? []).toReversed();
  const entries = part === '' ? read : read.filter((entry) => textOf(entry).includes(part));
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
      <search>
        <label>
          Find who or what{' '}
          <input
            type="search"
            value={typed}
            placeholder="a name, a crate, approved, a reason"
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
      </search>
      <Toolbar
        says={isPending ? 'Reading…' : `${entries.length} of ${head?.count ?? 0} entries`}
        name="audit"
        rows={rows}
        pages={pages}
      />
      {part !== '' && read.length > 0 && entries.length === 0 && !hasNextPage && (
        <p className="empty">No entry has that in it.</p>
      )}
      {!isPending && read.length === 0 && (
        <p className="empty">
          Nobody decided anything yet. Each decision, token and change of policy is written down here.
        </p>
      )}
      <Table name="Entries" heads={['Number', 'When', 'Who', 'What', 'About']}>
        {entries.map(({ seq, at, actor, role, address, action, subject, before, after }) => (
          <tr key={seq}>
            <td className="number">{seq}</td>
            <td>
              <When at={at} exact />
            </td>
            <td>
              {actor}
              <div className="quiet">{[role, address].filter((one) => one !== null).join(', from ')}</div>
            </td>
            <td>{wordsOf(action)}</td>
            <td className="wide">
              <Subject subject={subject} />
              {typeof after?.reason === 'string' && <div className="quiet">{after.reason}</div>}
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
