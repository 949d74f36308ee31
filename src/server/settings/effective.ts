import { parse } from 'smol-toml';
import { locateKey } from '../../cargo/toml-span.ts';
import type { TomlSource } from '../../policy/toml.ts';
import type { SettingJson } from '../settings-contract.ts';
import { type DescribedSetting, fileSettings, flagSetting, serveVariables } from './described.ts';
import { type ServeFlag, serveFlags } from './flags.ts';

/** What a server was told when it was started. */
export interface Told {
  /** Flags of `safeguard serve` by their keys; what is absent was not given. */
  readonly flags: Readonly<Partial<Record<ServeFlag['key'], unknown>>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `server.toml`, where one was named. */
  readonly file: TomlSource | undefined;
}

/** What a server goes by: each flag, variable and key, with where its value comes from. No secret is among it. */
export function effectiveSettings({ flags, env, file }: Told): readonly SettingJson[] {
  const ofFlags = serveFlags.map((flag) => {
    const { key } = flag;
    const setting = flagSetting(flag);
    // Commander has `--no-watch` as what it takes away.
    const given = key === 'watch' && flags[key] !== undefined ? !flags[key] : flags[key];
    const isGiven = given !== undefined && given !== flag.default;
    return shown(setting, isGiven ? given : undefined, 'flag', isGiven ? setting.name : null);
  });
  const ofVariables = serveVariables.map((setting) =>
    shown(setting, env[setting.name] || undefined, 'environment', null),
  );
  const written = file === undefined ? {} : parse(file.text);
  const ofFile = expanded(fileSettings(), written).map(({ setting, path, value }) => {
    const line = value === undefined || file === undefined ? 0 : locateKey(file.text, path).line;
    return shown(setting, value, 'file', line === 0 ? null : `${file?.file}:${line}`);
  });
  return [...ofFlags, ...ofVariables, ...ofFile];
}

interface Expanded {
  readonly setting: DescribedSetting;
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

/** Each setting once, and where there are several tables of it, once for each. */
function expanded(settings: readonly DescribedSetting[], written: unknown): readonly Expanded[] {
  return settings.flatMap((setting) => {
    const steps = setting.name.split(/\.|(?=\[\])/);
    const all = walk(steps, written, []);
    if (all.length === 0) return [{ setting, path: [], value: undefined }];
    return all.map(({ path, value }) => ({ setting: { ...setting, name: nameOf(path) }, path, value }));
  });
}

function walk(
  [step, ...rest]: readonly string[],
  at: unknown,
  path: readonly (string | number)[],
): readonly { readonly path: readonly (string | number)[]; readonly value: unknown }[] {
  if (step === undefined) return [{ path, value: at }];
  if (step === '[]') return Array.isArray(at) ? at.flatMap((one, i) => walk(rest, one, [...path, i])) : [];
  if (typeof at !== 'object' || at === null)
    return step === '*' ? [] : walk(rest, undefined, [...path, step]);
  const table = at as Readonly<Record<string, unknown>>;
  if (step === '*') return Object.keys(table).flatMap((key) => walk(rest, table[key], [...path, key]));
  return walk(rest, Object.hasOwn(table, step) ? table[step] : undefined, [...path, step]);
}

function nameOf(path: readonly (string | number)[]): string {
  return path.reduce<string>(
    (name, part) => (typeof part === 'number' ? `${name}[${part}]` : name === '' ? part : `${name}.${part}`),
    '',
  );
}

function shown(
  { name, description, default: usual, isSecret }: DescribedSetting,
  value: unknown,
  origin: SettingJson['origin'],
  place: string | null,
): SettingJson {
  const isSet = value !== undefined;
  const bare = isSecret && isSet ? null : withoutSecrets(value ?? usual ?? null);
  return {
    name,
    description,
    value: bare,
    isHidden: isSecret && isSet,
    default: usual ?? null,
    origin: isSet ? origin : 'default',
    place,
  };
}

/** Addresses without their users, passwords, queries and fragments. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value === 'object' && value !== null && !(value instanceof Date))
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutSecrets(one)]));
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string' || !value.includes('://'))
    return value instanceof Date ? value.toISOString() : value;
  // `sparse+https://…` and its like, too; up to the last @, since whatever is before it may be a password.
  return value.replace(/(:\/\/).*@/s, '$1').replace(/[?#].*$/s, '');
}
