import { type CargoError, quoted } from '../error.ts';
import { tryParseVersion } from '../version.ts';
import { type ManifestDependency, readDependencies, readTable } from './dependency.ts';
import { type Features, featureProblem } from './feature.ts';
import { rootTable, type Table } from './shape.ts';

/** A `Cargo.toml`, before what it inherits from its workspace is filled in. */
export interface Manifest {
  /** Absent in a virtual manifest, which has a workspace only. */
  readonly package: ManifestPackage | undefined;
  readonly workspace: ManifestWorkspace | undefined;
  /** `[patch.x]`: what stands in for packages of another source. They count in the root manifest only. */
  readonly patches: readonly ManifestPatch[];
  /** `[replace]`: by `name:version`, what stands in its place. Which package that is stands in the lockfile. */
  readonly replacements: readonly ManifestDependency[];
  /** The whole file, for what is read once more is known of the package's folder, and for places. */
  readonly root: Table;
}

export interface ManifestPackage {
  readonly name: string;
  /** A valid version; `inherited` from the workspace. Absent means 0.0.0. */
  readonly version: string | Inherited;
  readonly edition: Edition | Inherited;
  /** The folder of the workspace that it says it belongs to. */
  readonly workspace: string | undefined;
  readonly resolver: Resolver | undefined;
  readonly links: string | undefined;
  readonly fields: Table;
}

export interface ManifestWorkspace {
  /** Globs. */
  readonly members: readonly string[];
  /** Paths, no globs. */
  readonly exclude: readonly string[];
  /** Globs; `undefined` where it is not said. */
  readonly defaultMembers: readonly string[] | undefined;
  readonly resolver: Resolver | undefined;
  /** `[workspace.package]`: what members may inherit. */
  readonly version: string | undefined;
  readonly edition: Edition | undefined;
  readonly dependencies: readonly ManifestDependency[];
}

export interface ManifestPatch {
  /** `crates-io`, the name of a registry, or the URL of a registry or repository. */
  readonly source: string;
  readonly dependencies: readonly ManifestDependency[];
}

/** `workspace = true`. */
export interface Inherited {
  readonly kind: 'inherited';
}

export type Edition = '2015' | '2018' | '2021' | '2024';
/** How features are unified. 3 differs from 2 in the choice of versions only. */
export type Resolver = '1' | '2' | '3';

/**
 * Reads a manifest as cargo does (cargo: src/util/toml/mod.rs), as far as it decides what is built with which
 * features. Throws `CargoError('cargo/manifest')` with the line of what cargo refuses.
 */
export function readManifest(text: string): Manifest {
  const root = rootTable(text);
  const pkg = readPackage(root);
  const workspace = root.table('workspace');
  if (pkg === undefined && workspace === undefined) {
    throw root.error([], 'the manifest has neither a `[package]` nor a `[workspace]`');
  }
  if (pkg === undefined) refuseInVirtual(root);
  return {
    package: pkg,
    workspace: workspace === undefined ? undefined : readWorkspace(workspace, pkg),
    patches: readPatches(root.table('patch')),
    replacements: readTable(root.table('replace'), 'normal', undefined, '2021'),
    root,
  };
}

/** The edition that a package has where its own words decide; the workspace's where it inherits. */
export function editionOf(pkg: ManifestPackage, workspace: ManifestWorkspace | undefined): Edition {
  if (typeof pkg.edition === 'string') return pkg.edition;
  if (workspace?.edition !== undefined) return workspace.edition;
  throw notInherited(pkg.fields, 'edition', workspace);
}

/** Features unify the way the workspace's root says, or as its edition has it (cargo: `find_workspace_resolve_behavior`). */
export function resolverOf(manifest: Manifest): Resolver {
  const stated = manifest.workspace?.resolver ?? manifest.package?.resolver;
  if (stated !== undefined) return stated;
  if (manifest.package === undefined) return '1';
  const edition = editionOf(manifest.package, manifest.workspace);
  return edition === '2024' ? '3' : edition === '2021' ? '2' : '1';
}

/** An error about a key that says `workspace = true` where the workspace has nothing to give. */
export function notInherited(at: Table, key: string, workspace: ManifestWorkspace | undefined): CargoError {
  const reason =
    workspace === undefined
      ? 'is inherited, but the package is in no workspace'
      : 'is inherited, but the workspace does not have it';
  return at.refused(key, reason);
}

/** What `[features]` says. Checked here for what cargo refuses, as the dependencies' names decide it. */
export function readFeatures(root: Table, dependencies: readonly ManifestDependency[]): Features {
  const table = root.table('features');
  const features = new Map((table?.keys() ?? []).map((name) => [name, table?.strings(name) ?? []]));
  const optionalDev = dependencies.find(({ kind, optional }) => kind === 'dev' && optional);
  if (optionalDev !== undefined) {
    throw root.error(optionalDev.at, `dev-dependency \`${optionalDev.name}\` cannot be optional`);
  }
  const problem = featureProblem(features, dependencies);
  if (problem === undefined) return features;
  throw root.error(
    problem.feature === undefined ? ['features'] : ['features', problem.feature],
    problem.message,
  );
}

export { readDependencies };

function readPackage(root: Table): ManifestPackage | undefined {
  const [key] = root.either('package', 'project');
  const fields = root.table(key);
  if (fields === undefined) return undefined;
  const edition = readEdition(fields);
  if (key === 'project' && edition === '2024') {
    throw root.refused('project', 'is spelled `package` since the 2024 edition');
  }
  const name = fields.string('name');
  if (name === undefined || !packageName.test(name)) throw fields.refused('name', 'is no name of a package');
  const version = inheritable(fields, 'version') ?? '0.0.0';
  if (typeof version === 'string' && tryParseVersion(version.trim()) === undefined) {
    throw fields.refused('version', `is no version: ${quoted(version)}`);
  }
  return {
    name,
    version: typeof version === 'string' ? version.trim() : version,
    edition,
    workspace: fields.string('workspace'),
    resolver: readResolver(fields),
    links: fields.string('links'),
    fields,
  };
}

const packageName = /^[\p{XIDS}_][\p{XIDC}-]*$/u;
const editions: ReadonlySet<string> = new Set(['2015', '2018', '2021', '2024']);
const inherited: Inherited = { kind: 'inherited' };

/** A string, or `{ workspace = true }`. */
function inheritable(fields: Table, key: string): string | Inherited | undefined {
  const value = fields.get(key);
  if (typeof value !== 'object' || value === null) return fields.string(key);
  if (fields.asTable(key, value).boolean('workspace') === true) return inherited;
  throw fields.refused(key, 'is neither a string nor inherited');
}

function readEdition(fields: Table): Edition | Inherited {
  const edition = inheritable(fields, 'edition') ?? '2015';
  if (typeof edition === 'string' && !editions.has(edition)) {
    throw fields.refused('edition', `is none that this version knows: ${quoted(edition)}`);
  }
  return edition as Edition | Inherited;
}

function readResolver(fields: Table): Resolver | undefined {
  const resolver = fields.string('resolver');
  if (resolver === undefined || resolver === '1' || resolver === '2' || resolver === '3') return resolver;
  throw fields.refused('resolver', `is neither "1", "2" nor "3": ${quoted(resolver)}`);
}

function readWorkspace(table: Table, pkg: ManifestPackage | undefined): ManifestWorkspace {
  const resolver = readResolver(table);
  if (resolver !== undefined && pkg?.resolver !== undefined) {
    throw pkg.fields.refused('resolver', 'stands in `[workspace]` too');
  }
  if (pkg?.workspace !== undefined) {
    throw pkg.fields.refused('workspace', 'cannot stand beside a `[workspace]` of its own');
  }
  const inheritedFields = table.table('package');
  const edition = inheritedFields === undefined ? undefined : readEdition(inheritedFields);
  const dependencies = readTable(table.table('dependencies'), 'normal', undefined, '2021');
  for (const dependency of dependencies) {
    const at = table.table('dependencies');
    if (dependency.inherited)
      throw table.error(dependency.at, `\`${dependency.name}\` cannot inherit from itself`);
    if (dependency.optional)
      throw table.error(
        [...(at?.path ?? []), dependency.name],
        'only a member can make a dependency optional',
      );
  }
  return {
    members: table.strings('members') ?? [],
    exclude: table.strings('exclude') ?? [],
    defaultMembers: table.strings('default-members'),
    resolver,
    version: inheritedFields?.string('version'),
    edition: inheritedFields?.get('edition') === undefined ? undefined : (edition as Edition),
    dependencies,
  };
}

function readPatches(table: Table | undefined): readonly ManifestPatch[] {
  return (table?.keys() ?? []).map((source) => ({
    source,
    dependencies: readTable(table?.table(source), 'normal', undefined, '2021'),
  }));
}

/** (cargo: util/toml/mod.rs, `to_virtual_manifest`). */
function refuseInVirtual(root: Table): void {
  const keys = ['features', 'target', 'lib', 'bin', 'example', 'test', 'bench', 'dependencies'];
  const others = [
    'dev-dependencies',
    'dev_dependencies',
    'build-dependencies',
    'build_dependencies',
    'badges',
    'lints',
  ];
  const key = [...keys, ...others].find((candidate) => root.get(candidate) !== undefined);
  if (key !== undefined) throw root.refused(key, 'means nothing without a `[package]`');
}
