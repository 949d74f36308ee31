import type { BuildSetting, UnreadableFile } from '../../facts/surroundings.ts';
import { type CiConfigFile, type CiSetting, ciSettings } from './ci-settings.ts';
import { ciKind } from './ci-text.ts';
import { meaningOf } from './config-keys.ts';
import { LineTable } from './line-table.ts';
import { filesNamed, inFolder, type Side, textOf } from './side.ts';
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
      const value = meaning.secret === true ? 'a secret' : shown(setting.value);
      const place = lines.positionAt(setting.start);
      return [{ kind: 'setting', topic, key, does, difference, after: value, file, ...place, covers: [] }];
    });
    const unread = files.flatMap(({ path, start }): UnreadableFile[] => {
      if (known.has(path) || hasFile(after, path)) return [];
      const reason = `cargo is given ${JSON.stringify(path)} as configuration, which is not in the project`;
      return [{ kind: 'unreadable', file, ...lines.positionAt(start), difference, reason }];
    });
    return [...set, ...unread];
  });
}

/** Flags for rustc that CI has in its environment, each as `RUSTFLAGS` has it. */
export function ciFlagsOf(side: Side): readonly (readonly string[])[] {
  const flags = ciFilesOf(side).flatMap(({ settings }) =>
    settings.flatMap(({ key, value }) =>
      key.at(-1) === 'rustflags' && Array.isArray(value) ? [value.map(String)] : [],
    ),
  );
  return [...new Map(flags.map((each) => [each.join(' '), each])).values()];
}

/** Files of CI, with what each sets for cargo. */
export function ciFilesOf(side: Side | undefined): readonly CiFile[] {
  return filesNamed(side, (path) => ciKind(path) !== undefined).flatMap((file) => {
    const kind = ciKind(file);
    const text = textOf(side, file);
    if (kind === undefined || text === undefined) return [];
    return [{ file, text, ...ciSettings(kind, text) }];
  });
}

export interface CiFile {
  readonly file: string;
  readonly text: string;
  readonly settings: readonly CiSetting[];
  readonly files: readonly CiConfigFile[];
}

function hasFile(side: Side, path: string): boolean {
  const inside = inFolder('', path);
  return inside !== undefined && side.paths.has(inside);
}

function idOf({ key, value, name }: CiSetting): string {
  return JSON.stringify([key, String(value), name]);
}
