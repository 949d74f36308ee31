import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CargoError } from '../../cargo/error.ts';
import { parseLockfile } from '../../cargo/lockfile.ts';
import type { SourceId } from '../../cargo/source-id.ts';
import { projectFolder } from '../cargo-config/project.ts';
import type { ServerAddress } from '../shared/address.ts';
import { isCratesIo } from '../shared/crates-io.ts';
import { type Check, notOk, ok } from './check.ts';

/** What of the lockfile goes around the mirror, which is at `server`. */
export async function checkLockfile(folder: string, server: Pick<ServerAddress, 'url'>): Promise<Check[]> {
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
      if (source !== undefined && !isCratesIo(source) && !isServed(source, server))
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

/** Whether a source is one that the mirror serves under its own address: its default registry, or one by name. */
function isServed(
  { kind, url }: Pick<SourceId, 'kind' | 'url'>,
  server: Pick<ServerAddress, 'url'>,
): boolean {
  const path = url.startsWith(`${server.url}/`) ? url.slice(server.url.length).replace(/\/*$/, '/') : '';
  return kind === 'sparse' && /^\/(?:registries\/[^/]+\/)?index\/$/.test(path);
}
