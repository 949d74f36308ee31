import { useEffect, useState } from 'react';
import type { ArtefactFilter } from '../../api/inventory.ts';
import { trusts } from './words.ts';

/** Milliseconds without a key after which a name counts. */
const typing = 250;

/** Which artefacts are listed. */
export function Filters({
  filter,
  onChange,
}: {
  readonly filter: ArtefactFilter;
  readonly onChange: (filter: ArtefactFilter) => void;
}) {
  const [name, setName] = useState(filter.name ?? '');
  const [crate, setCrate] = useState(filter.crate ?? '');
  useEffect(() => {
    if (name === (filter.name ?? '') && crate === (filter.crate ?? '')) return;
    const timer = window.setTimeout(
      () => onChange({ ...filter, name: name || undefined, crate: crate || undefined }),
      typing,
    );
    return () => window.clearTimeout(timer);
  }, [name, crate, filter, onChange]);
  return (
    <search>
      <form className="filters" onSubmit={(event) => event.preventDefault()}>
        <label>
          Name{' '}
          <input
            type="search"
            value={name}
            placeholder="its whole name"
            onChange={(event) => setName(event.target.value.trim())}
          />
        </label>
        <label>
          Has the crate{' '}
          <input type="search" value={crate} onChange={(event) => setCrate(event.target.value.trim())} />
        </label>
        <label>
          Known{' '}
          <select
            value={filter.trust ?? ''}
            onChange={(event) =>
              onChange({ ...filter, trust: (event.target.value || undefined) as ArtefactFilter['trust'] })
            }
          >
            <option value="">in any way</option>
            {Object.entries(trusts).map(([trust, word]) => (
              <option key={trust} value={trust}>
                {word}
              </option>
            ))}
            <option value="unverified">not signed</option>
          </select>
        </label>
        <label>
          <input
            type="checkbox"
            checked={filter.verdict !== undefined}
            onChange={(event) =>
              onChange({ ...filter, verdict: event.target.checked ? 'not-allowed' : undefined })
            }
          />{' '}
          Whose verdict is against it
        </label>
      </form>
    </search>
  );
}
