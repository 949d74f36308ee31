import { dirname, resolve } from 'node:path';
import type { RustflagsSettings } from '../../cargo/cfg/rustflags.ts';
import { targetTriples } from '../../cargo/cfg/target.ts';
import { CargoError } from '../../cargo/error.ts';
import { parseSourceId, type SourceId, sourceKey } from '../../cargo/source-id.ts';
import { type ConfigFile, type ConfigTable, configFiles, tableOf } from './config-files.ts';
import type { ProjectFiles } from './files.ts';

/** What of cargo's configuration decides which packages are meant, and what is built of them. */
export interface CargoConfig {
  /** Index URLs by a registry's name; an entry of a nearer file wins. */
  readonly registries: ReadonlyMap<string, string>;
  /** TOML texts of `[patch]` tables, which count like the root manifest's, with the files that have them. */
  readonly patches: readonly { readonly file: string; readonly text: string }[];
  /** `build.target`: what is built for where nobody says; none: the machine that builds. A JSON file with its folder. */
  readonly targets: readonly string[];
  readonly rustflags: RustflagsSettings;
  /** By triple, the `links` whose build scripts are not run: `[target.T.LINKS]` has their answers. */
  readonly linksOverrides: ReadonlyMap<string, ReadonlySet<string>>;
  /** Folders of `paths`, whose packages stand in for those of the lockfile. */
  readonly paths: readonly string[];
  /** `resolver.lockfile-path`, with who says so: a file, or the environment. */
  readonly lockfile: { readonly path: string; readonly by: string } | undefined;
  /** Whether it switches artifact dependencies on (`[unstable] bindeps`). */
  readonly bindeps: boolean;
  /** Folders of directory sources that registries are replaced by. */
  readonly vendored: readonly string[];
  /** By `sourceKey`, the folders that repositories of git are replaced by. */
  readonly vendoredGit: ReadonlyMap<string, string>;
  /** The same of local registries: folders of archives, with an index. */
  readonly localRegistries: readonly string[];
}

/** Variables as a process has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the configuration that cargo would in a folder. Throws `GateError('gate/config')` where cargo refuses. */
export function readCargoConfig(
  files: ProjectFiles,
  folder: string,
  cargoHome: string | undefined,
  environment: Environment = {},
): CargoConfig {
  const all = configFiles(files, folder, cargoHome);
  return {
    registries: registriesIn(all),
    patches: all.flatMap(({ file, text, values }) => (values.patch === undefined ? [] : [{ file, text }])),
    targets: targetsIn(all, folder, environment),
    rustflags: rustflagsIn(all, environment),
    linksOverrides: linksIn(all),
    paths: all.flatMap((file) => listIn(file.values.paths).map((path) => resolve(rootOf(file), path))),
    lockfile: lockfileIn(all, folder, environment),
    bindeps: bindepsIn(all, environment),
    vendored: foldersIn(all, 'directory'),
    vendoredGit: gitFoldersIn(all),
    localRegistries: foldersIn(all, 'local-registry'),
  };
}

/** The folder that paths of a configuration file count from: the one with the `.cargo` (cargo: `Definition::root`). */
function rootOf({ file }: Pick<ConfigFile, 'file'>): string {
  return dirname(dirname(file));
}

function registriesIn(all: readonly ConfigFile[]): ReadonlyMap<string, string> {
  const registries = new Map<string, string>();
  for (const { values } of all) {
    for (const [name, value] of Object.entries(tableOf(values.registries))) {
      const { index } = tableOf(value);
      if (typeof index === 'string' && !registries.has(name)) registries.set(name, index);
    }
  }
  return registries;
}

/** The strongest value of `build.target`; the environment's counts before any file. */
function targetsIn(all: readonly ConfigFile[], folder: string, environment: Environment): readonly string[] {
  const { CARGO_BUILD_TARGET: said } = environment;
  if (said !== undefined && said.trim() !== '') return [specification(said.trim(), folder)];
  const file = all.find(({ values }) => tableOf(values.build).target !== undefined);
  if (file === undefined) return [];
  const { target } = tableOf(file.values.build);
  return [...new Set(listIn(target).map((each) => specification(each, rootOf(file))))];
}

function specification(target: string, folder: string): string {
  return target.endsWith('.json') ? resolve(folder, target) : target;
}

function rustflagsIn(all: readonly ConfigFile[], environment: Environment): RustflagsSettings {
  const { CARGO_ENCODED_RUSTFLAGS: encoded, RUSTFLAGS: plain, CARGO_BUILD_RUSTFLAGS: build } = environment;
  const tables = targetTables(all);
  const own = (key: string) => merged(all, ['target', key, 'rustflags']);
  const triples = new Map<string, readonly string[]>();
  const cfgs = new Map<string, readonly string[]>();
  for (const key of [...tables].sort()) {
    const flags = own(key);
    if (flags !== undefined) (key.startsWith('cfg(') ? cfgs : triples).set(key, flags);
  }
  for (const [name, value] of Object.entries(environment)) {
    const triple = /^CARGO_TARGET_(\w+)_RUSTFLAGS$/.exec(name)?.[1];
    if (triple === undefined || value === undefined) continue;
    const key = targetTriples().find((each) => shouted(each) === triple) ?? triple;
    triples.set(key, [...(triples.get(key) ?? []), ...words(value)]);
  }
  const built = merged(all, ['build', 'rustflags']);
  return {
    environment: encoded === undefined ? plain?.split(' ').flatMap(words) : decoded(encoded),
    triples,
    cfgs,
    build: build === undefined ? built : [...(built ?? []), ...words(build)],
  };
}

function decoded(encoded: string): readonly string[] {
  return encoded === '' ? [] : encoded.split('\u001f');
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function targetTables(all: readonly ConfigFile[]): ReadonlySet<string> {
  return new Set(all.flatMap(({ values }) => Object.keys(tableOf(values.target))));
}

/**
 * A list that cargo joins over all files, the weakest first. A text is split at spaces and covers what weaker files say (cargo:
 * `ConfigValue::merge`).
 */
function merged(all: readonly ConfigFile[], path: readonly string[]): readonly string[] | undefined {
  const found: (readonly string[])[] = [];
  for (const { values } of all) {
    let at: unknown = values;
    for (const part of path) at = Object.hasOwn(tableOf(at), part) ? tableOf(at)[part] : undefined;
    if (at === undefined) continue;
    found.push(typeof at === 'string' ? words(at) : listIn(at));
    if (typeof at === 'string') break;
  }
  return found.length === 0 ? undefined : found.toReversed().flat();
}

const notLinks = new Set(['ar', 'linker', 'runner', 'rustflags', 'rustdocflags']);

function linksIn(all: readonly ConfigFile[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { values } of all) {
    for (const [triple, table] of Object.entries(tableOf(values.target))) {
      if (triple.startsWith('cfg(')) continue;
      for (const [name, value] of Object.entries(tableOf(table))) {
        const isTable = typeof value === 'object' && value !== null && !Array.isArray(value);
        if (!isTable || notLinks.has(name)) continue;
        const links = found.get(triple) ?? new Set();
        found.set(triple, links.add(name));
      }
    }
  }
  return found;
}

function lockfileIn(all: readonly ConfigFile[], folder: string, environment: Environment) {
  const { CARGO_RESOLVER_LOCKFILE_PATH: said } = environment;
  if (said !== undefined) return { path: resolve(folder, said), by: 'CARGO_RESOLVER_LOCKFILE_PATH' };
  for (const file of all) {
    const path = tableOf(file.values.resolver)['lockfile-path'];
    if (typeof path === 'string') return { path: resolve(rootOf(file), path), by: file.file };
  }
  return undefined;
}

function bindepsIn(all: readonly ConfigFile[], { CARGO_UNSTABLE_BINDEPS: said }: Environment): boolean {
  if (said !== undefined) return said === 'true';
  const strongest = all.find(({ values }) => tableOf(values.unstable).bindeps !== undefined);
  return tableOf(strongest?.values.unstable).bindeps === true;
}

/**
 * The folders of one kind that `[source]` leads to in the end, from crates.io or whatever else it replaces (cargo:
 * src/sources/config.rs). Of a name that says several things, `replace-with` counts; one that says no place is refused.
 */
function foldersIn(all: readonly ConfigFile[], kind: 'directory' | 'local-registry'): readonly string[] {
  const names = all.flatMap(({ values }) => Object.keys(tableOf(values.source)));
  const replaced = names.filter(
    (name) => name === 'crates-io' || said(all, name, 'replace-with') !== undefined,
  );
  return [...new Set(replaced.flatMap((name) => endOf(all, name, kind, new Set([name])) ?? []))];
}

/** Cargo knows a repository by its address and what of it is used, and never by the name that the table has. */
function gitFoldersIn(all: readonly ConfigFile[]): ReadonlyMap<string, string> {
  const folders = new Map<string, string>();
  for (const name of new Set(all.flatMap(({ values }) => Object.keys(tableOf(values.source))))) {
    const url = said(all, name, 'git')?.value;
    const folder = url === undefined ? undefined : endOf(all, name, 'directory', new Set([name]));
    const kind = (['branch', 'tag', 'rev'] as const).find((each) => said(all, name, each) !== undefined);
    const used =
      kind === undefined ? '' : `?${kind}=${encodeURIComponent(said(all, name, kind)?.value ?? '')}`;
    const source = folder === undefined || url === undefined ? undefined : sourceOrNone(`git+${url}${used}`);
    if (source !== undefined && folder !== undefined) folders.set(sourceKey(source), folder);
  }
  return folders;
}

function sourceOrNone(text: string): SourceId | undefined {
  try {
    return parseSourceId(text);
  } catch (error) {
    if (error instanceof CargoError) return undefined;
    throw error;
  }
}

function said(all: readonly ConfigFile[], name: string, key: string) {
  const file = all.find(({ values }) => typeof sourceOf(values, name)[key] === 'string');
  return file === undefined ? undefined : { file, value: sourceOf(file.values, name)[key] as string };
}

/** The folder that a source is taken from in the end. */
function endOf(
  all: readonly ConfigFile[],
  name: string,
  kind: 'directory' | 'local-registry',
  passed: ReadonlySet<string>,
): string | undefined {
  const next = said(all, name, 'replace-with');
  const isPlaced = name === 'crates-io' || sourcePlaces.some((place) => said(all, name, place) !== undefined);
  if (next !== undefined && isPlaced)
    return passed.has(next.value)
      ? undefined
      : endOf(all, next.value, kind, new Set([...passed, next.value]));
  const folder = said(all, name, kind);
  return folder === undefined ? undefined : resolve(rootOf(folder.file), folder.value);
}

const sourcePlaces = ['registry', 'local-registry', 'directory', 'git'];

function sourceOf(values: ConfigTable, name: string): ConfigTable {
  return tableOf(tableOf(values.source)[name]);
}

/** A triple as a variable's name has it. */
function shouted(triple: string): string {
  return triple.toUpperCase().replaceAll(/[-.]/g, '_');
}

/** A text or a list of texts, as a list. */
function listIn(value: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.filter((each) => typeof each === 'string');
}
