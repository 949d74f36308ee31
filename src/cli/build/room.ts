import { existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { BuildError } from '../../build/error.ts';
import { unpackedAt } from '../../build/native/sources.ts';
import { homeSettings } from '../../build/run/cargo-settings.ts';
import { copySource } from '../../build/run/copy-source.ts';
import { isBelow, layOutSource, type SourceLayout } from '../../build/run/layout.ts';
import { openRoom, type Room, type RoomInput } from '../../build/run/room.ts';
import { cargoHomeFolder } from '../../gate/project/cargo-home.ts';
import { configFiles, tableOf } from '../../gate/project/config-files.ts';
import { diskFiles } from '../../gate/project/files.ts';
import { git } from '../../gate/project/git.ts';
import { homeFolder } from '../../gate/project/home-folder.ts';
import type { OpenProject } from '../../gate/project/resolve.ts';

/** A room for a project: the repository that it is in, laid out, with cargo's settings as a build may see them. */
export async function makeRoom(
  input: Omit<RoomInput, 'root' | 'source' | 'cargoHome' | 'hidden' | 'namesCompiler'> & {
    readonly project: OpenProject;
    readonly output: string;
    /** The file of the key that signs. */
    readonly key: string | undefined;
    /** A folder that the source is copied to first: the build sees the copy. */
    readonly copyTo?: string;
  },
): Promise<{ readonly room: Room; readonly manifest: string; readonly root: string }> {
  const { project, folder, bubblewrap, key } = input;
  const { workspace } = project;
  const root = await rootOf(workspace.folder);
  if (key !== undefined && isBelow(realpathSync(key), root))
    throw new BuildError(
      'build/command',
      `the key ${key} lies in the project, where the build could read it`,
      {
        next: 'Move it out of the repository.',
      },
    );
  const cargoHome = cargoHomeFolder();
  const beside = [...workspace.members, ...workspace.others].flatMap((local) =>
    isBelow(local.folder, root) ? [] : [local.folder],
  );
  const original = layOutSource(root, [...new Set(beside)]);
  const hidden = [input.output, join(workspace.folder, 'target'), join(root, 'target')].filter(
    (path) => isBelow(path, root) && path !== root && (path === input.output || isCache(path)),
  );
  const source = input.copyTo === undefined ? original : copied(original, hidden, input.copyTo);
  const settings = homeSettings(diskFiles, folder, root, cargoHome);
  const room = openRoom({
    ...input,
    folder: isBelow(folder, root) ? folder : workspace.folder,
    root,
    source,
    cargoHome,
    hidden: [...new Set(hidden)],
    namesCompiler: configFiles(diskFiles, folder, cargoHome).some(
      ({ values }) => tableOf(values.build).rustc !== undefined,
    ),
  });
  for (const { path, text } of settings) {
    mkdirSync(dirname(join(room.cargoHome, path)), { recursive: true });
    writeFileSync(join(room.cargoHome, path), text);
  }
  const file = workspace.current?.file ?? workspace.root.file;
  return { room, manifest: bubblewrap === undefined ? file : source.at(file), root };
}

/** Where the source of a package of a build lies here; `undefined` where that cannot be told. */
export function sourceFolders(
  project: OpenProject,
  { cargoHome }: Room,
): (name: string, version: string) => string | undefined {
  return (name, version) => {
    const own = project.about({ name, version, source: undefined, checksum: undefined })?.folder;
    return own === undefined ? unpackedAt(cargoHome, name, version) : join(project.workspace.folder, own);
  };
}

/** The same source, out of a copy. Hidden folders are there, to be covered. */
function copied({ mounts, at }: SourceLayout, hidden: readonly string[], folder: string): SourceLayout {
  const copies = new Map<string, string>();
  const copyOf = (from: string) => {
    const known = copies.get(from);
    if (known !== undefined) return known;
    const to = join(folder, String(copies.size), basename(from));
    copies.set(from, to);
    copySource(from, to, hidden);
    return to;
  };
  return {
    mounts: mounts.map((mount) => ('from' in mount ? { ...mount, from: copyOf(mount.from) } : mount)),
    at,
  };
}

/** The repository, or the workspace where there is none. A home folder is never shown whole. */
async function rootOf(workspace: string): Promise<string> {
  const asked = await git(workspace, ['rev-parse', '--show-toplevel']).catch(() => undefined);
  const top = asked?.code === 0 ? asked.text.trim() : workspace;
  const home = existsSync(homeFolder()) ? realpathSync(homeFolder()) : homeFolder();
  const root = isBelow(workspace, top) && !isBelow(home, top) ? top : workspace;
  if (isBelow(home, root))
    throw new BuildError('build/outside', `the project is ${root}, which is a home or holds one`, {
      next: 'Move it to a folder of its own: a build may read all of its project.',
    });
  return root;
}

/** Cargo marks its target folders so (cargo: `write_cachedir_tag`). */
function isCache(path: string): boolean {
  return existsSync(join(path, 'CACHEDIR.TAG'));
}
