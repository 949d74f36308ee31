/** A local registry for projects, and what is built of it by cargo and by us, with nothing else at hand. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { indexPath } from '../../../src/cargo/index-path.ts';
import { GateError } from '../../../src/gate/error.ts';
import { diskFiles } from '../../../src/gate/project/files.ts';
import { openProject } from '../../../src/gate/project/resolve.ts';
import type { CargoProject } from '../../support/cargo.ts';
import type { Crate } from '../../support/crate.ts';
import { linux, selectionOf } from '../project.ts';

/** What a registry has that is not as it should be. */
export interface Shelf {
  readonly lines?: readonly Crate[];
  readonly archives?: readonly (readonly [crate: Crate, bytes?: Buffer])[];
}

/** Writes it into a folder that is not there yet. */
export function writeShelf(
  dir: string,
  crates: readonly Crate[],
  { lines = crates, archives = crates.map((crate) => [crate]) }: Shelf = {},
): void {
  const put = (path: string, content: string | Buffer) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  };
  mkdirSync(dir);
  for (const [name, ofName] of Map.groupBy(lines, (crate) => crate.name))
    put(`index/${indexPath(name)}`, `${ofName.map((each) => JSON.stringify(each.indexEntry)).join('\n')}\n`);
  for (const [{ name, version, bytes }, others = bytes] of archives) put(`${name}-${version}.crate`, others);
}

/** What is built of the releases, with nothing in cargo's home and nobody to ask; `refused` where it is not known. */
export async function builtByUs(dir: string): Promise<string> {
  try {
    const project = await openProject({
      files: diskFiles,
      manifestPath: join(dir, 'Cargo.toml'),
      cargoHome: join(dir, 'no-home'),
      crates: { cache: undefined, remote: undefined },
    });
    const { packages } = project.resolve({ target: linux, host: linux, selection: selectionOf({}) });
    const releases = packages.filter(({ source }) => source !== undefined);
    if (releases.some(({ opaque, unread }) => (opaque ?? unread) !== undefined)) return 'refused';
    return releases
      .map(({ name, features }) => `${name} ${[...features].sort().join(' ')}`)
      .sort()
      .join(', ');
  } catch (error) {
    if (error instanceof GateError) return 'refused';
    throw error;
  }
}

/** The same by cargo's own metadata; behind `refused` why. */
export async function builtByCargo(project: CargoProject): Promise<string> {
  const { code, stdout, stderr } = await project.run([
    ...['metadata', '--locked', '--offline', '--format-version', '1', '--filter-platform', linux],
  ]);
  if (code !== 0) return `refused: ${stderr}`;
  const { nodes } = (JSON.parse(stdout) as Metadata).resolve;
  const releases = nodes.flatMap(({ id, features }) => {
    const name = /#(.*)@/.exec(id)?.[1] ?? '';
    return id.startsWith('registry') ? [`${name} ${[...features].sort().join(' ')}`] : [];
  });
  return releases.sort().join(', ');
}

interface Metadata {
  readonly resolve: {
    readonly nodes: readonly { readonly id: string; readonly features: readonly string[] }[];
  };
}
