import { dirname, join } from 'node:path';
import type { Target } from '../../cargo/cfg/target.ts';
import type { FeatureReasons } from '../../cargo/resolve/reasons.ts';
import type { BuiltPackage, Resolution } from '../../cargo/resolve/resolve.ts';
import type { Selection } from '../../cargo/resolve/selection.ts';
import type { PartedSource, UnlockedBuild } from '../../facts/locked.ts';
import { GateError } from '../error.ts';
import type { BuildPlaces } from '../project/build-targets.ts';
import { type Environment, readCargoConfig } from '../project/cargo-config.ts';
import type { CrateFactsOptions, MadePackages, RemoteCrates } from '../project/crate-facts.ts';
import type { ProjectFiles } from '../project/files.ts';
import { LinkedProjects } from '../project/linked.ts';
import { type OpenProject, openProject } from '../project/resolve.ts';
import type { AskedBuild } from '../surroundings/asked-builds.ts';
import type { CiTarget } from '../surroundings/built-targets.ts';
import { askedOf } from './asked.ts';
import { type AskedAt, askedIn } from './blame.ts';
import { type OwnStd, ownStd, type SourceFolder } from './own-std.ts';
import { partedSources } from './parted.ts';

export interface SidesInput {
  /** The manifest at the root of the workspace. */
  readonly manifestPath: string;
  readonly lockfile: string;
  /** Where it was before, if elsewhere. */
  readonly lockfileBefore?: string | undefined;
  /** The project as it is. */
  readonly files: ProjectFiles;
  /** The project that it is compared with; absent: none. */
  readonly before: ProjectFiles | undefined;
  /** Target triples; none: those of cargo's configuration, before or after, else the host. */
  readonly targets: readonly string[];
  /** Compared as well where `targets` are none; absent: nobody looked. */
  readonly ciTargets?: readonly CiTarget[] | undefined;
  /** The machine that builds. */
  readonly host: string;
  /** All machines that may build. */
  readonly hosts: readonly string[];
  /** Flags for rustc that other environments may have, each as `RUSTFLAGS` has it. */
  readonly environments: readonly (readonly string[])[];
  /** Builds of CI with features of dependencies; absent: nobody looked. */
  readonly asked?: readonly AskedBuild[] | undefined;
  /** Folders: cargo's, and this user's cache; absent: nothing of this machine is looked at. */
  readonly cargoHome: string | undefined;
  /** Variables that cargo would read here; absent: none. */
  readonly environment?: Environment | undefined;
  readonly cache: string | undefined;
  readonly remote: RemoteCrates | undefined;
  /** Members times targets beyond which a workspace is resolved as a whole only. */
  readonly mostBuilds?: number | undefined;
  /** What is known of releases already. */
  readonly told: CrateFactsOptions['told'];
  /** A file as findings name it. */
  readonly nameOf: (path: string) => string;
}

/** What one build of a project would compile. */
export interface BuiltGraph {
  readonly target: string;
  /** The target, and the machine that builds, as rustc sees them. */
  readonly platform: Target;
  readonly hostPlatform: Target;
  /** The member that is built by itself (`-p`); absent: the whole workspace. */
  readonly member?: string | undefined;
  readonly resolution: Resolution;
  /** The one package that is built; absent where there are several. */
  readonly root: BuiltPackage | undefined;
  readonly ownStd: OwnStd;
  /** Why features are on in it; worked out when it is asked for. */
  readonly reasons: FeatureReasons;
  readonly askedAt: AskedAt;
}

/** A project before or after a change, as far as it can be resolved. */
export type GraphSide =
  | {
      readonly kind: 'resolved';
      /** With default features, as `cargo build --workspace` and each `cargo build -p` builds it. */
      readonly graphs: readonly BuiltGraph[];
      /**
       * With every feature of the members, their tests and examples too, whatever cfgs are set, on every machine that may build:
       * more than anybody builds. Worked out when it is asked for; nothing where cargo refuses that.
       */
      readonly most: () => readonly BuiltGraph[];
      /** Whether the lockfile has packages that could not be read. */
      readonly hasOpaque: boolean;
      readonly hosts: readonly string[];
      readonly parted: readonly PartedSource[];
      readonly unlocked: readonly UnlockedBuild[];
    }
  /** Cargo would refuse it. */
  | { readonly kind: 'refused'; readonly error: GateError };

export interface GraphSides {
  /** Absent: nothing is compared. */
  readonly before: GraphSide | undefined;
  readonly after: GraphSide;
}

/** Where nothing else is said: that many builds of a large project take some seconds. */
const usualBuilds = 256;

/** Resolves the project before and after a change, for each target. Nothing of the project is run. */
export async function readSides(given: SidesInput): Promise<GraphSides> {
  const { files, before, host, targets, ciTargets = [] } = given;
  const stated =
    targets.length > 0 ? targets.map((each) => specification(each, given)) : configuredTargets(given);
  const own = stated.length > 0 ? stated : [host];
  const input = {
    ...given,
    targets: own,
    ciTargets: targets.length > 0 ? [] : ciTargets.filter(({ triple }) => !own.includes(triple)),
    // Cargo builds for all configured targets at once.
    areTogether: targets.length === 0,
    isPlain: stated.length === 0,
    packages: new Map(),
    linked: new LinkedProjects(),
  };
  const after = await sideOf(files, input);
  const asked = input.asked?.filter(({ isOld }) => isOld);
  const old = { ...input, asked, lockfile: input.lockfileBefore ?? input.lockfile };
  return { before: before === undefined ? undefined : await sideOf(before, old), after };
}

/** A policy names JSON files from the project's folder. */
function specification(target: string, { manifestPath }: SidesInput): string {
  return target.endsWith('.json') ? join(dirname(manifestPath), target) : target;
}

interface Sides extends SidesInput {
  readonly ciTargets: readonly CiTarget[];
  readonly areTogether: boolean;
  readonly isPlain: boolean;
  readonly packages: MadePackages;
  readonly linked: LinkedProjects;
}

/** A change of the configuration takes no target out of sight. */
function configuredTargets({
  files,
  before,
  manifestPath,
  cargoHome,
  environment,
}: SidesInput): readonly string[] {
  const stated = [files, ...(before === undefined ? [] : [before])].flatMap((each) => {
    try {
      return readCargoConfig(each, dirname(manifestPath), cargoHome, environment).targets;
    } catch (error) {
      // Resolving says what is wrong with it.
      if (error instanceof GateError) return [];
      throw error;
    }
  });
  return [...new Set(stated)];
}

async function sideOf(files: ProjectFiles, input: Sides): Promise<GraphSide> {
  const { manifestPath, lockfile, cargoHome, environment, cache, remote, told, packages, linked } = input;
  // A project that was not there built nothing.
  if (files.read(lockfile) === undefined || files.read(manifestPath) === undefined) {
    const nothing = { graphs: [], most: () => [], hasOpaque: false, parted: [], unlocked: [] };
    return { kind: 'resolved', ...nothing, hosts: input.hosts };
  }
  try {
    const project = await openProject({
      files,
      manifestPath,
      lockfile,
      cargoHome,
      environment,
      crates: { cache, remote, told, packages },
      linked,
    });
    const parted = partedSources(project.lockfile);
    return { kind: 'resolved', ...graphsOf(project, files, input), hosts: input.hosts, parted };
  } catch (error) {
    if (error instanceof GateError) return { kind: 'refused', error: named(error, input) };
    throw error;
  }
}

/** Files are named as everywhere else in a report. */
function named(error: GateError, { manifestPath, nameOf }: SidesInput): GateError {
  const { code, detail, at, next } = error;
  const shown = detail.replaceAll(`${dirname(manifestPath)}/`, '');
  return new GateError(code, shown, {
    ...(at === undefined ? {} : { at: { ...at, file: nameOf(at.file) } }),
    ...(next === undefined ? {} : { next }),
    cause: error,
  });
}

function graphsOf(project: OpenProject, files: ProjectFiles, input: Sides) {
  const {
    targets,
    ciTargets,
    host,
    hosts,
    environments,
    isPlain,
    areTogether,
    nameOf,
    mostBuilds = usualBuilds,
    asked = [],
  } = input;
  const own = ownStd(sourcesOf(project, files, nameOf));
  const askedAt = askedIn(project.workspace, nameOf);
  const names = project.workspace.members.map(({ package: { name } }) => name);
  const members = names.length > 1 && names.length * targets.length <= mostBuilds ? names : [];
  const [only] = names.length === 1 ? names : [];
  const all = [...targets, ...ciTargets.map(({ triple }) => triple)];
  const placesOf = (target: string): BuildPlaces => {
    const ci = ciTargets.find(({ triple }) => triple === target);
    if (ci !== undefined) return { target, host, hosts, isPlain: ci.isPlain };
    const besides = areTogether ? targets.filter((other) => other !== target) : [];
    return { target, besides, host, hosts, isPlain };
  };
  const built = (
    target: string,
    selection: Partial<Selection>,
    { member, isMost = false }: { member?: string; isMost?: boolean } = {},
  ): BuiltGraph => {
    const build = { ...placesOf(target), selection: { ...plain, ...selection } };
    const resolution = isMost ? project.resolveMost(build, environments) : project.resolve(build);
    let reasons: FeatureReasons | undefined;
    const why: FeatureReasons = (pkg, feature) => {
      reasons ??= project.reasons(build);
      return reasons(pkg, feature);
    };
    const one = member ?? only;
    const root = resolution.packages.find(({ name, source }) => name === one && source === undefined);
    const { target: platform, host: hostPlatform } = project.platforms(placesOf(target));
    return { target, platform, hostPlatform, member, resolution, root, ownStd: own, reasons: why, askedAt };
  };
  let most: readonly BuiltGraph[] | undefined;
  const builtMost = (target: string, features: readonly string[]) =>
    built(target, { workspace: true, allFeatures: true, dev: true, features }, { isMost: true });
  const { unlocked, features } = askedOf(project, asked, all.map(placesOf));
  return {
    graphs: all.flatMap((target) => [
      built(target, { workspace: true }),
      // What a member has built by itself differs by features more than by targets.
      ...(targets.includes(target) ? members : []).map((member) =>
        built(target, { packages: [member] }, { member }),
      ),
    ]),
    most: () => (most ??= unlessRefused(() => all.map((target) => builtMost(target, features)))),
    hasOpaque: project.hasOpaque,
    unlocked,
  };
}

/** Where cargo refuses what nobody asks it for, nothing is known. */
function unlessRefused(graphs: () => readonly BuiltGraph[]): readonly BuiltGraph[] {
  try {
    return graphs();
  } catch (error) {
    if (error instanceof GateError) return [];
    throw error;
  }
}

/** The project's own packages, and those of repositories whose commits are at hand. */
function sourcesOf(
  { workspace, checkouts }: OpenProject,
  files: ProjectFiles,
  nameOf: SidesInput['nameOf'],
): readonly SourceFolder[] {
  const own = [...workspace.members, ...workspace.others].map((local) => ({
    ...local,
    id: { name: local.package.name, version: local.package.version, source: undefined },
    files,
    nameOf: (path: string) => nameOf(join(local.folder, path)),
  }));
  const others = [...checkouts].map(([{ name, version, source }, { local, commit }]) => ({
    ...local,
    id: { name, version, source: source?.text },
    files: commit.files,
    nameOf: (path: string) => path,
  }));
  return [...own, ...others];
}

const plain: Selection = {
  packages: [],
  workspace: false,
  exclude: [],
  features: [],
  allFeatures: false,
  defaultFeatures: true,
  dev: false,
};
