import type { UnreadableFile } from '../../facts/surroundings.ts';
import { ciFilesOf } from './ci-config.ts';
import { configLevels } from './config-files.ts';
import { LineTable } from './line-table.ts';
import { folderOf, inFolder, type Side } from './side.ts';
import { asTable } from './toml-file.ts';

/** A lockfile of a project. */
export interface FoundLockfile {
  /** Below the project's folder. */
  readonly path: string;
  /** Whether cargo is pointed at it (`resolver.lockfile-path`, `--lockfile-path`). */
  readonly isNamed: boolean;
}

/** The lockfiles that are there, and those that cargo is pointed at, each once. */
export function lockfilesOf(side: Side): readonly FoundLockfile[] {
  const named = new Set(pointersOf(side).flatMap(({ path }) => path ?? []));
  const there = [...side.paths].filter((path) => path === 'Cargo.lock' || path.endsWith('/Cargo.lock'));
  return [...new Set([...named, ...there])].sort().map((path) => ({ path, isNamed: named.has(path) }));
}

/** What points cargo at a lockfile that is not there, and did not before. */
export function lockfilePointerChanges(before: Side | undefined, after: Side): readonly UnreadableFile[] {
  const known = new Set(pointersOf(before).map(({ file, value }) => `${file} ${value}`));
  return pointersOf(after).flatMap(({ file, line, column, value, path }): UnreadableFile[] => {
    if (path !== undefined || known.has(`${file} ${value}`)) return [];
    const reason = `it points cargo at the lockfile ${JSON.stringify(value)}, which is not in the project`;
    return [
      {
        kind: 'unreadable',
        file,
        line,
        column,
        reason,
        difference: before === undefined ? 'present' : 'added',
      },
    ];
  });
}

interface Pointer {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly value: string;
  /** Below the project's folder; `undefined` where it is not there. */
  readonly path: string | undefined;
}

const key = ['resolver', 'lockfile-path'] as const;

function pointersOf(side: Side | undefined): readonly Pointer[] {
  if (side === undefined) return [];
  const configured = [...configLevels(side).values()].flatMap(({ files }) =>
    files.flatMap((file): Pointer[] => {
      const value = asTable(file.values.resolver)[key[1]];
      if (typeof value !== 'string') return [];
      // Cargo takes such a path from the folder that the `.cargo` is in.
      const path = inFolder(folderOf(folderOf(file.file)), value);
      return [{ file: file.file, ...file.placeOf(key), value, path: present(side, path) }];
    }),
  );
  const inCi = ciFilesOf(side).flatMap(({ file, text, settings }) => {
    const lines = new LineTable(text);
    return settings.flatMap(({ key: path, value, start }): Pointer[] => {
      if (path.join('.') !== key.join('.') || typeof value !== 'string') return [];
      return [{ file, ...lines.positionAt(start), value, path: inAnyFolder(side, value) }];
    });
  });
  return [...configured, ...inCi];
}

function present(side: Side, path: string | undefined): string | undefined {
  return path !== undefined && side.paths.has(path) ? path : undefined;
}

/** In which folder CI runs cargo is not known: the shortest path that ends so. */
function inAnyFolder(side: Side, value: string): string | undefined {
  const inside = inFolder('', value.replace(/^\$\{?\{?\s*[\w.]+\s*\}?\}?\//, ''));
  if (inside === undefined) return undefined;
  const all = [...side.paths].filter((path) => path === inside || path.endsWith(`/${inside}`));
  return all.sort((a, b) => a.length - b.length)[0];
}
