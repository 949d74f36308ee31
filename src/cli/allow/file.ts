import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { LockedPackage } from '../../cargo/lockfile.ts';
import { withoutElement } from '../../cargo/toml-remove.ts';
import type { Approval } from '../../facts/approval.ts';
import { type Approvals, approvalsFrom } from '../../gate/judgement/approvals.ts';
import { diskFiles } from '../../gate/project/files.ts';
import { readLockfile } from '../../gate/project/lockfile-reader.ts';
import { allowListPath, parseAllowList, printAllowList, withApproval } from '../../policy/allow-list.ts';
import type { TomlSource } from '../../policy/toml.ts';
import { locate } from '../check/locate.ts';
import { CliError } from '../shared/error.ts';

/** A project's list of approvals, and what of the project it is about. */
export interface AllowFile {
  /** As messages name it. */
  readonly name: string;
  /** The project's folder. */
  readonly folder: string;
  readonly approvals: Approvals;
  /** Packages of the lockfile, in its order; none where there is no lockfile. */
  readonly packages: readonly LockedPackage[];
  /** The project's policy, where it has one. */
  readonly policy: TomlSource | undefined;
  /** Adds entries and writes the list. */
  readonly add: (entries: readonly Approval[]) => void;
  /** Writes the list without some entries; gives those. */
  readonly remove: (isGone: (approval: Approval) => boolean) => readonly Approval[];
}

/** Finds the list of the project that the options name; without a project, of the current folder. Throws `PolicyError`. */
export async function openAllowFile(options: {
  readonly lockfile?: string;
  readonly manifestPath: string;
}): Promise<AllowFile> {
  const place = await locate(options).catch((error: unknown) => {
    if (error instanceof CliError && options.lockfile === undefined) return undefined;
    throw error;
  });
  const folder = place === undefined ? dirname(resolve(options.manifestPath)) : place.folder;
  const path = join(folder, allowListPath);
  const name = place?.nameOf(path) ?? allowListPath;
  const packages =
    place === undefined ? [] : (await readLockfile(place.lockfile, place.name)).lockfile.packages;
  const policyText = place === undefined ? undefined : diskFiles.read(place.policy);
  const text = diskFiles.read(path);
  let entries = text === undefined ? [] : parseAllowList({ file: name, text });
  const isLocked = (crate: string, version: string) =>
    packages.some((pkg) => pkg.name === crate && pkg.version === version);
  return {
    name,
    folder,
    approvals: approvalsFrom({ file: name, text, compared: false }),
    packages,
    policy:
      policyText === undefined || place === undefined
        ? undefined
        : { file: place.policyName, text: policyText },
    add: (added) => {
      for (const entry of added) entries = withApproval(entries, entry, isLocked);
      write(path, printAllowList(entries));
    },
    remove: (isGone) => {
      const gone = entries.filter(isGone);
      if (gone.length > 0) {
        const left = withoutEntries(diskFiles.read(path) ?? '', entries.map(isGone));
        entries = entries.filter((entry) => !isGone(entry));
        write(path, left ?? printAllowList(entries));
      }
      return gone;
    },
  };
}

/** The text as it is without those that go, so that what people wrote beside the others stays. */
function withoutEntries(text: string, gone: readonly boolean[]): string | undefined {
  let left: string | undefined = text;
  for (const [i, isGone] of [...gone.entries()].toReversed())
    if (isGone && left !== undefined) left = withoutElement(left, ['approved', i]);
  return left;
}

/** Whole or not at all: a list that is cut off would approve of less, but nobody would know of what. */
function write(path: string, text: string): void {
  const folder = dirname(path);
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
  const writing = `${path}.${process.pid}`;
  try {
    writeFileSync(writing, text);
    renameSync(writing, path);
  } catch (cause) {
    throw new CliError('cli/file', `${path} cannot be written: ${(cause as Error).message}`, { cause });
  }
}
