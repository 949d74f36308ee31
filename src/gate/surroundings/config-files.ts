import { filesNamed, folderOf, foldersUp, inFolder, type Side } from './side.ts';
import { isTable, readTomlFile, type TomlFile, type UnreadableToml } from './toml-file.ts';

// Which configuration files count where, as cargo's book says ("Hierarchical structure", "include").

/** The configuration that one `.cargo` folder brings: its file, then what that includes, the strongest first. */
export interface ConfigLevel {
  /** The folder that has the `.cargo`; empty for the project's own. */
  readonly folder: string;
  readonly files: readonly TomlFile[];
  readonly unreadable: readonly UnreadableToml[];
}

/** Whether a path is a configuration file by its name. */
export function isConfigFile(path: string): boolean {
  return /(?:^|\/)\.cargo\/config(?:\.toml)?$/.test(path);
}

/** The levels of a project, by folder. A `.cargo` that holds both names has the one without `.toml` in force. */
export function configLevels(side: Side | undefined): ReadonlyMap<string, ConfigLevel> {
  const levels = new Map<string, ConfigLevel>();
  if (side === undefined) return levels;
  for (const file of filesNamed(side, isConfigFile)) {
    const folder = folderOf(folderOf(file));
    if (levels.has(folder)) continue;
    const files: TomlFile[] = [];
    const unreadable: UnreadableToml[] = [];
    readWithIncludes(side, file, [], files, unreadable);
    levels.set(folder, { folder, files, unreadable });
  }
  return levels;
}

/** A file that counts by its name on a command line (`--config FILE`), with what it includes. */
export function namedConfig(side: Side, file: string): Pick<ConfigLevel, 'files' | 'unreadable'> {
  const [files, unreadable]: [TomlFile[], UnreadableToml[]] = [[], []];
  readWithIncludes(side, file, [], files, unreadable);
  return { files, unreadable };
}

/** The files in force in a folder, the strongest first: its own level, and those above it in the project. */
export function filesInForce(levels: ReadonlyMap<string, ConfigLevel>, folder: string): readonly TomlFile[] {
  return foldersUp(folder).flatMap((each) => levels.get(each)?.files ?? []);
}

/** What a configuration file includes. */
export interface Include {
  readonly written: string;
  /** Below the project's folder; `undefined` for what lies outside of it. */
  readonly path: string | undefined;
  readonly optional: boolean;
}

export function includesOf({ file, values }: TomlFile): readonly Include[] {
  const items = Array.isArray(values.include) ? values.include : [values.include];
  return items.flatMap((item: unknown) => {
    const written = typeof item === 'string' ? item : isTable(item) ? item.path : undefined;
    if (typeof written !== 'string') return [];
    const path = inFolder(folderOf(file), written);
    return [{ written, path, optional: isTable(item) && item.optional === true }];
  });
}

/** What a file includes is weaker than itself, and a later one is stronger than an earlier one. */
function readWithIncludes(
  side: Side,
  file: string,
  above: readonly string[],
  files: TomlFile[],
  unreadable: UnreadableToml[],
): void {
  // Each file once: it says the same again, and a circle ends.
  if (above.includes(file) || files.some((read) => read.file === file)) return;
  const read = readTomlFile(side, file);
  if (read === undefined) return;
  if (read.kind === 'unreadable') {
    unreadable.push(read);
    return;
  }
  files.push(read);
  for (const { written, path, optional } of includesOf(read).toReversed()) {
    const isThere = path !== undefined && side.paths.has(path);
    if (isThere) readWithIncludes(side, path, [...above, file], files, unreadable);
    // What lies outside of the project counts where it is there, optional or not.
    else if (path === undefined || !optional) unreadable.push(notRead(read, written, path === undefined));
  }
}

function notRead(from: TomlFile, written: string, isOutside: boolean): UnreadableToml {
  const why = isOutside ? 'which lies outside of the project' : 'which is not there';
  const reason = `it includes ${JSON.stringify(written)}, ${why}`;
  return { kind: 'unreadable', file: from.file, ...from.placeOf(['include']), reason };
}
