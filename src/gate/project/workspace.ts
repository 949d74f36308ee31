import { dirname, join } from 'node:path';
import { type Manifest, type ManifestWorkspace, readManifest } from '../../cargo/manifest/manifest.ts';
import type { Package } from '../../cargo/manifest/package.ts';
import { packageOf } from '../../cargo/manifest/read-package.ts';
import { foundFiles } from '../../cargo/manifest/targets.ts';
import { GateError, withFile } from '../error.ts';
import { ancestors } from './config-files.ts';
import type { ProjectFiles } from './files.ts';
import { expandMembers } from './glob.ts';

/** A workspace as cargo finds it from one manifest; a package alone is a workspace of one. */
export interface ProjectWorkspace {
  /** Folder of the root manifest, where the lockfile is. */
  readonly folder: string;
  readonly root: LocalManifest;
  /** In the order in which cargo finds them. */
  readonly members: readonly LocalPackage[];
  /** Packages beside the members that paths lead to. */
  readonly others: readonly LocalPackage[];
  /** The package of the manifest that was named; `undefined` for a virtual one. */
  readonly current: LocalPackage | undefined;
  readonly defaultMembers: readonly LocalPackage[];
}

export interface LocalManifest {
  readonly file: string;
  readonly folder: string;
  readonly manifest: Manifest;
}

export interface LocalPackage extends LocalManifest {
  readonly package: Package;
}

export interface WorkspaceOptions {
  readonly registries: ReadonlyMap<string, string>;
  /** Folders that `[patch]` puts in place of packages. */
  readonly patchFolders: readonly string[];
}

/**
 * Finds and reads a workspace (cargo: src/workspace/workspace.rs). Throws `GateError`: a manifest that is not there or
 * not right, a member that is missing, a package that its workspace does not know.
 */
export function readWorkspace(
  project: LocalProject,
  manifestPath: string,
  options: WorkspaceOptions,
): ProjectWorkspace {
  const current = project.manifest(manifestPath);
  const root = project.rootOf(current);
  const finder = new MemberFinder(project, root, options);
  finder.findAll();
  const { members } = finder;
  if (!members.some(({ file }) => file === current.file)) throw notMember(current, root);
  const packages = members.flatMap((member) => finder.package(member) ?? []);
  const currentPackage = finder.package(current);
  for (const folder of options.patchFolders) finder.package(project.manifest(join(folder, 'Cargo.toml')));
  const others = finder.others(packages);
  refuseTwins(packages);
  return {
    folder: root.folder,
    root,
    members: packages,
    others,
    current: currentPackage,
    defaultMembers: defaultMembers(project, root, current, packages, currentPackage),
  };
}

const mend = 'Mend the manifest: cargo refuses it too.';

/** Manifests of a project, each read once. */
export class LocalProject {
  readonly files: ProjectFiles;
  readonly #manifests = new Map<string, LocalManifest>();
  readonly #roots = new Map<string, LocalManifest>();

  constructor(files: ProjectFiles) {
    this.files = files;
  }

  manifest(file: string): LocalManifest {
    const found = this.tryManifest(file);
    if (found !== undefined) return found;
    throw new GateError('gate/manifest', 'there is no such manifest.', {
      at: { file },
      next: 'Name the Cargo.toml with --manifest-path.',
    });
  }

  tryManifest(file: string): LocalManifest | undefined {
    const known = this.#manifests.get(file);
    if (known !== undefined) return known;
    const text = this.files.read(file);
    if (text === undefined) return undefined;
    const manifest = withFile('gate/manifest', file, mend, () => readManifest(text));
    const local = { file, folder: dirname(file), manifest };
    this.#manifests.set(file, local);
    return local;
  }

  /** The root of the workspace that a manifest is in; itself where there is none above. */
  rootOf(local: LocalManifest): LocalManifest {
    const known = this.#roots.get(local.file);
    if (known !== undefined) return known;
    const root = this.#findRoot(local);
    this.#roots.set(local.file, root);
    return root;
  }

  #findRoot(local: LocalManifest): LocalManifest {
    const { manifest, folder, file } = local;
    if (manifest.workspace !== undefined) return local;
    const pointer = manifest.package?.workspace;
    if (pointer !== undefined) {
      const root = this.manifest(join(folder, pointer, 'Cargo.toml'));
      if (root.manifest.workspace !== undefined) return root;
      throw new GateError('gate/workspace', `the manifest at ${root.file} has no \`[workspace]\`.`, {
        at: { file },
        next: '`package.workspace` must name the folder of the workspace’s root.',
      });
    }
    for (const above of ancestors(dirname(folder))) {
      const candidate = this.tryManifest(join(above, 'Cargo.toml'));
      if (candidate === undefined) continue;
      if (candidate.manifest.workspace !== undefined)
        return isExcluded(candidate, folder) ? local : candidate;
      const pointed = candidate.manifest.package?.workspace;
      if (pointed !== undefined) return this.manifest(join(above, pointed, 'Cargo.toml'));
    }
    return local;
  }
}

class MemberFinder {
  readonly members: LocalManifest[] = [];
  readonly #project: LocalProject;
  readonly #root: LocalManifest;
  readonly #options: WorkspaceOptions;
  readonly #packages = new Map<string, LocalPackage | undefined>();

  constructor(project: LocalProject, root: LocalManifest, options: WorkspaceOptions) {
    this.#project = project;
    this.#root = root;
    this.#options = options;
  }

  findAll(): void {
    const { workspace } = this.#root.manifest;
    if (workspace === undefined) {
      this.members.push(this.#root);
      return;
    }
    for (const pattern of workspace.members) {
      for (const folder of expandMembers(this.#project.files, this.#root.folder, pattern)) {
        const file = join(folder, 'Cargo.toml');
        const member = this.#project.tryManifest(file);
        if (member === undefined) throw this.#missing(pattern, file);
        this.#add(member);
      }
    }
    this.#add(this.#root);
  }

  package(local: LocalManifest): LocalPackage | undefined {
    if (this.#packages.has(local.file)) return this.#packages.get(local.file);
    const root = this.#project.rootOf(local);
    const pkg = withFile('gate/manifest', local.file, mend, () =>
      packageOf(local.manifest, {
        workspace: root.manifest.workspace,
        found: foundFiles(targetPaths(this.#project.files, local.folder)),
        folder: local.folder,
        workspaceFolder: root.folder,
        join,
        registries: this.#options.registries,
      }),
    );
    const found = pkg === undefined ? undefined : { ...local, package: pkg };
    this.#packages.set(local.file, found);
    return found;
  }

  /** What paths lead to from the members, and is none of them. */
  others(members: readonly LocalPackage[]): readonly LocalPackage[] {
    const seen = new Set(members.map(({ file }) => file));
    const patched = [...this.#packages.values()].filter(
      (found) => found !== undefined && !seen.has(found.file),
    );
    const found = patched as LocalPackage[];
    for (const { file } of found) seen.add(file);
    const waiting = [...members, ...found];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      for (const manifest of this.#paths(next)) {
        if (seen.has(manifest.file)) continue;
        seen.add(manifest.file);
        const other = this.package(manifest);
        if (other === undefined) continue;
        found.push(other);
        waiting.push(other);
      }
    }
    return found;
  }

  /** A path below the root makes a member, as do paths from there (cargo: `find_path_deps`). */
  #add(local: LocalManifest): void {
    const { workspace } = this.#root.manifest;
    if (this.members.includes(local) || workspace === undefined) return;
    if (isExcluded(this.#root, local.folder)) return;
    this.members.push(local);
    const found = this.package(local);
    if (found === undefined) return;
    for (const manifest of this.#paths(found)) {
      const inside = isBelow(manifest.folder, this.#root.folder);
      if (inside || this.#project.rootOf(manifest) === this.#root) this.#add(manifest);
    }
  }

  #paths({ package: pkg, file, manifest }: LocalPackage): readonly LocalManifest[] {
    return pkg.dependencies.flatMap((dependency) => {
      const { source } = dependency;
      if (source.kind !== 'path') return [];
      const path = join(source.folder, 'Cargo.toml');
      const found = this.#project.tryManifest(path);
      if (found !== undefined) return [found];
      const error = manifest.root.error(['dependencies', dependency.name], '');
      throw new GateError(
        'gate/manifest',
        `\`${dependency.name}\` is at ${path}, where there is no manifest.`,
        {
          at: { file, line: error.line, column: error.column },
          next: 'Correct the path, or fetch what belongs there: a submodule, perhaps.',
        },
      );
    });
  }

  #missing(pattern: string, file: string): GateError {
    const { manifest, file: rootFile } = this.#root;
    const at = manifest.root.error(['workspace', 'members'], '');
    return new GateError('gate/workspace', `member \`${pattern}\` is missing: there is no ${file}.`, {
      at: { file: rootFile, line: at.line, column: at.column },
      next: 'Take it out of `members`, or put it back.',
    });
  }
}

function defaultMembers(
  project: LocalProject,
  root: LocalManifest,
  current: LocalManifest,
  members: readonly LocalPackage[],
  currentPackage: LocalPackage | undefined,
): readonly LocalPackage[] {
  const stated = root.file === current.file ? root.manifest.workspace?.defaultMembers : undefined;
  if (stated === undefined) return currentPackage === undefined ? members : [currentPackage];
  return stated.flatMap((pattern) =>
    expandMembers(project.files, root.folder, pattern).flatMap((folder) => {
      const member = members.find((candidate) => candidate.folder === folder);
      if (member !== undefined) return [member];
      if (isExcluded(root, folder)) return [];
      const at = root.manifest.root.error(['workspace', 'default-members'], '');
      throw new GateError('gate/workspace', `default member \`${pattern}\` is no member.`, {
        at: { file: root.file, line: at.line, column: at.column },
        next: 'Add it to `members` too.',
      });
    }),
  );
}

function notMember(current: LocalManifest, root: LocalManifest): GateError {
  return new GateError(
    'gate/workspace',
    `the package is in the folder of ${root.file}, but not one of its members.`,
    {
      at: { file: current.file },
      next: 'Add it to `workspace.members` or to `workspace.exclude` there.',
    },
  );
}

function refuseTwins(members: readonly LocalPackage[]): void {
  const seen = new Map<string, string>();
  for (const { file, package: pkg } of members) {
    const other = seen.get(pkg.name);
    if (other !== undefined) {
      throw new GateError(
        'gate/workspace',
        `the workspace has two packages named \`${pkg.name}\`: see ${other}.`,
        {
          at: { file },
          next: 'Rename one of them.',
        },
      );
    }
    seen.set(pkg.name, file);
  }
}

function isExcluded({ folder, manifest }: LocalManifest, candidate: string): boolean {
  const workspace = manifest.workspace as ManifestWorkspace;
  const below = (paths: readonly string[]) => paths.some((path) => isBelow(candidate, join(folder, path)));
  return below(workspace.exclude) && !below(workspace.members);
}

function isBelow(path: string, folder: string): boolean {
  const prefix = folder.endsWith('/') ? folder.slice(0, -1) : folder;
  return path === prefix || path.startsWith(`${prefix}/`);
}

/** The paths that cargo looks at by itself. */
export function targetPaths(files: ProjectFiles, folder: string): readonly string[] {
  const inFolder = (path: string) =>
    files.list(join(folder, path)).flatMap((entry): readonly string[] => {
      const below = `${path}/${entry.name}`;
      if (!entry.folder) return [below];
      return files.list(join(folder, below)).some(({ name }) => name === 'main.rs')
        ? [`${below}/main.rs`]
        : [];
    });
  const top = files.list(folder).filter((entry) => !entry.folder);
  const sources = files.list(join(folder, 'src')).filter((entry) => !entry.folder);
  return [
    ...top.map(({ name }) => name),
    ...sources.map(({ name }) => `src/${name}`),
    ...['src/bin', 'examples', 'tests', 'benches'].flatMap(inFolder),
  ];
}
