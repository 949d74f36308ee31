import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CargoError } from '../../cargo/error.ts';
import { parseLockfile } from '../../cargo/lockfile.ts';
import { projectFolder } from '../cargo-config/project.ts';
import { isCratesIo } from '../shared/crates-io.ts';
import { type Check, notOk, ok } from './check.ts';

/** What of the lockfile goes around the mirror. */
export async function checkLockfile(folder: string): Promise<Check[]> {
  const file = join(await projectFolder(folder), 'Cargo.lock');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return [];
  }
  try {
    const sources = parseLockfile(text).packages.map(({ source }) => source);
    const others = new Map<string, number>();
    for (const source of sources)
      if (source !== undefined && !isCratesIo(source))
        others.set(`${source.kind} ${source.url}`, (others.get(`${source.kind} ${source.url}`) ?? 0) + 1);
    if (others.size === 0) return [ok('lockfile', `Every crate of ${file} comes through crates.io.`)];
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
