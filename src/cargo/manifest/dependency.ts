import { parsePlatform } from '../cfg/platform.ts';
import { CargoError } from '../error.ts';
import { tryParseRequirement } from '../requirement.ts';
import { type Artifact, readArtifact } from './artifact.ts';
import type { KeyPath, Table } from './shape.ts';

/** A dependency as a manifest writes it. */
export interface ManifestDependency {
  /** Its name in the depending package. */
  readonly name: string;
  /** The crate's own name. */
  readonly package: string;
  readonly kind: 'normal' | 'dev' | 'build';
  /** The key of `[target.…]` that it stands under. */
  readonly platform: string | undefined;
  /** Whether `[workspace.dependencies]` says the rest (`workspace = true`). */
  readonly inherited: boolean;
  readonly requirement: string | undefined;
  readonly path: string | undefined;
  readonly git: ManifestGit | undefined;
  /** The name of a registry in cargo's configuration. */
  readonly registry: string | undefined;
  readonly registryIndex: string | undefined;
  readonly optional: boolean;
  /** `undefined` where it is not said. */
  readonly defaultFeatures: boolean | undefined;
  readonly features: readonly string[];
  /** The program or C library of the crate that it asks for (`artifact = …`, unstable). */
  readonly artifact: Artifact | undefined;
  /** Where in the manifest it stands. */
  readonly at: KeyPath;
}

export interface ManifestGit {
  readonly url: string;
  readonly kind: 'default' | 'branch' | 'tag' | 'rev';
  readonly name: string;
}

/** All of a package's dependencies, in the file's order. */
export function readDependencies(root: Table, edition: string): readonly ManifestDependency[] {
  const found = kindTables(root, edition, undefined);
  const targets = root.table('target');
  for (const platform of targets?.keys() ?? []) {
    const table = targets?.table(platform);
    if (targets === undefined || table === undefined) continue;
    try {
      parsePlatform(platform);
    } catch (cause) {
      if (!(cause instanceof CargoError)) throw cause;
      throw targets.error([...targets.path, platform], cause.message);
    }
    found.push(...kindTables(table, edition, platform));
  }
  return found;
}

/** The dependencies of one table: `[dependencies]`, `[workspace.dependencies]`, `[patch.x]`. */
export function readTable(
  table: Table | undefined,
  kind: ManifestDependency['kind'],
  platform: string | undefined,
  edition: string,
): ManifestDependency[] {
  return (table?.keys() ?? []).map((name) => readDependency(table as Table, name, kind, platform, edition));
}

/** The tables by kind, with the old spellings that editions before 2024 take (cargo: `deprecated_underscore`). */
function kindTables(parent: Table, edition: string, platform: string | undefined): ManifestDependency[] {
  return kinds.flatMap(([kind, key, old]) => {
    if (old !== undefined && edition >= '2024' && parent.get(old) !== undefined) {
      throw parent.refused(old, `is spelled \`${key}\` since the 2024 edition`);
    }
    const [spelling] = old === undefined ? [key] : parent.either(key, old);
    return readTable(parent.table(spelling), kind, platform, edition);
  });
}

const kinds = [
  ['normal', 'dependencies', undefined],
  ['dev', 'dev-dependencies', 'dev_dependencies'],
  ['build', 'build-dependencies', 'build_dependencies'],
] as const;

function readDependency(
  parent: Table,
  name: string,
  kind: ManifestDependency['kind'],
  platform: string | undefined,
  edition: string,
): ManifestDependency {
  const value = parent.get(name);
  const at = [...parent.path, name];
  if (typeof value === 'string') {
    checkRequirement(parent, name, value);
    return { ...plain, name, package: name, kind, platform, requirement: value, at };
  }
  const table = parent.table(name);
  if (table === undefined) throw parent.refused(name, 'says nothing');
  if (edition >= '2024' && table.get('default_features') !== undefined) {
    throw table.refused('default_features', 'is spelled `default-features` since the 2024 edition');
  }
  const defaultFeatures = table.boolean(table.either('default-features', 'default_features')[0]);
  const inherited = table.boolean('workspace');
  if (inherited === false) throw table.refused('workspace', 'cannot be false');
  const requirement = table.string('version');
  if (requirement !== undefined) checkRequirement(table, 'version', requirement);
  const dependency: ManifestDependency = {
    name,
    package: table.string('package') ?? name,
    kind,
    platform,
    inherited: inherited === true,
    requirement,
    path: table.string('path'),
    git: readGit(table),
    registry: table.string('registry'),
    registryIndex: table.string('registry-index'),
    optional: table.boolean('optional') ?? false,
    defaultFeatures,
    features: table.strings('features') ?? [],
    artifact: readArtifact(table, kind),
    at,
  };
  check(dependency, table);
  return dependency;
}

const plain = {
  inherited: false,
  path: undefined,
  git: undefined,
  registry: undefined,
  registryIndex: undefined,
  optional: false,
  defaultFeatures: undefined,
  features: [],
  artifact: undefined,
} as const;

function readGit(table: Table): ManifestGit | undefined {
  const url = table.string('git');
  const references = (['branch', 'tag', 'rev'] as const).filter((key) => table.get(key) !== undefined);
  const [kind, another] = references;
  if (url === undefined) {
    if (kind !== undefined) throw table.refused(kind, 'means nothing without `git`');
    return undefined;
  }
  if (another !== undefined) throw table.refused(another, `cannot stand beside \`${kind}\``);
  return kind === undefined
    ? { url, kind: 'default', name: '' }
    : { url, kind, name: table.string(kind) ?? '' };
}

/** What cargo refuses as ambiguous or meaningless (cargo: util/toml/mod.rs, `dep_to_dependency`). */
function check(dependency: ManifestDependency, table: Table): void {
  const { name, inherited, requirement, path, git, registry, registryIndex, features } = dependency;
  if (inherited) return;
  const alone = requirement === undefined && path === undefined && git === undefined;
  if (alone)
    throw table.error(table.path, `dependency \`${name}\` says neither a version, a path nor a repository`);
  if (git !== undefined && path !== undefined) throw table.refused('path', 'cannot stand beside `git`');
  if (git !== undefined && (registry ?? registryIndex) !== undefined) {
    throw table.refused(registry === undefined ? 'registry-index' : 'registry', 'cannot stand beside `git`');
  }
  if (registry !== undefined && registryIndex !== undefined) {
    throw table.refused('registry-index', 'cannot stand beside `registry`');
  }
  const odd = features.find((feature) => feature.includes('/') || feature.startsWith('dep:'));
  if (odd !== undefined)
    throw table.refused('features', `cannot have \`${odd}\`: only features of \`${name}\` itself`);
}

function checkRequirement(table: Table, key: string, text: string): void {
  if (tryParseRequirement(text) === undefined)
    throw table.refused(key, `is no version requirement: \`${text}\``);
}
