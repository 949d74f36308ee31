import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { manifestOf, readCrateArchive } from '../../cargo/crate-archive.ts';
import { allFeatures, type IndexEntry } from '../../cargo/index-entry.ts';
import { aboutPackage, type PackageAbout } from '../../cargo/manifest/about.ts';
import type { Artifact } from '../../cargo/manifest/artifact.ts';
import { readManifest } from '../../cargo/manifest/manifest.ts';
import type { Dependency, Package } from '../../cargo/manifest/package.ts';
import { packageOf } from '../../cargo/manifest/read-package.ts';
import { foundFiles, type PackageTargets } from '../../cargo/manifest/targets.ts';
import { registrySource, type SourceId } from '../../cargo/source-id.ts';

/**
 * What resolving needs of a release, kept on this machine by the checksum of its archive, so that archives and long
 * index files are read once.
 */
export interface Extract {
  readonly format: typeof format;
  readonly name: string;
  readonly version: string;
  /** Where the index line was read, and the file's stamp then; absent where it is not from cargo's cache. */
  readonly index?: { readonly path: string; readonly stamp: string };
  readonly dependencies: readonly KeptDependency[];
  readonly features: readonly (readonly [name: string, values: readonly string[]])[];
  readonly targets: PackageTargets;
  readonly links?: string;
  /** Absent where only the index line was read. */
  readonly about?: ReleaseAbout;
}

/** What a release says of itself beside what decides its build, and what its archive is known by. */
export interface ReleaseAbout extends PackageAbout {
  /** SHA-512 of the archive, lower-case hex. */
  readonly sha512: string;
}

/** A dependency as JSON: what is usual is left out. */
interface KeptDependency {
  readonly name: string;
  readonly package?: string;
  readonly req: string;
  readonly kind?: 'build';
  readonly optional?: true;
  readonly noDefault?: true;
  readonly features?: readonly string[];
  readonly platform?: string;
  /** The source of another registry, as a lockfile writes it. */
  readonly source?: string;
  readonly artifact?: Artifact;
}

/** What an archive says that its index line does not. */
export interface ArchiveFacts extends Pick<Package, 'targets' | 'links' | 'dependencies' | 'features'> {
  readonly about: ReleaseAbout | undefined;
}

const format = 4;

/** The targets, and what stands in for an index line, from the archive's own manifest. Throws `CargoError`. */
export function archiveFacts(bytes: Uint8Array): ArchiveFacts | undefined {
  const archive = readCrateArchive(bytes);
  const file = archive.files.find(({ path }) => path === 'Cargo.toml');
  if (file === undefined || manifestOf(archive) === undefined) return undefined;
  const manifest = readManifest(new TextDecoder().decode(file.bytes));
  const pkg = packageOf(manifest, {
    workspace: undefined,
    found: foundFiles(archive.files.map(({ path }) => path)),
    folder: '/',
    workspaceFolder: '/',
    join: (folder, path) => `${folder}${path}`,
    registries: new Map(),
  });
  if (pkg === undefined) return undefined;
  const sha512 = createHash('sha512').update(bytes).digest('hex');
  return { ...pkg, about: { ...aboutPackage(manifest, undefined), sha512 } };
}

/** An extract from an index line and an archive; without a line, from the archive's manifest alone. */
export function extractOf(
  release: { readonly name: string; readonly version: string },
  archive: ArchiveFacts,
  entry: IndexEntry | undefined,
  index: Extract['index'],
): Extract {
  const dependencies = entry === undefined ? archive.dependencies : entry.deps.map(indexDependency);
  const features = entry === undefined ? archive.features : allFeatures(entry);
  const links = entry === undefined ? archive.links : (entry.links ?? archive.links);
  return {
    format,
    name: release.name,
    version: release.version,
    ...(index === undefined ? {} : { index }),
    dependencies: dependencies.filter(({ kind }) => kind !== 'dev').map(kept),
    features: [...features],
    targets: archive.targets,
    ...(links === undefined ? {} : { links }),
    ...(archive.about === undefined ? {} : { about: archive.about }),
  };
}

export function packageOfExtract(extract: Extract): Package {
  return {
    name: extract.name,
    version: extract.version,
    dependencies: extract.dependencies.map(restored),
    features: new Map(extract.features),
    targets: extract.targets,
    links: extract.links,
    opaque: undefined,
  };
}

/** Reads an extract; `undefined` where there is none, or one of another format. */
export function readExtract(folder: string | undefined, checksum: string): Extract | undefined {
  if (folder === undefined) return undefined;
  try {
    const extract = JSON.parse(readFileSync(pathOf(folder, checksum), 'utf8')) as Extract;
    return extract.format === format ? extract : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps an extract. A folder that cannot be written costs time the next time, nothing else. */
export function writeExtract(folder: string | undefined, checksum: string, extract: Extract): void {
  if (folder === undefined) return;
  const path = pathOf(folder, checksum);
  const writing = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(writing, JSON.stringify(extract));
    renameSync(writing, path);
  } catch {
    // Read-only homes are common in CI.
  }
}

function pathOf(folder: string, checksum: string): string {
  return join(folder, 'extracts', checksum.slice(0, 2), `${checksum}.json`);
}

function indexDependency(dependency: IndexEntry['deps'][number]): Dependency {
  const {
    name,
    req,
    kind,
    optional,
    defaultFeatures,
    features,
    target,
    registry,
    artifact,
    lib,
    bindepTarget,
  } = dependency;
  const source = registry === undefined ? undefined : registrySource(registry);
  return {
    name,
    package: dependency.package ?? name,
    requirement: req,
    source: { kind: 'registry', source },
    kind,
    optional,
    defaultFeatures,
    features,
    platform: target,
    artifact: artifact === undefined ? undefined : { kinds: artifact, lib, target: bindepTarget },
  };
}

function kept(dependency: Dependency): KeptDependency {
  const { name, requirement, kind, optional, defaultFeatures, features, platform, source } = dependency;
  return {
    name,
    ...(dependency.package === name ? {} : { package: dependency.package }),
    req: requirement ?? '*',
    ...(kind === 'build' ? { kind } : {}),
    ...(optional ? { optional } : {}),
    ...(defaultFeatures ? {} : { noDefault: true }),
    ...(features.length === 0 ? {} : { features }),
    ...(platform === undefined ? {} : { platform }),
    ...(dependency.artifact === undefined ? {} : { artifact: dependency.artifact }),
    ...(source.kind === 'registry' && source.source !== undefined ? { source: source.source.text } : {}),
  };
}

function restored(dependency: KeptDependency): Dependency {
  return {
    name: dependency.name,
    package: dependency.package ?? dependency.name,
    requirement: dependency.req,
    source: { kind: 'registry', source: sourceOf(dependency.source) },
    kind: dependency.kind ?? 'normal',
    optional: dependency.optional === true,
    defaultFeatures: dependency.noDefault !== true,
    features: dependency.features ?? [],
    platform: dependency.platform,
    artifact: dependency.artifact,
  };
}

const sources = new Map<string, SourceId>();

function sourceOf(text: string | undefined): SourceId | undefined {
  if (text === undefined) return undefined;
  const source = sources.get(text) ?? registrySource(text.replace(/^registry\+/, ''));
  sources.set(text, source);
  return source;
}
