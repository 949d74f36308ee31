import { Link } from '@tanstack/react-router';
import { useDeferredValue, useState } from 'react';
import type { PolicyJson } from '../../../../src/server/policy-contract.ts';
import { Says } from '../../parts/says.tsx';
import { Table } from '../../parts/table.tsx';
import { tomlOf } from '../../parts/toml.ts';
import { Toolbar } from '../../parts/toolbar.tsx';

const origins: Readonly<Record<PolicyJson['settings'][number]['origin'], string>> = {
  default: 'default',
  organisation: 'the policy',
  project: 'a project',
};

/** Letters and digits of a text, by which it is looked for. */
function bare(text: string): string {
  return text.toLowerCase().replaceAll(/[\s_-]+/g, '');
}

/** Every value in force, with where it comes from. */
export function Settings({
  settings,
  mayTry,
}: {
  readonly settings: PolicyJson['settings'];
  readonly mayTry: boolean;
}) {
  const [typed, setTyped] = useState('');
  const [onlySet, setOnlySet] = useState(false);
  // People write cool-down, cool down and cooldown.
  const part = useDeferredValue(bare(typed));
  const shown = settings.filter(
    ({ section, key, description, origin }) =>
      (!onlySet || origin !== 'default') && bare(`${section}.${key} ${description}`).includes(part),
  );
  const rows = () => [
    ['setting', 'value', 'default', 'origin', 'line', 'description'],
    ...shown.map(({ section, key, value, default: usual, origin, line, description }) => [
      `${section}.${key}`,
      tomlOf(value),
      tomlOf(usual),
      origin,
      line === null ? '' : String(line),
      description,
    ]),
  ];
  return (
    <>
      <search>
        <form className="filters" onSubmit={(event) => event.preventDefault()}>
          <label>
            Find a setting{' '}
            <input type="search" value={typed} onChange={(event) => setTyped(event.target.value)} />
          </label>
          <label>
            <input type="checkbox" checked={onlySet} onChange={({ target }) => setOnlySet(target.checked)} />{' '}
            only what the policy says
          </label>
        </form>
      </search>
      <Toolbar says={`${shown.length} of ${settings.length} settings`} name="policy" rows={rows} />
      {shown.length === 0 ? (
        <p className="empty">
          {onlySet && part === ''
            ? 'The policy says nothing of its own: every value is the default.'
            : 'No setting is like that.'}
        </p>
      ) : (
        <Table name="Settings" heads={['Setting', 'Value', 'From', 'What it does']}>
          {shown.map(({ section, key, value, default: usual, origin, line, description }) => (
            <tr key={`${section}.${key}`}>
              <td>
                <code>
                  {section}.{key}
                </code>
                {mayTry && (
                  <div>
                    <Link
                      to="/policy"
                      search={{ tab: 'trial', setting: `${section}.${key}` }}
                      aria-label={`Change ${section}.${key}`}
                      className="quiet"
                    >
                      Change
                    </Link>
                  </div>
                )}
              </td>
              <td className="breaks">
                <code>{tomlOf(value)}</code>
                {origin !== 'default' && <div className="quiet">default {tomlOf(usual)}</div>}
              </td>
              <td>
                {origins[origin]}
                {line !== null && <div className="quiet">line {line}</div>}
              </td>
              <td className="wide">
                <Says text={description} />
              </td>
            </tr>
          ))}
        </Table>
      )}
    </>
  );
}
