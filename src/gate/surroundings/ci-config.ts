import type { BuildSetting, UnreadableFile } from '../../facts/surroundings.ts';
import { aliasOptions } from './alias-builds.ts';
import type { BuildCall } from './cargo-builds.ts';
import { ciKinds } from './ci-files.ts';
import { type CiConfigFile, type CiSetting, ciSettings, leavesOfTable } from './ci-settings.ts';
import type { CiKind } from './ci-text.ts';
import { isConfigFile, namedConfig } from './config-files.ts';
import { meaningOf } from './config-keys.ts';
import { LineTable } from './line-table.ts';
import { inFolder, type Side, textOf } from './side.ts';
import { shown } from './toml-file.ts';

/** What files of CI set for cargo that would be named in its configuration, and stood not in the file before. */
export function ciSettingChanges(
  before: Side | undefined,
  after: Side,
): readonly (BuildSetting | UnreadableFile)[] {
  const difference = before === undefined ? 'present' : 'added';
  return ciFilesOf(after).flatMap(({ file, text, settings, files }) => {
    const old = ciFilesOf(before).find((other) => other.file === file);
    const known = new Set([
      ...(old?.settings ?? []).map(idOf),
      ...(old?.files ?? []).map(({ path }) => path),
    ]);
    const lines = new LineTable(text);
    const set = settings.flatMap((setting): BuildSetting[] => {
      const meaning = meaningOf(setting.key, setting.value);
      if (meaning === undefined || known.has(idOf(setting))) return [];
      // What a secret of CI's fills in is in no file.
      if (meaning.secret === true && /\$/.test(String(setting.value))) return [];
      const { topic, does } = meaning;
      const key = setting.name.startsWith('--') ? setting.key.join('.') : setting.name;
      const place = setting.at ?? { file, ...lines.positionAt(setting.start) };
      const value = meaning.secret === true ? 'a secret' : shown(setting.value);
      return [{ kind: 'setting', topic, key, does, difference, after: value, ...place, covers: [] }];
    });
    const unread = files.flatMap(({ path, start }): readonly UnreadableFile[] => {
      const inside = inProject(after, path);
      if (inside !== undefined) return unreadableIn(before, after, inside, known.has(path));
      if (known.has(path)) return [];
      const reason = `cargo is given ${JSON.stringify(path)} as configuration, which is not in the project`;
      return [{ kind: 'unreadable', file, ...lines.positionAt(start), difference, reason }];
    });
    return [...set, ...unread];
  });
}

/** Files of the project that CI and aliases give cargo as configuration. */
export function configNamed(side: Side): readonly string[] {
  const found = [...ciFilesOf(side), ...aliasOptions(side)].flatMap(({ files }) =>
    files.flatMap(({ path }) => inProject(side, path) ?? []),
  );
  return [...new Set(found)].sort();
}

/** Files of CI, with what each sets for cargo. */
export function ciFilesOf(side: Side | undefined): readonly CiFile[] {
  return [...ciKinds(side)].flatMap(([file, kind]) => {
    const text = textOf(side, file);
    if (text === undefined) return [];
    const { settings, files, builds } = ciSettings(kind, text);
    const named = files.flatMap(({ path, start }) => settingsNamed(side, path, start));
    return [{ file, kind, text, settings: [...settings, ...named], files, builds }];
  });
}

/** What a file of the project that cargo is told of by `--config` sets. The usual ones are compared by themselves. */
export function settingsNamed(side: Side | undefined, path: string, start: number): readonly CiSetting[] {
  const inside = inProject(side, path);
  if (side === undefined || inside === undefined || isConfigFile(inside)) return [];
  return namedConfig(side, inside).files.flatMap((read) =>
    leavesOfTable(read.values).map(([key, value]) => ({
      ...{ key, value, name: '--config', start },
      at: { file: read.file, ...read.placeOf(key) },
    })),
  );
}

/** What of such a file cannot be read, and was not so before. */
function unreadableIn(
  before: Side | undefined,
  after: Side,
  file: string,
  wasNamed: boolean,
): readonly UnreadableFile[] {
  if (isConfigFile(file)) return [];
  const old = before === undefined || !wasNamed ? [] : namedConfig(before, file).unreadable;
  return namedConfig(after, file)
    .unreadable.filter((one) => !old.some((was) => was.file === one.file && was.reason === one.reason))
    .map(({ file, line, column, reason }) => ({
      ...{ kind: 'unreadable', file, line, column, reason },
      difference: before === undefined ? 'present' : 'added',
    }));
}

export interface CiFile {
  readonly file: string;
  readonly kind: CiKind;
  readonly text: string;
  readonly settings: readonly CiSetting[];
  readonly files: readonly CiConfigFile[];
  readonly builds: readonly BuildCall[];
}

/** The path below the project's folder; `undefined` where the project has no such file. */
function inProject(side: Side | undefined, path: string): string | undefined {
  const inside = inFolder('', path);
  return inside !== undefined && side?.paths.has(inside) === true ? inside : undefined;
}

function idOf({ key, value, name }: CiSetting): string {
  return JSON.stringify([key, String(value), name]);
}
