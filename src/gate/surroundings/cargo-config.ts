import type { BuildSetting, Surrounding, UnreadableFile } from '../../facts/surroundings.ts';
import { type ConfigLevel, configLevels, filesInForce } from './config-files.ts';
import { meaningOf } from './config-keys.ts';
import { differingSettings, dotted, type FoundSetting, settingsIn } from './found-settings.ts';
import { differenceOf, foldersUp, type Side } from './side.ts';
import { type SourceEnd, sourceEnds } from './sources.ts';
import { shown } from './toml-file.ts';

/**
 * What cargo's configuration in the project says that decides a build, where it differs from the state before; all of
 * it where there is no state before. Level by level: in each folder the values of its own `.cargo` are compared, with
 * what that includes, so that moving a line from one file of a level to another changes nothing.
 */
export function configChanges(before: Side | undefined, after: Side): readonly Surrounding[] {
  const [old, levels] = [configLevels(before), configLevels(after)];
  const hasBefore = before !== undefined;
  return [...levels.keys(), ...[...old.keys()].filter((folder) => !levels.has(folder))].flatMap((folder) => [
    ...unreadableFiles(old.get(folder), levels.get(folder), hasBefore),
    ...settingChanges(folder, old, levels, hasBefore),
    ...sourceChanges(folder, old, levels, hasBefore),
  ]);
}

type Levels = ReadonlyMap<string, ConfigLevel>;

function unreadableFiles(
  old: ConfigLevel | undefined,
  level: ConfigLevel | undefined,
  hasBefore: boolean,
): readonly UnreadableFile[] {
  return (level?.unreadable ?? []).flatMap(({ file, line, column, reason }) => {
    const was = old?.unreadable.some((other) => other.file === file && other.reason === reason);
    if (was === true) return [];
    return [{ kind: 'unreadable', file, line, column, reason, difference: hasBefore ? 'added' : 'present' }];
  });
}

function settingChanges(
  folder: string,
  old: Levels,
  levels: Levels,
  hasBefore: boolean,
): readonly BuildSetting[] {
  const [was, is] = [settingsOf(old.get(folder)), settingsOf(levels.get(folder))];
  return differingSettings(was, is, hasBefore, (id) => coveredBy(id, folder, levels));
}

/** The settings of one level, by key. Lists of several files are joined by cargo, so each file's counts by itself. */
function settingsOf(level: ConfigLevel | undefined): ReadonlyMap<string, FoundSetting> {
  const found = new Map<string, FoundSetting>();
  for (const file of level?.files ?? []) {
    for (const setting of settingsIn(file, meaningOf)) {
      const id = `${setting.key}${Array.isArray(setting.value) ? ` ${file.file}` : ''}`;
      if (!found.has(id)) found.set(id, setting);
    }
  }
  return found;
}

/** Files of levels above whose value of the same key does not count in this folder. */
function coveredBy(id: string, folder: string, levels: Levels): readonly string[] {
  const above = foldersUp(folder).slice(1);
  return above.flatMap((each) => settingsOf(levels.get(each)).get(id)?.file ?? []);
}

/** A level that says nothing of sources has those of the levels above, which are compared there. */
function sourceChanges(
  folder: string,
  old: Levels,
  levels: Levels,
  hasBefore: boolean,
): readonly BuildSetting[] {
  const says = [...(old.get(folder)?.files ?? []), ...(levels.get(folder)?.files ?? [])];
  if (!says.some(({ values }) => values.source !== undefined || values.registries !== undefined)) return [];
  const [was, is] = [sourceEnds(filesInForce(old, folder)), sourceEnds(filesInForce(levels, folder))];
  return [...new Set([...is.keys(), ...was.keys()])].flatMap((name): BuildSetting[] => {
    const [before, after] = [was.get(name), is.get(name)];
    const difference = differenceOf(hasBefore, sayEnd(before), sayEnd(after));
    const end = after ?? before;
    if (difference === undefined || end === undefined) return [];
    const from = after === undefined ? 'takes its crates from where it says itself' : sayTaking(after);
    return [
      {
        kind: 'setting',
        topic: 'source',
        key: dotted(['source', name]),
        does: from,
        difference,
        before: before === undefined ? undefined : sayEnd(before),
        after: after === undefined ? undefined : sayEnd(after),
        file: end.file.file,
        ...end.file.placeOf(end.path),
        index: after?.kind === 'registry' ? after.value : undefined,
        indexBefore: before?.kind === 'registry' ? before.value : undefined,
        covers: [],
      },
    ];
  });
}

function sayTaking({ kind }: SourceEnd): string {
  return kind === 'itself' || kind === 'elsewhere'
    ? 'takes its crates from there'
    : `takes its crates from this ${kind.replace('-', ' ')}`;
}

function sayEnd(end: SourceEnd | undefined): string | undefined {
  if (end === undefined) return undefined;
  return end.kind === 'itself' ? 'replaced by itself' : `${end.kind.replace('-', ' ')} ${shown(end.value)}`;
}
