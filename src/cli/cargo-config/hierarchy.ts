import { readFile, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { homeFolder } from '../../gate/project/home-folder.ts';
import { CliError } from '../shared/error.ts';
import { isTable, parseConfig, type TomlTable, valueAt } from './toml-edit.ts';

// Which configuration files cargo reads, as its book says ("Hierarchical structure") and cargo 1.95 was seen to do.

/** A configuration file that is in force. */
export interface ConfigFile {
  readonly file: string;
  readonly value: TomlTable;
}

/** Where cargo looks from. */
export interface CargoPlace {
  readonly folder: string;
  readonly cargoHome: string;
}

/** A value with the file that it comes from. */
export interface ConfigValue {
  readonly value: unknown;
  readonly file: string;
}

export function cargoPlace(folder = process.cwd(), env = process.env): CargoPlace {
  return { folder, cargoHome: resolve(folder, env.CARGO_HOME || join(homeFolder(), '.cargo')) };
}

/** The configuration file of a `.cargo` folder: cargo takes the old name without `.toml` where both exist. */
export async function configIn(dotCargo: string): Promise<string | undefined> {
  for (const name of ['config', 'config.toml']) {
    const file = join(dotCargo, name);
    if ((await textOf(file)) !== undefined) return file;
  }
  return undefined;
}

/**
 * Every configuration file in force in a folder, the strongest first. `edited` stands in for a file's content, or
 * for a file that is yet to be written.
 */
export async function readHierarchy(
  place: CargoPlace,
  edited: ReadonlyMap<string, string> = new Map(),
): Promise<ConfigFile[]> {
  const files: ConfigFile[] = [];
  const seen = new Set<string>();
  for (const dotCargo of [
    ...ancestors(place.folder).map((folder) => join(folder, '.cargo')),
    place.cargoHome,
  ]) {
    const file = (await configIn(dotCargo)) ?? [...edited.keys()].find((key) => dirname(key) === dotCargo);
    if (file === undefined) continue;
    const id = await realpath(file).catch(() => file);
    if (seen.has(id)) continue;
    seen.add(id);
    files.push(...(await readWithIncludes(file, edited)));
  }
  return files;
}

/** The tables at a path (`source`, `registries`) laid over each other: by name, then by key, the strongest value. */
export function mergedTables(
  files: readonly ConfigFile[],
  key: string,
): Map<string, Map<string, ConfigValue>> {
  const merged = new Map<string, Map<string, ConfigValue>>();
  for (const { file, value } of files) {
    const tables = valueAt(value, [key]);
    if (tables === undefined) continue;
    if (!isTable(tables)) throw notTable(file, key);
    for (const [name, table] of Object.entries(tables)) {
      if (!isTable(table)) throw notTable(file, `${key}.${name}`);
      const into = merged.get(name) ?? new Map<string, ConfigValue>();
      merged.set(name, into);
      for (const [inner, content] of Object.entries(table))
        if (!into.has(inner)) into.set(inner, { value: content, file });
    }
  }
  return merged;
}

/** `include` (cargo 1.93): what a file includes is weaker than itself, and a later one is stronger than an earlier. */
async function readWithIncludes(
  file: string,
  edited: ReadonlyMap<string, string>,
  above: readonly string[] = [],
): Promise<ConfigFile[]> {
  if (above.includes(file)) throw new CliError('cli/config', `${file} includes itself`);
  const text = edited.get(file) ?? (await textOf(file));
  if (text === undefined) throw new CliError('cli/config', `${file} is included but does not exist`);
  const value = parseConfig(text, file);
  const included: ConfigFile[] = [];
  for (const { path, optional } of includesOf(value, file)) {
    const target = resolve(dirname(file), path);
    if (optional && (await textOf(target)) === undefined) continue;
    included.unshift(...(await readWithIncludes(target, edited, [...above, file])));
  }
  return [{ file, value }, ...included];
}

function includesOf(value: TomlTable, file: string): { path: string; optional: boolean }[] {
  const include = value.include;
  if (include === undefined) return [];
  if (!Array.isArray(include)) throw new CliError('cli/config', `${file}: \`include\` is not a list`);
  return include.map((item: unknown) => {
    if (typeof item === 'string') return { path: item, optional: false };
    if (isTable(item) && typeof item.path === 'string')
      return { path: item.path, optional: item.optional === true };
    throw new CliError('cli/config', `${file}: \`include\` has an item without a path`);
  });
}

function notTable(file: string, key: string): CliError {
  return new CliError('cli/config', `${file}: \`${key}\` is not a table`, {
    next: 'Cargo refuses this too; mend the file first.',
  });
}

function ancestors(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...ancestors(parent)];
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readUtf8(file);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return undefined;
    throw error;
  }
}

/** Reads a text file. Bytes that are not UTF-8 are refused: writing them back would change them. */
export async function readUtf8(file: string): Promise<string> {
  const bytes = await readFile(file);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new CliError('cli/config', `${file} is not UTF-8 text`, { next: 'Cargo refuses it too.', cause });
  }
}
