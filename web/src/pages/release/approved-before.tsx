import { useQuery } from '@tanstack/react-query';
import type { ReleaseJson } from '../../../../src/server/contract.ts';
import { approvalsQuery } from '../../api/requests.ts';
import { When } from '../../parts/when.tsx';

/** What the organisation approved of the same crate's code before, and the way to what differs from that. */
export function ApprovedBefore({
  release: { crate, version: own },
  against,
  onCompare,
}: {
  readonly release: ReleaseJson;
  /** The version that is compared with now. */
  readonly against: string | undefined;
  readonly onCompare: (version: string) => void;
}) {
  const { data } = useQuery(approvalsQuery);
  const before = data?.approved.filter((one) => one.crate === crate && one.version !== own) ?? [];
  if (before.length === 0) return null;
  return (
    <ul>
      {before.slice(0, 3).map(({ kind, version, by, at, reason, standing }) => (
        <li key={`${kind} ${version}`}>
          {version} was approved by <strong>{by}</strong> <When at={at} exact />: {reason}{' '}
          {standing !== 'stands' && <span className="bad">That approval counts no more. </span>}
          {version !== against && (
            <button type="button" className="plain" onClick={() => onCompare(version)}>
              Compare with {version}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
