import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isBeingMade, isOwnFolder, readOwn, statOf } from './folder.ts';
import { type Pack, type PackHeader, unframed } from './format.ts';
import { PackRun, type Place } from './run.ts';
import { keepUsed } from './used.ts';

/**
 * The folder of a program's pack: another one for each place, version and machine, so that no two are in each other's way, and for
 * each state of what makes and runs packs, since it is in none.
 */
export function packFolder(packs: string, entry: string): string {
  const { version, arch, platform } = process;
  const own = readdirSync(import.meta.dirname).map((name) => {
    const stats = statOf(join(import.meta.dirname, name));
    return [name, stats?.mtimeMs, stats?.ctimeMs, stats?.size];
  });
  const name = createHash('sha256').update(JSON.stringify([entry, version, arch, platform, own]));
  return join(packs, name.digest('hex').slice(0, 32));
}

/**
 * The exports of a program's entry, run from its pack; `undefined` where there is none, or its sources are others by
 * now. Then one is made for the next time, beside this run.
 */
export function openPacked(packs: string, entry: string, argv: readonly string[]): unknown {
  const folder = packFolder(packs, entry);
  if (!isOwnFolder(folder) && !madeFolder(folder)) return undefined;
  const word = argv.find((one) => /^[a-z-]+$/.test(one) && !one.startsWith('-')) ?? '';
  const used = readFresh(join(folder, `used-${word}`));
  let whole = used === undefined ? readFresh(join(folder, 'pack')) : undefined;
  if (used === undefined && whole === undefined) return makeBeside(folder, entry);
  if (
    whole?.header.refused !== undefined ||
    ![used, whole].some((pack) => pack?.header.paths.includes(entry))
  )
    return undefined;
  const places = new Map<string, Place>();
  for (const pack of [used, whole]) if (pack !== undefined) addTo(places, pack);
  const run = new PackRun((path) => {
    if (!places.has(path)) {
      // More than this command has used so far. What was run of it by now is as the sources are.
      whole = readFresh(join(folder, 'pack')) ?? packAnew(folder, entry);
      addTo(places, whole);
    }
    const place = places.get(path);
    if (place === undefined) throw new Error(`${path} is in no pack`);
    return place;
  });
  const commands = (used ?? whole)?.header.commands ?? [];
  const kept = join(folder, `used-${word}`);
  if (word === '' || commands.includes(word))
    process.once('exit', () => keepUsed(kept, run.ran, used, commands));
  return run.exports(entry);
}

function addTo(places: Map<string, Place>, pack: Pack): void {
  pack.header.paths.forEach((path, i) => {
    const module = pack.header.modules[i];
    if (module && !places.has(path)) places.set(path, { path, pack, module });
  });
}

/** Whether a folder that was not there is now. Nowhere where the system has no owners. */
function madeFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch {
    return false;
  }
  return isOwnFolder(folder);
}

/** A pack of which each file is as it was packed. */
function readFresh(path: string): Pack | undefined {
  const file = readOwn(path);
  const pack = file === undefined ? undefined : unframed(file);
  return pack !== undefined && isFresh(pack.header) ? pack : undefined;
}

function isFresh({ paths, modules }: PackHeader): boolean {
  return modules.every((module, i) => {
    if (module === null) return true;
    const stats = statOf(paths[i] ?? '');
    const [mtime, ctime, size] = module.stamp;
    return stats?.mtimeMs === mtime && stats.ctimeMs === ctime && stats.size === size;
  });
}

/** Where the sources have changed in the middle of a run, or since the last one and nobody has asked yet. */
function packAnew(folder: string, entry: string): Pack {
  makeBeside(folder, entry);
  const { packOf } = createRequire(import.meta.url)(`./make${extension}`) as typeof import('./make.ts');
  const pack = unframed(packOf(entry));
  if (pack === undefined || pack.header.refused !== undefined)
    throw new Error(`the sources changed while they were run: ${pack?.header.refused}`);
  return pack;
}

const extension = import.meta.filename.slice(-3);

/** Nobody waits for it, and it says nothing: without a pack everything runs as it is. */
function makeBeside(folder: string, entry: string): undefined {
  if (isBeingMade(folder)) return undefined;
  const maker = join(import.meta.dirname, `maker${extension}`);
  const child = spawn(process.execPath, [maker, entry, folder], {
    detached: true,
    stdio: 'ignore',
    cwd: '/',
  });
  child.once('error', () => {});
  child.unref();
  return undefined;
}
