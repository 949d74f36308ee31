import { CargoError } from '../error.ts';
import { registrySource } from '../source-id.ts';
import type { ManifestDependency } from './dependency.ts';
import {
  type Edition,
  editionOf,
  type Manifest,
  type ManifestPackage,
  type ManifestWorkspace,
  notInherited,
  readDependencies,
  readFeatures,
} from './manifest.ts';
import type { Dependency, DependencySource, Package } from './package.ts';
import type { Table } from './shape.ts';
import { type FoundFiles, readTargets } from './targets.ts';

/** What of a package's surroundings its manifest is read against. */
export interface PackageContext {
  readonly workspace: ManifestWorkspace | undefined;
  readonly found: FoundFiles;
  /** Folder of the package, for paths of dependencies; and of the workspace, for those that are inherited. */
  readonly folder: string;
  readonly workspaceFolder: string;
  /** Joins a folder and a path as the file system does, `..` resolved. */
  readonly join: (folder: string, path: string) => string;
  /** Index URLs of the registries that cargo's configuration names. */
  readonly registries: ReadonlyMap<string, string>;
}

/**
 * A package from its manifest, with what it inherits. `undefined` for a virtual manifest. Throws
 * `CargoError('cargo/manifest')`.
 */
export function packageOf(manifest: Manifest, context: PackageContext): Package | undefined {
  const { package: fields, root } = manifest;
  if (fields === undefined) return undefined;
  const edition = editionOf(fields, context.workspace);
  const written = readDependencies(root, edition);
  const features = readFeatures(root, written);
  return {
    name: fields.name,
    version: versionOf(fields, context.workspace),
    dependencies: written.map((dependency) => dependencyOf(dependency, root, edition, context)),
    features,
    targets: readTargets(root, fields.fields, fields.name, edition, context.found),
    links: fields.links,
    opaque: undefined,
  };
}

function versionOf(fields: ManifestPackage, workspace: ManifestWorkspace | undefined): string {
  if (typeof fields.version === 'string') return fields.version;
  if (workspace?.version === undefined) throw notInherited(fields.fields, 'version', workspace);
  return workspace.version;
}

function dependencyOf(
  written: ManifestDependency,
  root: Table,
  edition: Edition,
  context: PackageContext,
): Dependency {
  const dependency = written.inherited ? inherit(written, root, edition, context.workspace) : written;
  const folder = written.inherited ? context.workspaceFolder : context.folder;
  return {
    name: written.name,
    package: dependency.package,
    requirement: dependency.requirement,
    source: sourceOf(dependency, root, folder, context),
    kind: written.kind,
    optional: written.optional,
    defaultFeatures: dependency.defaultFeatures ?? true,
    features: dependency.features,
    platform: written.platform,
    artifact: dependency.artifact,
  };
}

/** A member adds features, and may ask for the default ones (cargo: `inner_dependency_inherit_with`). */
function inherit(
  member: ManifestDependency,
  root: Table,
  edition: Edition,
  workspace: ManifestWorkspace | undefined,
): ManifestDependency {
  const shared = workspace?.dependencies.find(({ name }) => name === member.name);
  if (shared === undefined) {
    const where =
      workspace === undefined
        ? 'the package is in no workspace'
        : '`[workspace.dependencies]` does not have it';
    throw root.error(member.at, `\`${member.name}\` is inherited, but ${where}`);
  }
  const turnsOff = member.defaultFeatures === false && shared.defaultFeatures !== false;
  if (turnsOff && edition === '2024') {
    throw root.error(
      member.at,
      `\`default-features = false\` of \`${member.name}\` does not reach what the workspace says`,
    );
  }
  return {
    ...shared,
    defaultFeatures: member.defaultFeatures === true ? true : shared.defaultFeatures,
    features: [...shared.features, ...member.features],
  };
}

function sourceOf(
  dependency: ManifestDependency,
  root: Table,
  folder: string,
  { join, registries }: PackageContext,
): DependencySource {
  const { git, path, registry, registryIndex } = dependency;
  if (git !== undefined) return { kind: 'git', url: git.url, reference: git.kind, name: git.name };
  if (path !== undefined) return { kind: 'path', folder: join(folder, path) };
  const index = registryIndex ?? (registry === undefined ? undefined : registries.get(registry));
  if (registry !== undefined && registry !== 'crates-io' && index === undefined) {
    throw root.error(dependency.at, `cargo's configuration names no registry \`${registry}\``);
  }
  if (index === undefined) return { kind: 'registry', source: undefined };
  try {
    return { kind: 'registry', source: registrySource(index) };
  } catch (cause) {
    if (!(cause instanceof CargoError)) throw cause;
    throw root.error(dependency.at, cause.message);
  }
}
