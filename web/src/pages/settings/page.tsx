import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import type { SettingJson } from '../../../../src/server/settings-contract.ts';
import { settingsQuery } from '../../api/settings.ts';
import { Copyable } from '../../parts/copyable.tsx';
import { Says } from '../../parts/says.tsx';
import { Table } from '../../parts/table.tsx';
import { tomlOf } from '../../parts/toml.ts';
import { Toolbar } from '../../parts/toolbar.tsx';
import { Trouble } from '../../parts/trouble.tsx';

const origins: Readonly<Record<SettingJson['origin'], string>> = {
  default: 'default',
  file: 'the file',
  environment: 'the environment',
  flag: 'the command line',
};

/** What the server goes by, with where each of it comes from: to be read, not to be changed. */
export function ServerSettings() {
  const { data, error } = useQuery(settingsQuery);
  const [typed, setTyped] = useState('');
  const [onlySet, setOnlySet] = useState(false);
  const part = useDeferredValue(typed.trim().toLowerCase());
  if (error !== null)
    return (
      <>
        <h1>Settings</h1>
        <Trouble error={error} />
      </>
    );
  const settings = data?.settings ?? [];
  const shown = settings.filter(
    ({ name, description, origin }) =>
      (!onlySet || origin !== 'default') && `${name} ${description}`.toLowerCase().includes(part),
  );
  const rows = () => [
    ['setting', 'value', 'default', 'origin', 'place', 'description'],
    ...shown.map(({ name, default: usual, origin, place, description, ...setting }) => [
      name,
      sayValue(setting),
      tomlOf(usual),
      origin,
      place ?? '',
      description,
    ]),
  ];
  return (
    <>
      <h1>Settings</h1>
      <p className="quiet">
        What this server goes by.{' '}
        {data?.file === null ? (
          <>
            No file was named: every key has its default. To set one, write it into a file and start with{' '}
            <Copyable text="safeguard serve --config server.toml" />
          </>
        ) : (
          <>
            It is changed in <code>{data?.file ?? 'server.toml'}</code> and by flags, and counts from the next
            start.
          </>
        )}{' '}
        What may be a secret is shown to nobody.
      </p>
      <search>
        <form className="filters" onSubmit={(event) => event.preventDefault()}>
          <label>
            Find a setting{' '}
            <input type="search" value={typed} onChange={(event) => setTyped(event.target.value)} />
          </label>
          <label>
            <input type="checkbox" checked={onlySet} onChange={({ target }) => setOnlySet(target.checked)} />{' '}
            only what was set here
          </label>
        </form>
      </search>
      <Toolbar
        says={data === undefined ? 'Reading…' : `${shown.length} of ${settings.length} settings`}
        name="settings"
        rows={rows}
      />
      {data !== undefined && shown.length === 0 && (
        <p className="empty">
          {onlySet && part === ''
            ? 'Nothing was set: everything has its default.'
            : 'No setting is like that.'}
        </p>
      )}
      {shown.length > 0 && (
        <Table name="Settings" heads={['Setting', 'Value', 'From', 'What it does']}>
          {shown.map(({ name, default: usual, origin, place, description, ...setting }) => (
            <tr key={name}>
              <td className="breaks">
                <code>{name}</code>
              </td>
              <td className="breaks">
                <code>{sayValue(setting)}</code>
                {origin !== 'default' && <div className="quiet">default {tomlOf(usual)}</div>}
              </td>
              <td className="breaks">
                {origins[origin]}
                {place !== null && <div className="quiet">{place}</div>}
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

function sayValue({ value, isHidden }: Pick<SettingJson, 'value' | 'isHidden'>): string {
  return isHidden ? 'set, and shown to nobody' : tomlOf(value);
}
