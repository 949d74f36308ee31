import { createHash } from 'node:crypto';
import { join, relative, sep } from 'node:path';
import type { Lockfile } from '../../cargo/lockfile.ts';
import type { Surrounding } from '../../facts/surroundings.ts';
import type { CargoHome } from '../project/cargo-home.ts';
import type { RemoteCrates } from '../project/crate-facts.ts';
import { type CommitTree, commitTree } from '../project/git-tree.ts';
import { type AskedBuild, askedBuilds } from '../surroundings/asked-builds.ts';
import { type CiTarget, ciTargets } from '../surroundings/built-targets.ts';
import { diskTree } from '../surroundings/disk-tree.ts';
import { type FoundLockfile, lockfilesOf } from '../surroundings/lockfiles.ts';
import { type ProjectTree, readSide, vendoredFolders } from '../surroundings/read-side.ts';
import { seenFlags } from '../surroundings/seen-flags.ts';
import { surroundingChanges } from '../surroundings/surroundings.ts';
import { checkVendored, type VendoredCopy } from '../surroundings/vendored.ts';

/** What decides a build beside the graph. */
export interface Around {
  /** By file. */
  readonly items: ReadonlyMap<string, readonly Surrounding[]>;
  /** Whether the items are what a change makes of them; else they are what is there. */
  readonly isChange: boolean;
  /** Vendored copies of releases with something wrong about them. */
  readonly copies: readonly AroundCopy[];
  readonly lockfiles: readonly AroundLockfile[];
  /** Flags for rustc that some build has beside those that cargo is configured with, each as `RUSTFLAGS` has it. */
  readonly flags: readonly (readonly string[])[];
  /** What CI and aliases build for. */
  readonly targets: readonly CiTarget[];
  /** Builds of CI with features of dependencies. */
  readonly asked: readonly AskedBuild[];
}

export interface AroundLockfile extends FoundLockfile {
  /** The file itself; absolute. */
  readonly file: string;
  /** Whether the commit that is compared with had the very same file. */
  readonly isOld: boolean;
}

export interface AroundCopy extends VendoredCopy {
  /** Whether the commit that is compared with had the very same files. */
  readonly isOld: boolean;
}

export interface AroundInput {
  /** The folder of the lockfile. */
  readonly folder: string;
  readonly lockfile: Lockfile;
  /** What is compared with; the whole repository is then looked at, since configuration and CI may lie above. */
  readonly commit?: { readonly id: string; readonly root: string } | undefined;
  readonly cargoHome: CargoHome;
  /** Where archives come from that cargo does not have; absent: nowhere. */
  readonly remote?: RemoteCrates | undefined;
}

/** Reads it from the work tree and the commit. Throws `GateError` where git cannot read that. */
export async function readAround(input: AroundInput): Promise<Around> {
  const { folder, commit } = input;
  const root = commit?.root ?? folder;
  const before = commit === undefined ? undefined : await commitTree(root, commit.id);
  try {
    const tree = diskTree(root);
    const after = await readSide(tree);
    const old = before === undefined ? undefined : await readSide(before);
    const copies: AroundCopy[] = [];
    const folders = vendoredFolders(after);
    const all = folders.length === 0 ? [] : await tree.list();
    for (const vendored of folders) {
      const ports = { read: tree.read, archive: archives(input) };
      for (const copy of await checkVendored(vendored, all, input.lockfile, ports))
        copies.push({
          ...copy,
          isOld: before !== undefined && (await isOld(copy.fact.folder, all, tree, before)),
        });
    }
    const lockfiles: AroundLockfile[] = [];
    for (const found of lockfilesOf(after)) {
      const bytes = before === undefined ? undefined : await tree.read(found.path);
      const isOld = bytes !== undefined && before?.has(found.path, bytes) === true;
      lockfiles.push({ ...found, file: join(root, found.path), isOld });
    }
    const items = surroundingChanges(old, after);
    return {
      items,
      isChange: old !== undefined,
      copies,
      lockfiles,
      flags: seenFlags(after, relative(root, folder).split(sep).join('/')),
      targets: ciTargets(old, after),
      asked: askedBuilds(old, after),
    };
  } finally {
    before?.close();
  }
}

/** Whether a folder has just the files that a commit has in it. */
async function isOld(
  folder: string,
  paths: readonly string[],
  tree: ProjectTree,
  before: CommitTree,
): Promise<boolean> {
  const isIn = (path: string) => path.startsWith(`${folder}/`);
  const then = new Set((await before.list()).filter(isIn));
  for (const path of paths.filter(isIn)) {
    const bytes = await tree.read(path);
    if (!then.delete(path) || bytes === undefined || !before.has(path, bytes)) return false;
  }
  return then.size === 0;
}

/** A release's archive: cargo's own copy where it has the right bytes, else the remote's. */
function archives({ cargoHome, remote }: AroundInput) {
  return async ({ crate: name, version, checksum }: { crate: string; version: string; checksum: string }) => {
    const isRight = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex') === checksum;
    const here = cargoHome.archives(name, version).find(isRight);
    // What cannot be had cannot be compared, which is a finding; the reason is the registry's.
    return here ?? (await remote?.archive({ name, version, checksum }).catch(() => undefined));
  };
}
