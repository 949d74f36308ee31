import type { Surrounding } from '../../facts/surroundings.ts';
import { configNamed } from './ci-config.ts';
import { ciKinds } from './ci-files.ts';
import { configLevels, filesInForce, includesOf, isConfigFile, namedConfig } from './config-files.ts';
import { buildSources } from './own-build-code.ts';
import { folderOf, inFolder, type Side } from './side.ts';
import { sourceEnds } from './sources.ts';
import { isSurrounding, surroundingChanges } from './surroundings.ts';

/** A project's files, wherever they are: a work tree, a revision, a request. */
export interface ProjectTree {
  /** Every file, below the project's folder, with `/`. */
  readonly list: () => Promise<readonly string[]>;
  /** A file's bytes; `undefined` where they must not or cannot be read. */
  readonly read: (path: string) => Promise<Uint8Array | undefined>;
}

/** What decides a build beside the graph, by file, where it differs between two states; see `surroundingChanges`. */
export async function readSurroundings(
  before: ProjectTree | undefined,
  after: ProjectTree,
): Promise<ReadonlyMap<string, readonly Surrounding[]>> {
  const old = before === undefined ? undefined : await readSide(before);
  return surroundingChanges(old, await readSide(after));
}

/** Reads of a project what is looked at here, and no more. */
export async function readSide(tree: ProjectTree): Promise<Side> {
  const all = await tree.list();
  const files = new Map<string, Uint8Array>();
  const read = async (paths: readonly string[]) => {
    for (const path of paths) {
      const bytes = files.has(path) ? undefined : await tree.read(path);
      if (bytes !== undefined) files.set(path, bytes);
    }
  };
  const whole: Side = { paths: new Set(all), files };
  await readConfig(whole, read);
  const vendored = vendoredFolders(whole).map((folder) => `${folder}/`);
  const own = all.filter((path) => !vendored.some((folder) => path.startsWith(folder)));
  const side: Side = { paths: new Set(own), files };
  await read(own.filter(isSurrounding));
  await readNamedCi(side, read);
  await readNamedConfig(side, read);
  for (let known = -1; known !== side.files.size; ) {
    known = side.files.size;
    await read(buildSources(side));
  }
  return side;
}

/** The folders that crates are taken from in place of a registry. What is in there is compared with the archives. */
export function vendoredFolders(side: Side): readonly string[] {
  const levels = configLevels(side);
  const folders = [...levels.keys()].flatMap((folder) =>
    [...sourceEnds(filesInForce(levels, folder)).values()].flatMap(({ kind, value, file }) => {
      // Cargo takes such a path from the folder that the `.cargo` is in.
      const found = kind === 'directory' ? inFolder(folderOf(folderOf(file.file)), value) : undefined;
      return found === undefined || found === '' ? [] : [found];
    }),
  );
  return [...new Set(folders)].sort();
}

/** Configuration names what it includes, which may include more. */
async function readConfig(side: Side, read: (paths: readonly string[]) => Promise<void>): Promise<void> {
  await read([...side.paths].filter(isConfigFile));
  for (let known = -1; known !== side.files.size; ) {
    known = side.files.size;
    const included = [...configLevels(side).values()].flatMap(({ files }) => files.flatMap(includesOf));
    await read(included.flatMap(({ path }) => (path !== undefined && side.paths.has(path) ? [path] : [])));
  }
}

/** Files of CI name others that it runs. */
async function readNamedCi(side: Side, read: (paths: readonly string[]) => Promise<void>): Promise<void> {
  for (let known = -1; known !== side.files.size; ) {
    known = side.files.size;
    await read([...ciKinds(side).keys()]);
  }
}

/** So do command lines of CI (`--config FILE`). */
async function readNamedConfig(side: Side, read: (paths: readonly string[]) => Promise<void>): Promise<void> {
  const named = configNamed(side);
  await read(named);
  for (let known = -1; known !== side.files.size; ) {
    known = side.files.size;
    const included = named.flatMap((path) => namedConfig(side, path).files.flatMap(includesOf));
    await read(included.flatMap(({ path }) => (path !== undefined && side.paths.has(path) ? [path] : [])));
  }
}
