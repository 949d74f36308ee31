import type { Position } from '../../cargo/error.ts';
import type { BuildSetting } from '../../facts/surroundings.ts';
import type { KeyMeaning } from './config-keys.ts';
import { differenceOf } from './side.ts';
import { isTable, shown, type Table, type TomlFile } from './toml-file.ts';

/** A key of a TOML file that decides a build. */
export interface FoundSetting {
  /** With dots: `profile.release.rustflags`. */
  readonly key: string;
  readonly value: unknown;
  readonly meaning: KeyMeaning;
  readonly file: string;
  readonly at: Position;
}

/** `profile.NAME.package.NAME.rustflags` */
const deepest = 5;

/** The keys of a file that `meaningOf` knows. */
export function settingsIn(
  file: TomlFile,
  meaningOf: (path: readonly string[], value: unknown) => KeyMeaning | undefined,
): readonly FoundSetting[] {
  const found: FoundSetting[] = [];
  const walk = (table: Table, path: readonly string[]) => {
    for (const [name, value] of Object.entries(table)) {
      const inner = [...path, name];
      const meaning = meaningOf(inner, value);
      if (meaning !== undefined) {
        found.push({ key: dotted(inner), value, meaning, file: file.file, at: file.placeOf(inner) });
      } else if (isTable(value) && inner.length < deepest) walk(value, inner);
    }
  };
  walk(file.values, []);
  return found;
}

/**
 * Those that are new, other or gone, by an id that they have in both states; all where there is no state before.
 * `coveredBy` names files whose value does not count for one.
 */
export function differingSettings(
  was: ReadonlyMap<string, FoundSetting>,
  is: ReadonlyMap<string, FoundSetting>,
  hasBefore: boolean,
  coveredBy: (id: string) => readonly string[],
): readonly BuildSetting[] {
  return [...new Set([...is.keys(), ...was.keys()])].flatMap((id): BuildSetting[] => {
    const [before, after] = [was.get(id), is.get(id)];
    const found = after ?? before;
    const difference = differenceOf(hasBefore, meaningfulValue(before), meaningfulValue(after));
    if (found === undefined || difference === undefined) return [];
    const { topic, does } = found.meaning;
    return [
      {
        kind: 'setting',
        topic,
        key: found.key,
        does,
        difference,
        before: sayValue(before),
        after: sayValue(after),
        file: found.file,
        ...found.at,
        covers: after === undefined ? [] : coveredBy(id),
      },
    ];
  });
}

/** The path of a key as TOML writes it. */
export function dotted(path: readonly string[]): string {
  return path.map((part) => (/^[A-Za-z0-9_-]+$/.test(part) ? part : JSON.stringify(part))).join('.');
}

function meaningfulValue(found: FoundSetting | undefined): string | undefined {
  return found === undefined ? undefined : JSON.stringify(found.value, bigAsText);
}

function bigAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function sayValue(found: FoundSetting | undefined): string | undefined {
  if (found === undefined) return undefined;
  return found.meaning.secret === true ? 'a secret' : shown(found.value);
}
