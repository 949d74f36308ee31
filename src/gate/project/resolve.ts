import { resolve as absolute, dirname, join, relative } from 'node:path';
import type { Target } from '../../cargo/cfg/target.ts';
import type { LockedPackage, Lockfile } from '../../cargo/lockfile.ts';
import { aboutPackage, type PackageAbout } from '../../cargo/manifest/about.ts';
import { readManifest, resolverOf } from '../../cargo/manifest/manifest.ts';
import type { Package } from '../../cargo/manifest/package.ts';
import { opaquePackage } from '../../cargo/resolve/link.ts';
import type { FeatureReasons } from '../../cargo/resolve/reasons.ts';
import {
  type BuildInput,
  type BuiltPackage,
  type LinkedProject,
  type Resolution,
  reasonsOf,
  refuseArtifacts,
  resolve,
} from '../../cargo/resolve/resolve.ts';
import type { Selection } from '../../cargo/resolve/selection.ts';
import { GateError, withFile } from '../error.ts';
import { folderTree, GitCommits } from '../git-source/commits.ts';
import type { GitPackage } from '../git-source/source-commit.ts';
import { type BuildPlaces, buildTargets } from './build-targets.ts';
import { type CargoConfig, type Environment, readCargoConfig } from './cargo-config.ts';
import { CargoHome } from './cargo-home.ts';
import { type CrateFacts, type CrateFactsOptions, crateFacts, isRelease } from './crate-facts.ts';
import type { ProjectFiles } from './files.ts';
import { LinkedProjects } from './linked.ts';
import { refuseMissing } from './missing-sources.ts';
import { isNightly } from './nightly.ts';
import { type Patch, patchesOf } from './patches.ts';
import { vendoredCrates } from './vendored-crate.ts';
import {
  type LocalManifest,
  type LocalPackage,
  LocalProject,
  type ProjectWorkspace,
  readWorkspace,
} from './workspace.ts';

export interface ProjectRequest {
  readonly files: ProjectFiles;
  readonly manifestPath: string;
  /** Another lockfile than the one beside the root manifest. */
  readonly lockfile?: string;
  /** Cargo's folder; absent: nothing of this machine's cargo is looked at. */
  readonly cargoHome: string | undefined;
  /** Variables that cargo would read; absent: none. */
  readonly environment?: Environment | undefined;
  readonly crates: Omit<CrateFactsOptions, 'cargoHome'>;
  /** What was linked for the other side of a change; absent: nothing. */
  readonly linked?: LinkedProjects | undefined;
}

/** What of a project is built, and what for: what `cargo build` would be told. */
export interface Build extends BuildPlaces {
  readonly selection: Selection;
}

/** A package as a lockfile and a resolution name it. */
export type NamedPackage = Pick<BuiltPackage, 'name' | 'version' | 'source' | 'checksum'>;

/** `sha512` of a release's archive; `folder` of a package that lies in the project, below the workspace's. */
export type About = PackageAbout & { readonly sha512?: string; readonly folder?: string };

/** A project that was read, once for all builds of it. */
export interface OpenProject {
  readonly workspace: ProjectWorkspace;
  readonly lockfile: Lockfile;
  readonly lockfilePath: string;
  /** Whether there are packages of which nobody knows what they need. */
  readonly hasOpaque: boolean;
  /** What cargo is configured to build it for; none: the machine that builds. */
  readonly targets: readonly string[];
  /** Packages of git repositories whose commits are on this machine. */
  readonly checkouts: ReadonlyMap<LockedPackage, GitPackage>;
  /** What `cargo build` would compile. Throws `GateError` where cargo would refuse. */
  readonly resolve: (build: Build) => Resolution;
  /** What a package says of itself; `undefined` where its own words are not here. */
  readonly about: (pkg: NamedPackage) => About | undefined;
  /** The target and the machine that builds, as rustc sees them with the flags that cargo is configured with. */
  readonly platforms: (places: BuildPlaces) => { readonly target: Target; readonly host: Target };
  /** All that anybody may build so, whatever flags an environment has: these, or others (each as `RUSTFLAGS` has it). */
  readonly resolveMost: (build: Build, environments: readonly (readonly string[])[]) => Resolution;
  /** Why features are on in such a build. */
  readonly reasons: (build: Build) => FeatureReasons;
}

/**
 * Reads a project from its files. Throws `GateError`, with the file, the line and what to do, where cargo would refuse;
 * `gate/lockfile` and `gate/resolve` where the lockfile does not fit the manifests.
 */
export async function openProject(request: ProjectRequest): Promise<OpenProject> {
  const { files, cargoHome: homeFolder, linked: known = new LinkedProjects() } = request;
  const project = new LocalProject(files);
  const manifestPath = absolute(request.manifestPath);
  const config = readCargoConfig(files, dirname(manifestPath), homeFolder, request.environment);
  const root = project.rootOf(project.manifest(manifestPath));
  const patches = readPatches(root, config, files);
  const overrides = packagesBelow(files, config.paths);
  const workspace = readWorkspace(project, manifestPath, {
    registries: config.registries,
    patchFolders: [...patches.folders, ...overrides],
  });
  const lockfilePath = request.lockfile ?? join(workspace.folder, 'Cargo.lock');
  const lockfile = readLockfile(files, lockfilePath, known);
  const locals = matchLocals(workspace, lockfile, lockfilePath, new Set(overrides));
  const cargoHome = new CargoHome(homeFolder, config.localRegistries);
  const facts = await crateFacts(lockfile.packages.filter(isRelease), {
    ...request.crates,
    cargoHome,
    vendored: vendoredCrates(files, config.vendored),
  });
  refuseUnlisted(lockfile, facts, lockfilePath);
  const checkouts = await checkoutsOf(lockfile, files, cargoHome, request.crates.cache, config);
  const packages = lockfile.packages.map(
    (locked, id) =>
      (locals.get(id) ?? checkouts.get(locked)?.local)?.package ?? packageOf(locked, lockfile, facts),
  );
  if (!config.bindeps && !isNightly(files, workspace.folder))
    withFile('gate/manifest', lockfilePath, onNightly, () => refuseArtifacts(lockfile, packages));
  const idOf = (local: LocalPackage) => [...locals].find(([, other]) => other === local)?.[0] ?? -1;
  const linked = withFile('gate/resolve', lockfilePath, updateLockfile, () =>
    known.link({
      lockfile,
      packages,
      patches: patches.names,
      workspace: {
        members: workspace.members.map(idOf),
        current: workspace.current === undefined ? undefined : idOf(workspace.current),
        defaultMembers: workspace.defaultMembers.map(idOf),
        resolver: resolverOf(workspace.root.manifest),
      },
    }),
  );
  const places = buildTargets(files, config);
  const ask = <T>(of: (project: LinkedProject, build: BuildInput) => T, build: () => BuildInput) =>
    withFile(
      'gate/resolve',
      lockfilePath,
      ({ code }) =>
        code === 'cargo/unlocked' ? ownFeature : code === 'cargo/selection' ? otherChoice : updateLockfile,
      () => of(linked, build()),
    );
  const exact = (build: Build) => ({ selection: build.selection, ...places.exact(build) });
  return {
    workspace,
    lockfile,
    lockfilePath,
    hasOpaque: packages.some(({ opaque }) => opaque !== undefined),
    targets: config.targets,
    checkouts,
    resolve: (build) => {
      const resolution = ask(
        (project, input) => known.resolve(project, input),
        () => exact(build),
      );
      refuseMissing(files, workspace.members, resolution);
      return resolution;
    },
    platforms: places.platforms,
    resolveMost: (build, environments) =>
      ask(resolve, () => ({ selection: build.selection, ...places.most(build, environments) })),
    about: aboutIn(project, workspace, checkouts, facts),
    reasons: (build) => ask(reasonsOf, () => exact(build)),
  };
}

function aboutIn(
  project: LocalProject,
  workspace: ProjectWorkspace,
  checkouts: ReadonlyMap<LockedPackage, GitPackage>,
  facts: ReadonlyMap<string, CrateFacts>,
): OpenProject['about'] {
  const id = ({ name, version, source }: Omit<NamedPackage, 'checksum'>) =>
    `${name} ${version} ${source ?? ''}`;
  const locals = new Map<string, About>();
  for (const local of [...workspace.others, ...workspace.members]) {
    const { name, version } = local.package;
    const about = aboutPackage(local.manifest, project.rootOf(local).manifest);
    const folder = relative(workspace.folder, local.folder).replaceAll('\\', '/');
    locals.set(id({ name, version, source: undefined }), { ...about, folder });
  }
  for (const [{ name, version, source }, { local }] of checkouts) {
    locals.set(id({ name, version, source: source?.text }), aboutPackage(local.manifest, undefined));
  }
  return (pkg) => {
    if (pkg.checksum === undefined) return locals.get(id(pkg));
    const known = facts.get(pkg.checksum);
    return known?.kind === 'known' ? known.about : undefined;
  };
}

const updateLockfile =
  'Where the lockfile does not fit the manifests, `cargo update --workspace` makes it fit.';

const onNightly =
  'Where a nightly cargo builds it, say so in the repository: `channel = "nightly"` in rust-toolchain.toml, or `[unstable] bindeps = true` in .cargo/config.toml.';

const otherChoice =
  'Ask for packages and features that are there: `cargo metadata --no-deps` lists those of the project.';

const ownFeature =
  'Give a package of the workspace a feature that turns this on (`[features] name = ["dependency/feature"]`), choose that one, and commit the lockfile that `cargo update --workspace` writes.';

function readLockfile(files: ProjectFiles, path: string, known: LinkedProjects): Lockfile {
  const text = files.read(path);
  if (text === undefined) {
    throw new GateError('gate/lockfile', 'there is no lockfile.', {
      at: { file: path },
      next: 'Run `cargo generate-lockfile` and commit what it writes.',
    });
  }
  const next =
    'Take one side of a conflict, then `cargo update --workspace`; or let cargo write the lockfile anew.';
  return withFile('gate/lockfile', path, next, () => known.lockfile(text));
}

/**
 * `[patch]` of the root manifest, then those of cargo's configuration, the strongest last: of two for one crate the
 * last counts.
 */
function readPatches(root: LocalManifest, config: CargoConfig, files: ProjectFiles): Patch {
  const inConfig = config.patches.toReversed().map(({ file, text }) => {
    // A configuration has no package: a workspace of nobody makes a manifest of it.
    const manifest = withFile('gate/config', file, 'Mend the file: cargo refuses it too.', () =>
      readManifest(`${text}\n[workspace]\n`),
    );
    return { file, folder: dirname(dirname(file)), manifest };
  });
  return patchesOf([root, ...inConfig], config.registries, files);
}

/** Folders of packages in the folders that `paths` names (cargo: src/sources/path.rs, `RecursivePathSource`). */
function packagesBelow(files: ProjectFiles, folders: readonly string[], depth = 0): readonly string[] {
  return folders.flatMap((folder) => {
    const own = files.read(join(folder, 'Cargo.toml')) === undefined ? [] : [folder];
    const inner = files.list(folder).filter((entry) => entry.folder && !/^(?:\.|target$)/.test(entry.name));
    const below = depth > 4 ? [] : inner.map(({ name }) => join(folder, name));
    return [...own, ...packagesBelow(files, below, depth + 1)];
  });
}

/** Members and paths by their index in the lockfile, which knows them by name and version. */
function matchLocals(
  workspace: ProjectWorkspace,
  lockfile: Lockfile,
  lockfilePath: string,
  overrides: ReadonlySet<string>,
): ReadonlyMap<number, LocalPackage> {
  const ids = new Map<string, number>();
  for (const [id, { name, version, source }] of lockfile.packages.entries()) {
    if (source === undefined) ids.set(`${name} ${version}`, id);
  }
  const locals = new Map<number, LocalPackage>();
  for (const local of workspace.others) {
    const { name, version } = local.package;
    const id = ids.get(`${name} ${version}`);
    if (id !== undefined) locals.set(id, local);
  }
  for (const local of standIns(workspace, overrides)) {
    for (const [id, { name, source }] of lockfile.packages.entries())
      if (source !== undefined && name === local.package.name) locals.set(id, local);
  }
  for (const local of workspace.members) {
    const { name, version } = local.package;
    const id = ids.get(`${name} ${version}`);
    if (id === undefined) throw notLocked(local, lockfile, lockfilePath);
    locals.set(id, local);
  }
  return locals;
}

/**
 * The packages that `paths` puts in place of whatever has their name, of whatever version; the first where several have it
 * (cargo 1.95: `PackageRegistry::query_overrides`, which asks by the name alone).
 */
function standIns(workspace: ProjectWorkspace, overrides: ReadonlySet<string>): readonly LocalPackage[] {
  const inOrder = [...overrides].flatMap((folder) => workspace.others.filter((one) => one.folder === folder));
  const byName = Map.groupBy(inOrder, (local) => local.package.name);
  return [...byName.values()].flatMap(([first]) => first ?? []);
}

function notLocked(local: LocalPackage, lockfile: Lockfile, lockfilePath: string): GateError {
  const { name, version } = local.package;
  const other = lockfile.packages.find((locked) => locked.name === name && locked.source === undefined);
  const has = other === undefined ? 'which the lockfile does not have' : `the lockfile has ${other.version}`;
  return new GateError('gate/lockfile', `${local.file} is \`${name} ${version}\`, ${has}.`, {
    at: { file: lockfilePath, line: other?.line ?? 1, column: other?.column ?? 1 },
    next: 'Run `cargo update --workspace` and commit the lockfile.',
  });
}

function refuseUnlisted({ packages }: Lockfile, facts: ReadonlyMap<string, CrateFacts>, file: string): void {
  const unlisted = packages.find(
    (locked) => isRelease(locked) && facts.get(locked.checksum)?.kind === 'unlisted',
  );
  if (unlisted === undefined) return;
  const { name, version, line, column } = unlisted;
  throw new GateError(
    'gate/lockfile',
    `the registry does not list \`${name} ${version}\` with this checksum.`,
    {
      at: { file, line, column },
      next: `It may have been deleted: find out why, then \`cargo update ${name}@${version}\`.`,
    },
  );
}

async function checkoutsOf(
  { packages }: Lockfile,
  files: ProjectFiles,
  cargoHome: CargoHome,
  cache: string | undefined,
  { registries, vendoredGit: folders }: CargoConfig,
): Promise<ReadonlyMap<LockedPackage, GitPackage>> {
  const project = { folders, packages, files, treeOf: folderTree, nameOf: (path: string) => path };
  const commits = new GitCommits({ cargoHome, cache, registries, vendoring: [project] });
  const found = new Map<LockedPackage, GitPackage>();
  try {
    for (const locked of packages) {
      if (locked.source?.kind !== 'git') continue;
      const pkg = await commits.package(locked, false);
      if (pkg.kind === 'found') found.set(locked, pkg);
    }
  } finally {
    commits.close();
  }
  return found;
}

function packageOf(
  locked: LockedPackage,
  lockfile: Lockfile,
  facts: ReadonlyMap<string, CrateFacts>,
): Package {
  if (isRelease(locked)) {
    const known = facts.get(locked.checksum);
    if (known?.kind === 'known') return known.package;
    return opaquePackage(
      lockfile,
      locked,
      known?.kind === 'unknown' ? known.reason : 'nothing is known of it',
    );
  }
  if (locked.source?.kind === 'git') {
    return opaquePackage(lockfile, locked, 'the commit of its repository is not on this machine');
  }
  // Cargo takes it from wherever it likes, and says so only where the lockfile may not change.
  if (locked.source !== undefined)
    return opaquePackage(lockfile, locked, 'the lockfile has no checksum of it');
  // Every path was followed by now. Cargo passes over a package without a source that none leads to.
  return { ...opaquePackage(lockfile, locked, ''), opaque: undefined };
}
