import { posix } from 'node:path';
import { GateError } from '../gate/error.ts';
import type { ResolveGraphs } from '../gate/graphs/judged.ts';
import { type GraphSides, readSides } from '../gate/graphs/sides.ts';
import type { ProjectFiles } from '../gate/project/files.ts';
import {
  type MemberRequirements,
  noRequirements,
  requirementsIn,
} from '../gate/project/member-requirements.ts';
import { memoryFiles } from '../gate/project/memory-files.ts';

/** A project as a request brings it: texts alone. */
export interface SentProject {
  /** The lockfile's path, as findings name it. */
  readonly file: string;
  readonly lockfile: string;
  readonly manifests: readonly SentManifest[];
  /** The same of before the change. */
  readonly base?: string | undefined;
  readonly baseManifests: readonly SentManifest[];
}

export interface SentManifest {
  readonly file: string;
  readonly text: string;
}

/** What can be told of a project that was sent. */
export interface ReadProject {
  readonly requirements: MemberRequirements;
  /** Absent without the manifest beside the lockfile. */
  readonly resolve: ResolveGraphs | undefined;
}

/** Where the project is thought to be: no folder of this machine. */
const root = '/project';
/** The machine that builds, which a request does not name. */
const host = 'x86_64-unknown-linux-gnu';

/** What one request may cost: the server answers nobody else while it resolves. */
const mostPackages = 5_000;
const mostTargets = 16;
const mostBuilds = 16;

/**
 * Reads a project that was sent. It says no more than its texts: each package is taken to have a library, and a build script
 * where it has build-dependencies.
 */
export function sentProject(sent: SentProject): ReadProject {
  const { file, lockfile, manifests, base, baseManifests } = sent;
  const lockfilePath = posix.join(root, inside(file) ?? 'Cargo.lock');
  const manifestPath = posix.join(posix.dirname(lockfilePath), 'Cargo.toml');
  const after = filesOf(lockfilePath, lockfile, manifests);
  if (after.read(manifestPath) === undefined) return { requirements: noRequirements, resolve: undefined };
  const isCompared = base !== undefined && baseManifests.length > 0;
  const before = isCompared ? filesOf(lockfilePath, base, baseManifests) : undefined;
  return {
    requirements: requirementsIn(after, manifestPath),
    resolve: async ({ targets, hosts }, told) => {
      const packages = lockfile.split('[[package]]').length - 1;
      if (packages > mostPackages || targets.length > mostTargets) return tooLarge(file);
      return await readSides({
        manifestPath,
        lockfile: lockfilePath,
        files: after,
        before,
        targets,
        host,
        hosts,
        environments: [],
        cargoHome: undefined,
        cache: undefined,
        remote: undefined,
        told,
        nameOf: (path) => posix.relative(root, path),
        mostBuilds,
      });
    },
  };
}

function tooLarge(file: string): GraphSides {
  const error = new GateError('gate/facts', 'it is larger than a server resolves.', {
    at: { file, line: 1 },
    next: 'Run `safeguard check --server` where the project is.',
  });
  return { before: undefined, after: { kind: 'refused', error } };
}

function filesOf(lockfilePath: string, lockfile: string, manifests: readonly SentManifest[]): ProjectFiles {
  const texts = new Map([[posix.relative(root, lockfilePath), lockfile]]);
  const others: string[] = [];
  for (const { file, text } of manifests) {
    const path = inside(file);
    if (path === undefined) continue;
    texts.set(path, text);
    others.push(posix.join(posix.dirname(path), 'src/lib.rs'));
    if (text.includes('build-dependencies')) others.push(posix.join(posix.dirname(path), 'build.rs'));
  }
  return { ...memoryFiles({ root, texts, others }), hasSources: false };
}

/** A path below the project's folder; `undefined` for one that leads out. */
function inside(file: string): string | undefined {
  const path = posix.normalize(file.replaceAll('\\', '/')).replace(/^\/+/, '');
  return path === '' || path === '.' || path === '..' || path.startsWith('../') ? undefined : path;
}
