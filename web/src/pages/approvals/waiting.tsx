import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ApprovalsJson } from '../../../../src/server/approvals-contract.ts';
import { countOf } from '../../parts/count.ts';
import { Says } from '../../parts/says.tsx';
import { When } from '../../parts/when.tsx';

/** Releases of a group that are shown at once: those that most wait for come first. */
const atOnce = 50;

/** Releases that wait for a person, by what they can do: each leads to its code. */
export function Waiting({ groups }: { readonly groups: ApprovalsJson['waiting'] }) {
  const few = groups.reduce((sum, { releases }) => sum + releases.length, 0) <= atOnce;
  return (
    <section>
      <h2>Waits, by what it can do</h2>
      {groups.length === 0 && (
        <p className="empty">
          Nothing waits. A release comes here when its code can do something that nobody approved of: speak to
          the network, run programs, read secrets, hide what it does.
        </p>
      )}
      {groups.map((group) => (
        <Group key={`${group.rule} ${group.can}`} group={group} isOpen={few || group.releases.length === 1} />
      ))}
    </section>
  );
}

function Group({
  group: { rule, can, releases },
  isOpen,
}: {
  readonly group: ApprovalsJson['waiting'][number];
  readonly isOpen: boolean;
}) {
  const [shown, setShown] = useState(atOnce);
  return (
    <details open={isOpen}>
      <summary>
        <strong>{can ?? `not its code: rule ${rule} asks`}</strong>{' '}
        <span className="quiet">{countOf(releases.length, 'release')}</span>
      </summary>
      <ul className="releases">
        {releases.slice(0, shown).map(({ registry, crate, version, since, message, downloads }) => (
          <li key={`${registry} ${crate} ${version} ${message}`}>
            <Link
              to="/releases/$crate/$version"
              params={{ crate, version }}
              search={{ registry, tab: 'code' }}
              className="release"
            >
              {crate} <span className="version">{version}</span>
            </Link>{' '}
            <span className="quiet">
              {downloads > 0 && `${countOf(downloads, 'download')} refused, `}
              <When at={since} />
            </span>
            <p className="why">
              <Says text={message} />
            </p>
          </li>
        ))}
      </ul>
      {releases.length > shown && (
        <button type="button" onClick={() => setShown(shown + 4 * atOnce)}>
          Show more of them: {releases.length - shown} are left
        </button>
      )}
    </details>
  );
}
