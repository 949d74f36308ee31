import { type RefObject, useEffect, useId, useRef, useState } from 'react';
import type { PolicyJson } from '../../../../src/server/policy-contract.ts';
import { Says } from '../../parts/says.tsx';
import { tomlOf, writtenAs } from '../../parts/toml.ts';
import { withSetting } from './edit.ts';

/** One setting after the other, changed in the text by a form. */
export function SettingForm({
  settings,
  text,
  begun,
  typed,
  onChange,
}: {
  readonly settings: PolicyJson['settings'];
  readonly text: string;
  /** The setting that it begins with, as `section.key`. */
  readonly begun: string | undefined;
  /** Puts what is typed here, and is not in the text yet, into a text. */
  readonly typed: RefObject<((text: string) => string) | undefined>;
  readonly onChange: (text: string) => void;
}) {
  const id = useId();
  const written = (one: PolicyJson['settings'][number] | undefined) =>
    one === undefined || one.value === null ? '' : tomlOf(one.value);
  const [name, setName] = useState(begun ?? '');
  const [value, setValue] = useState(() =>
    written(settings.find(({ section, key }) => `${section}.${key}` === begun)),
  );
  const [done, setDone] = useState('');
  const setting = settings.find(({ section, key }) => `${section}.${key}` === name);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (begun !== undefined) field.current?.focus();
  }, [begun]);
  const choose = (chosen: string) => {
    typed.current = undefined;
    setName(chosen);
    setValue(written(settings.find(({ section, key }) => `${section}.${key}` === chosen)));
  };
  const type = (to: string) => {
    setValue(to);
    typed.current =
      setting === undefined || to.trim() === ''
        ? undefined
        : (into) =>
            withSetting(into, setting.section, setting.key, writtenAs(to, setting.value ?? setting.default));
  };
  const change = (to: string | undefined) => {
    if (setting === undefined) return;
    typed.current = undefined;
    onChange(withSetting(text, setting.section, setting.key, to));
    setDone(
      to === undefined ? `${name} has its default in the text.` : `${name} = ${to} stands in the text.`,
    );
  };
  return (
    <details className="setting-form" open={begun !== undefined}>
      <summary>Change a setting by form</summary>
      <label htmlFor={`${id}-name`}>Setting</label>{' '}
      <select id={`${id}-name`} value={name} onChange={({ target }) => choose(target.value)}>
        <option value="">choose one</option>
        {settings.map(({ section, key }) => (
          <option key={`${section}.${key}`}>{`${section}.${key}`}</option>
        ))}
      </select>
      {setting !== undefined && (
        <>
          <p className="quiet">
            <Says text={setting.description} /> Default: <code>{tomlOf(setting.default)}</code>
          </p>
          <label htmlFor={`${id}-value`}>Value, as TOML</label>{' '}
          <input
            id={`${id}-value`}
            className="toml"
            ref={field}
            value={value}
            onChange={({ target }) => type(target.value)}
          />
          <div className="acts">
            <button
              type="button"
              disabled={value.trim() === ''}
              onClick={() => change(writtenAs(value, setting.value ?? setting.default))}
            >
              Put it into the text
            </button>
            <button type="button" onClick={() => change(undefined)}>
              Back to its default
            </button>
          </div>
        </>
      )}
      <p role="status">{done}</p>
    </details>
  );
}
