import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type CargoPlace, configIn } from './hierarchy.ts';

/** The configuration file that `init` edits: the project's, or the one in cargo's home folder. */
export async function configToEdit(place: CargoPlace, global: boolean): Promise<string> {
  const dotCargo = global ? place.cargoHome : join(await projectFolder(place.folder), '.cargo');
  return (await configIn(dotCargo)) ?? join(dotCargo, 'config.toml');
}

/**
 * The folder of the project that a folder is in: the workspace, which has the `Cargo.lock`; else the package; else
 * the folder itself.
 */
export async function projectFolder(folder: string): Promise<string> {
  const packages: string[] = [];
  for (let at = folder; ; at = dirname(at)) {
    if (await exists(join(at, 'Cargo.toml'))) {
      packages.push(at);
      if (await exists(join(at, 'Cargo.lock'))) return at;
    }
    if (dirname(at) === at) return packages[0] ?? folder;
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
