import { type RefObject, useEffect, useState } from 'react';
import type { ReleaseJson } from '../../../../src/server/contract.ts';
import type { QuarantineFilter } from '../../api/queries.ts';

const states: readonly [state: ReleaseJson['state'], word: string][] = [
  ['review', 'wait for a review'],
  ['held', 'held'],
  ['blocked', 'refused'],
  ['withdrawn', 'withdrawn'],
  ['promoted', 'handed out'],
];

/** All of them, as the address has it. */
export const everyState = states.map(([state]) => state).join(',');

/** Milliseconds without a key after which a name counts. */
const typing = 250;

/** Which releases are listed. */
export function Filters({
  filter,
  field,
  onChange,
}: {
  readonly filter: QuarantineFilter;
  readonly field: RefObject<HTMLInputElement | null>;
  readonly onChange: (filter: QuarantineFilter) => void;
}) {
  const on = new Set(
    filter.state?.split(',') ?? states.map(([state]) => state).filter((one) => one !== 'promoted'),
  );
  const [crate, setCrate] = useState(filter.crate ?? '');
  useEffect(() => {
    if (crate === (filter.crate ?? '')) return;
    const timer = window.setTimeout(() => onChange({ ...filter, crate: crate || undefined }), typing);
    return () => window.clearTimeout(timer);
  }, [crate, filter, onChange]);
  const toggle = (state: ReleaseJson['state']) => {
    const wanted = states.map(([one]) => one).filter((one) => on.has(one) !== (one === state));
    if (wanted.length > 0) onChange({ ...filter, state: wanted.join(',') });
  };
  return (
    <search>
      <form className="filters" onSubmit={(event) => event.preventDefault()}>
        <label>
          Crate{' '}
          <input
            ref={field}
            type="search"
            value={crate}
            maxLength={64}
            placeholder="its whole name"
            onChange={(event) => setCrate(event.target.value.trim())}
          />
        </label>
        <fieldset>
          <legend>Which</legend>
          {states.map(([state, word]) => (
            <label key={state}>
              <input type="checkbox" checked={on.has(state)} onChange={() => toggle(state)} /> {word}
            </label>
          ))}
        </fieldset>
        <label>
          In the order of{' '}
          <select
            value={filter.order ?? 'since'}
            onChange={(event) =>
              onChange({ ...filter, order: event.target.value === 'until' ? 'until' : undefined })
            }
          >
            <option value="since">what changed last</option>
            <option value="until">what ends first</option>
          </select>
        </label>
      </form>
    </search>
  );
}
