import { CargoError } from '../../cargo/error.ts';
import type { Resolution } from '../../cargo/resolve/resolve.ts';
import type { RemoteCrates } from '../crate-facts.ts';
import { GateError } from '../error.ts';
import { commitTree } from '../git-tree.ts';
import { diskFiles, type ProjectFiles } from '../project-files.ts';
import { resolveProject } from '../resolve-project.ts';
import { commitFiles } from './commit-files.ts';
import type { GraphPair } from './delta.ts';

export interface PairsInput {
  /** The manifest at the root of the workspace. */
  readonly manifestPath: string;
  readonly lockfile: string;
  readonly commit: { readonly id: string; readonly root: string };
  /** Target triples. */
  readonly targets: readonly string[];
  /** The machine that builds. */
  readonly host: string;
  /** Folders: cargo's, and this user's cache. */
  readonly cargoHome: string;
  readonly cache: string;
  readonly remote: RemoteCrates | undefined;
}

/** What is built before and after; in a sentence, why that is not known. */
export type Pairs = readonly GraphPair[] | string;

/**
 * Resolves the whole workspace with its default features, as `cargo build --workspace` builds it, once for each target and
 * side. Nothing of the project is run.
 */
export async function resolvePairs(input: PairsInput): Promise<Pairs> {
  const { commit, targets } = input;
  const tree = await commitTree(commit.root, commit.id);
  try {
    const old = await commitFiles(tree, commit.root);
    const pairs: GraphPair[] = [];
    for (const target of targets) {
      const before = await resolved(old, target, input);
      if (typeof before === 'string') return `the graph before cannot be resolved: ${before}`;
      const after = await resolved(diskFiles, target, input);
      if (typeof after === 'string') return `the graph cannot be resolved: ${after}`;
      pairs.push({ target, before, after });
    }
    return pairs;
  } finally {
    tree.close();
  }
}

async function resolved(
  files: ProjectFiles,
  target: string,
  input: PairsInput,
): Promise<Resolution | string> {
  const { manifestPath, lockfile, host, cargoHome, cache, remote } = input;
  if (files.read(lockfile) === undefined || files.read(manifestPath) === undefined) return nothing;
  try {
    return await resolveProject({
      files,
      manifestPath,
      lockfile,
      target,
      host,
      selection: {
        packages: [],
        workspace: true,
        exclude: [],
        features: [],
        allFeatures: false,
        defaultFeatures: true,
        dev: false,
      },
      cargoHome,
      crates: { cache, remote },
    });
  } catch (error) {
    if (error instanceof GateError || error instanceof CargoError) return error.message.replace(/\.$/, '');
    throw error;
  }
}

/** A project that was not there built nothing. */
const nothing: Resolution = { packages: [], roots: [] };
