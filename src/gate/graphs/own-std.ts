import { join } from 'node:path';
import type { Target } from '../../cargo/cfg/target.ts';
import type { BuiltPackage } from '../../cargo/resolve/resolve.ts';
import { cfgNames } from '../../rust/build-cfgs.ts';
import { type StdAnswer, type StdProfile, stdClass, stdProfile } from '../../rust/no-std.ts';
import { GateError } from '../error.ts';
import type { ProjectFiles } from '../project/files.ts';
import { type LocalPackage, targetPaths } from '../project/workspace.ts';
import { keyOf, type PackageId } from './graph.ts';

/** A package whose source lies in a folder: the project's own, or a checkout. */
export interface SourceFolder extends Pick<LocalPackage, 'folder' | 'manifest'> {
  readonly id: PackageId;
  readonly files: ProjectFiles;
  /** How findings name a file of it, given its path in the folder. */
  readonly nameOf: (path: string) => string;
}

/**
 * What a package needs of the standard library, by the source in its folder; `undefined` for one that has none, or whose source
 * is not at hand.
 */
export type OwnStd = (pkg: BuiltPackage, target: Target) => StdAnswer | undefined;

/** Reads sources when they are asked for, each once. */
export function ownStd(folders: readonly SourceFolder[]): OwnStd {
  const byKey = new Map(folders.map((each) => [keyOf(each.id), each]));
  const read = new Map<string, readonly StdProfile[]>();
  return (pkg, target) => {
    const key = keyOf(pkg);
    const folder = byKey.get(key);
    if (folder === undefined) return undefined;
    const profiles = read.get(key) ?? profilesOf(folder);
    read.set(key, profiles);
    const answers = profiles.map((profile) => stdClass(profile, new Set(pkg.features), target.cfg));
    const [most] = answers.sort((a, b) => order.indexOf(a.class) - order.indexOf(b.class));
    if (most?.place === undefined) return most;
    return { ...most, place: { ...most.place, file: folder.nameOf(most.place.file) } };
  };
}

/** Of several programs, the one that needs most speaks for their package. */
const order: readonly StdAnswer['class'][] = ['std', 'unknown', 'no_std+alloc', 'no_std'];

/** Of its library; without one, of each of its programs. */
function profilesOf(folder: SourceFolder): readonly StdProfile[] {
  const { manifest } = folder;
  const read = (path: string) => textIn(folder, path);
  const library = manifest.root.table('lib')?.get('path');
  const lib = typeof library === 'string' ? library : 'src/lib.rs';
  const roots = read(lib) === undefined ? programsOf(folder) : [lib];
  const stated = manifest.package?.fields.get('build');
  const script = typeof stated === 'string' ? stated : 'build.rs';
  return roots
    .filter((root) => read(root) !== undefined)
    .map((root) => stdProfile(root, read, () => (read(script) === undefined ? [] : cfgNames(script, read))));
}

/** The programs that the manifest names, and those that cargo finds. */
function programsOf({ folder, manifest, files }: SourceFolder): readonly string[] {
  const named = (manifest.root.tables('bin') ?? []).flatMap((table) => {
    const path = table.get('path');
    return typeof path === 'string' ? [path] : [];
  });
  const found = targetPaths(files, folder).filter((path) => /^src\/(?:main\.rs$|bin\/)/.test(path));
  return [...new Set([...named, ...found])];
}

function textIn({ folder, files }: SourceFolder, path: string): string | undefined {
  try {
    return files.read(join(folder, path));
  } catch (error) {
    // What is no text is for the compiler to refuse.
    if (error instanceof GateError) return undefined;
    throw error;
  }
}
