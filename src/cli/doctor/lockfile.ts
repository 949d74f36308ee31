import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CargoError } from '../../cargo/error.ts';
import { parseLockfile } from '../../cargo/lockfile.ts';
import { isCratesIo, type SourceId } from '../../cargo/source-id.ts';
import { type CargoPlace, type ConfigFile, readHierarchy } from '../cargo-config/hierarchy.ts';
import { projectFolder } from '../cargo-config/project.ts';
import { resolveCratesIo, resolveRegistry } from '../cargo-config/source.ts';
import { CliError } from '../shared/error.ts';
import { type Check, notOk, ok } from './check.ts';
import type { OwnIndexes } from './own-index.ts';

/** What of the lockfile goes around the mirror. */
export async function checkLockfile(place: CargoPlace, own: OwnIndexes): Promise<Check[]> {
  const { folder } = place;
  const file = join(await projectFolder(folder), 'Cargo.lock');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return [];
  }
  try {
    const files = await configOf(place);
    const sources = parseLockfile(text).packages.map(({ source }) => source);
    const others = new Map<string, number>();
    for (const source of sources)
      if (source !== undefined && !isCratesIo(source) && !isServed(source, own, files))
        others.set(`${source.kind} ${source.url}`, (others.get(`${source.kind} ${source.url}`) ?? 0) + 1);
    if (others.size === 0)
      return [ok('lockfile', `Every crate of ${file} comes through crates.io or the mirror itself.`)];
    const list = [...others].map(([source, count]) => `${source} (${count})`).join(', ');
    return [
      notOk(
        'lockfile',
        'warning',
        `${file} names places that the mirror does not stand before: ${list}.`,
        'What comes from there is not judged; add a registry as an upstream of the server, or look at it yourselves.',
      ),
    ];
  } catch (error) {
    if (!(error instanceof CargoError)) throw error;
    const at = error.line === undefined ? file : `${file}:${error.line}`;
    return [
      notOk(
        'lockfile',
        'problem',
        `${at}: ${error.message}.`,
        'Mend the lockfile, or let cargo write it anew.',
      ),
    ];
  }
}

/** What replaces what; nothing where cargo refuses its configuration, which is another check. */
async function configOf(place: CargoPlace): Promise<readonly ConfigFile[]> {
  try {
    const files = await readHierarchy(place);
    resolveCratesIo(files);
    return files;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return [];
  }
}

/** Whether what a source names comes from the mirror: by its own address, or because cargo goes there instead. */
function isServed({ kind, url, text }: SourceId, own: OwnIndexes, files: readonly ConfigFile[]): boolean {
  if (kind !== 'sparse' && kind !== 'registry') return false;
  if (kind === 'sparse' && own(url) !== undefined) return true;
  const route = resolveRegistry(kind === 'sparse' ? text : url, files);
  return route.kind === 'registry' && own(route.index) !== undefined;
}
