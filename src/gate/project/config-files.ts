import { dirname, join, resolve } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { GateError } from '../error.ts';
import type { ProjectFiles } from './files.ts';

/** A file of cargo's configuration. */
export interface ConfigFile {
  readonly file: string;
  readonly text: string;
  readonly values: ConfigTable;
}

export type ConfigTable = Readonly<Record<string, unknown>>;

/**
 * The files of cargo's configuration that count in a folder, the strongest first: the nearest folder's, then cargo's home; behind
 * each what it includes, of which a later one is stronger than an earlier one (cargo: src/util/context/mod.rs,
 * `walk_tree`, `load_includes`). Throws `GateError('gate/config')` where cargo refuses.
 */
export function configFiles(
  files: ProjectFiles,
  folder: string,
  cargoHome: string | undefined,
): readonly ConfigFile[] {
  const above = ancestors(folder).map((each) => join(each, '.cargo'));
  const folders = cargoHome === undefined ? above : [...above, cargoHome];
  return [...new Set(folders)].flatMap((each) => {
    // Where both names are there, the old one counts.
    const file = [join(each, 'config'), join(each, 'config.toml')].find(
      (path) => files.read(path) !== undefined,
    );
    return file === undefined ? [] : withIncludes(files, file, []);
  });
}

/** A folder, its parent, and so on to the root. */
export function ancestors(folder: string): readonly string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...ancestors(above)];
}

export function tableOf(value: unknown): ConfigTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as ConfigTable) : {};
}

const mend = 'Mend the file: cargo refuses it too.';

function withIncludes(files: ProjectFiles, file: string, above: readonly string[]): readonly ConfigFile[] {
  const text = files.read(file);
  if (text === undefined) return [];
  const values = parsed(file, text);
  const own = { file, text, values };
  const included = includesIn(own).flatMap(({ path, optional }) => {
    if ([...above, file].includes(path)) throw refused(file, `it includes itself by way of ${path}`);
    if (files.read(path) !== undefined) return [withIncludes(files, path, [...above, file])];
    if (optional) return [];
    throw refused(file, `it includes ${path}, which cannot be read`);
  });
  return [own, ...included.toReversed().flat()];
}

function includesIn({ file, values }: ConfigFile): readonly { path: string; optional: boolean }[] {
  const { include } = values;
  if (include === undefined) return [];
  if (!Array.isArray(include)) throw refused(file, 'its `include` is no list');
  return include.map((item: unknown) => {
    const path = typeof item === 'string' ? item : tableOf(item).path;
    if (typeof path !== 'string' || !path.endsWith('.toml'))
      throw refused(file, 'its `include` names what is no TOML file');
    return { path: resolve(dirname(file), path), optional: tableOf(item).optional === true };
  });
}

function refused(file: string, reason: string): GateError {
  return new GateError('gate/config', `cargo's configuration was not understood: ${reason}.`, {
    at: { file },
    next: mend,
  });
}

function parsed(file: string, text: string): ConfigTable {
  try {
    return parse(text, { integersAsBigInt: true });
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    throw new GateError(
      'gate/config',
      `cargo's configuration was not understood: ${cause.message.split('\n')[0]}.`,
      { at: { file, line: cause.line, column: cause.column }, next: mend, cause },
    );
  }
}
